import argparse
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from recorder.cli import main, parser
from recorder.cli.commands import export, picture, snapshot, voice
from recorder.client.answers import JobState

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
    with pytest.raises(SystemExit, match="No recorder runs in"):
        main([*words, "--data", str(tmp_path / "none")])
    assert list(tmp_path.iterdir()) == []


def below(one, *words):
    """Every command and group of commands, with the words that name it."""
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, found in action.choices.items():
                yield (*words, name), found
                yield from below(found, *words, name)


def test_the_instance_is_named_at_any_place_of_every_command(tmp_path):
    found = dict(below(parser()))
    assert ("channel", "list") in found
    # What simulates cameras reads its words by itself, and takes it too.
    assert [words for words, one in found.items() if "--data DIR" not in one.format_help()] == [("simulate",)]
    for at in range(3):
        words = ["channel", "list"]
        words[at:at] = ["--data", str(tmp_path / "none")]
        with pytest.raises(SystemExit, match=f"No recorder runs in {tmp_path / 'none'}"):
            main(words)


def test_what_a_command_ends_with_is_told_by_the_program_with_status_1(tmp_path):
    done = call("status", "--data", tmp_path / "none")
    assert done.returncode == 1
    assert done.stderr.startswith("nightjar: No recorder runs in")


def test_a_wrong_call_is_told_with_status_2():
    done = call("export", "--channel", "one")
    assert (done.returncode, "invalid int value" in done.stderr or "required" in done.stderr) == (2, True)


def test_output_that_finds_no_room_is_told_and_fails(tmp_path):
    assert call("store", "init", "--data", tmp_path, "--size", "1G", "disk1").returncode == 0
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(NIGHTJAR), "store", "list", "--data", str(tmp_path)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "nightjar: Not all could be written: No space left on device.\n")


def test_a_picture_goes_into_a_pipe_and_through_a_link_and_leaves_them_what_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "owner", lambda _asked: SimpleNamespace(snapshot=lambda *_asked: b"jpeg"))
    pipe, link = tmp_path / "pipe", tmp_path / "newest.jpg"
    os.mkfifo(pipe)
    taken = []
    reader = threading.Thread(target=lambda: taken.append(pipe.read_bytes()), daemon=True)
    reader.start()
    main(["snapshot", "--channel", "1", str(pipe)])
    reader.join(10)
    assert taken == [b"jpeg"]
    (tmp_path / "stick").mkdir()
    link.symlink_to(tmp_path / "stick" / "1.jpg")
    main(["snapshot", "--channel", "1", str(link)])
    assert (tmp_path / "stick" / "1.jpg").read_bytes() == b"jpeg"
    assert link.is_symlink()
    assert pipe.is_fifo()


def test_no_part_of_an_export_takes_the_place_of_a_file(tmp_path, monkeypatch, capsys):
    done = SimpleNamespace(id="1", state=JobState.DONE, files=("a.mp4", "b.mp4"), words="", total_us=0)
    asked = SimpleNamespace(
        export=lambda *_asked, **_more: done,
        cancel_export=lambda _job: None,
        download_export=lambda _job, into, name: into.write(name.encode()),
    )
    monkeypatch.setattr(export, "owner", lambda _asked: asked)
    (tmp_path / "x_part2.mp4").write_bytes(b"evidence")
    with pytest.raises(SystemExit) as ended:
        main(["export", "--channel", "1", "--from", "1", "--to", "2", str(tmp_path / "x.mp4")])
    assert "x_part2.mp4 exists already" in str(ended.value.code)
    assert (tmp_path / "x_part2.mp4").read_bytes() == b"evidence"
    main(["export", "--channel", "1", "--from", "1", "--to", "2", str(tmp_path / "y.mp4")])
    assert (tmp_path / "y_part2.mp4").read_bytes() == b"b.mp4"
    assert (tmp_path / "y_part2.mp4.sig").read_bytes() == b"b.mp4.sig"


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


@pytest.mark.parametrize(("spans", "told"), [([], "the last picture before it"), (["one"], "")])
def test_a_picture_that_is_not_of_the_very_moment_says_so(tmp_path, monkeypatch, capsys, spans, told):
    asked = SimpleNamespace(snapshot=lambda *_asked: b"jpeg", spans=lambda *_asked: spans)
    monkeypatch.setattr(snapshot, "owner", lambda _asked: asked)
    main(["snapshot", "--channel", "1", "--at", "5000000", str(tmp_path / "one.jpg")])
    said = capsys.readouterr().err
    assert told in said
    assert bool(said) is not bool(spans)
