"""The rescue system alone: a recorder that nobody stands before starts again, since one that runs records."""

import pytest

from hal.rescue import __main__ as rescue
from hal.rescue.menu import ALONE_S, End
from tests.hal.rescue.scripted import Scripted


class Nobody(Scripted):
    """Presses nothing: after the patience that is had with him, nothing was chosen."""

    def choose(self, title, words, choices, patience_s=None):
        del title, words, choices
        assert patience_s is not None, "it would wait for ever"
        self.waited_s = patience_s


@pytest.mark.parametrize("why", ["asked", "no-slot"])
def test_nobody_keeps_a_recorder_from_recording(why, monkeypatch):
    """Esc was pressed, by a cat or by a stick that says it is a keyboard: it waited there for ever."""
    nobody = Nobody()
    monkeypatch.setattr(rescue.Console, "of_the_machine", lambda: nobody)
    assert rescue.main([why]) == End.RESTART
    assert nobody.waited_s == ALONE_S
