"""The screen as others look at it: whoever asks is answered, also while it has no time."""

from types import SimpleNamespace

import pytest

from gui.oracle import PATIENCE_S, Oracle
from recorder.cli.commands import screenshot
from recorder.client.wire import BlockingConnection


@pytest.fixture
def busy(tmp_path, monkeypatch):
    """A screen whose thread never comes to what is posted to it."""
    monkeypatch.setattr("gui.oracle.PATIENCE_S", 0.05)
    canvas = SimpleNamespace(copy=lambda: None)
    screen = SimpleNamespace(post=lambda _call: None)
    loop = SimpleNamespace(screen=screen, presenter=SimpleNamespace(canvas=canvas))
    oracle = Oracle(tmp_path / "gui.sock", loop, None)
    oracle.start()
    yield tmp_path / "gui.sock"
    oracle.close()


@pytest.mark.parametrize("op", ["screenshot", "tree", "counts"])
def test_a_screen_that_has_no_time_says_so_and_not_that_it_is_gone(busy, op):
    with BlockingConnection(str(busy)) as screen:
        answer = screen.request({"op": op})
        assert (answer["op"], answer["code"]) == ("error", "Busy")
        assert "did not answer in time" in answer["words"]
        # It is not hung up on: the next question is heard.
        assert screen.request({"op": "nothing"})["code"] == "Invalid"


def test_the_command_waits_longer_than_the_screen_takes_to_say_so():
    assert screenshot.PATIENCE_S > PATIENCE_S
