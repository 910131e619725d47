import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from recorder.cli import main
from recorder.cli.commands import picture, snapshot, voice

NIGHTJAR = Path(sys.executable).with_name("nightjar")


def call(*words):
    return subprocess.run([str(NIGHTJAR), *map(str, words)], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "words",
    [
        ["status"],
        ["channel", "list"],
        ["spans", "--channel", "1"],
        ["export", "--channel", "1", "--from", "1", "--to", "2", "x.mp4"],
        ["snapshot", "--channel", "1", "x.jpg"],
        ["hardware"],
        ["input", "list"],
        ["output", "on", "OUT1"],
        ["ptz", "stop", "1"],
        ["events"],
        ["bay", "list"],
        ["bay", "prepare", "1", "--serial", "A", "--name", "disk2"],
        ["bay", "release", "1"],
        ["bay", "locate", "1"],
        ["bay", "test", "1", "--extended"],
        ["hold", "list"],
        ["tag", "list"],
        ["settings", "get", "general"],
        ["screenshot", "x.png"],
    ],
)
def test_without_a_recorder_every_command_says_so_and_makes_nothing(tmp_path, words):
    done = call(*words, "--data", tmp_path / "none")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No recorder runs in" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_call_is_told_with_status_2():
    done = call("export", "--channel", "one")
    assert (done.returncode, "invalid int value" in done.stderr or "required" in done.stderr) == (2, True)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(voice, "owner", lambda _asked: SimpleNamespace(put_voice=None))
    with pytest.raises(SystemExit) as ended:
        main(["voice", "add", "gate", str(tmp_path / "gate.wav")])
    assert ended.value.code == f"nightjar: {tmp_path / 'gate.wav'}: No such file or directory"


def test_pictures_are_saved_into_a_folder_that_is_made_for_them(tmp_path, monkeypatch):
    taken = SimpleNamespace(pictures=lambda *_asked: [SimpleNamespace(at_us=0)], picture=lambda *_asked: b"jpeg")
    monkeypatch.setattr(picture, "owner", lambda _asked: taken)
    main(["picture", "save", "--channel", "1", "--from", "0", str(tmp_path / "of" / "today")])
    (saved,) = (tmp_path / "of" / "today").iterdir()
    assert saved.read_bytes() == b"jpeg"


@pytest.mark.parametrize(("spans", "told"), [([], "the next picture after it"), (["one"], "")])
def test_a_picture_that_is_not_of_the_very_moment_says_so(tmp_path, monkeypatch, capsys, spans, told):
    asked = SimpleNamespace(snapshot=lambda *_asked: b"jpeg", spans=lambda *_asked: spans)
    monkeypatch.setattr(snapshot, "owner", lambda _asked: asked)
    main(["snapshot", "--channel", "1", "--at", "5000000", str(tmp_path / "one.jpg")])
    said = capsys.readouterr().err
    assert told in said
    assert bool(said) is not bool(spans)
