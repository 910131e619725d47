"""Somebody at the desk before a recorder: sees the monitor, asks the screen what its words are, and uses the hands."""

from tests.image.machine import Recorder
from tests.image.monitor import Monitor
from tests.image.screen import Screen, center, named

PASSWORD = "night heron 27"


class Desk:
    """Monitor, keyboard and mouse of one start of a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.monitor = Monitor(recorder)
        recorder.await_screen()
        self.screen = Screen(recorder, recorder.inside("ask_screen.py"))

    def set_password(self) -> None:
        """Write the administrator's first password, on the keyboard alone."""
        self.screen.until(lambda tree: named(tree, "first-run"), "the question for the first password")
        self.monitor.type(PASSWORD)
        self.monitor.press("ret")
        self.screen.until(lambda tree: (named(tree, "again") or {}).get("focused"), "the second field")
        self.monitor.type(PASSWORD)
        self.monitor.press("ret")
        self.screen.until(lambda tree: named(tree, "codes-sheet"), "the one-time codes")

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
