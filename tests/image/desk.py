"""Somebody at the desk before a recorder: sees the monitor, asks the screen what its words are, and uses the hands."""

from tests.image.machine import Recorder
from tests.image.monitor import Monitor
from tests.image.screen import Node, Screen, center, named

PASSWORD = "night heron 27"
AT_ONCE = 5
"""Letters of which QEMU's keyboard keeps presses and releases until they are asked for."""


class Desk:
    """Monitor, keyboard and mouse of one start of a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.monitor = Monitor(recorder)
        recorder.await_screen()
        self.screen = Screen(recorder, recorder.inside("ask_screen.py"))

    def set_password(self) -> None:
        """Write the administrator's first password, on the keyboard alone."""
        self.screen.until(lambda tree: named(tree, "first-run"), "the question for the first password")
        self.write("password", PASSWORD)
        self.monitor.press("ret")
        self.screen.until(lambda tree: (named(tree, "again") or {}).get("focused"), "the second field")
        self.write("again", PASSWORD)
        self.monitor.press("ret")

        def entered(tree: Node) -> object:
            if named(tree, "problem"):
                # The recorder answered too late, for its machine has others beside it: the same once more.
                self.click("set-password")
            return named(tree, "codes-sheet")

        self.screen.until(entered, "the one-time codes")

    def write(self, field: str, text: str) -> None:
        """Write into the field that has the focus, no faster than it is shown: a keyboard keeps sixteen presses."""
        for begin in range(0, len(text), AT_ONCE):
            end = begin + AT_ONCE
            self.monitor.type(text[begin:end])
            shown = len(text[:end])
            self.screen.until(
                lambda tree, shown=shown: len((named(tree, field) or {}).get("text", "")) == shown,
                f"{shown} letters in {field}",
            )

    def to_the_wall(self) -> None:
        """Close what lies over the wall, and wait until no notice is shown any more."""
        while len((tree := self.screen.tree())["pages"]) > 1:
            self.monitor.press("ret" if named(tree, "codes-sheet") else "esc")
            before = len(tree["pages"])
            self.screen.until(lambda now, before=before: len(now["pages"]) < before, "the end of a page")
        self.screen.until(lambda now: not now["notices"], "the end of notices")

    def click(self, name: str, button: str = "left") -> None:
        """Click the middle of what has a name on the top page."""
        tree = self.screen.until(lambda now: named(now, name), name)
        found = named(tree, name)
        assert found is not None
        self.monitor.click(center(found), tuple(tree["size"]), button)
