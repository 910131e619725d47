import subprocess
import sys
from pathlib import Path

import pytest

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
