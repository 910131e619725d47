"""One entry of the log with all that is known of it, and the way to the ones before and after (D-MNT-01)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.log.rows import lines
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Row
from gui.toolkit.theme import Type
from recorder.client.log import LogEntry
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

NAMES = 110.0
LONGEST_LINES = 5


class Details(Sheet):
    """`step(1)` gives the entry below, `step(-1)` the one above; None where there is none."""

    wide = 680.0

    def __init__(self, rooms: "Rooms", one: LogEntry, step: Callable[[int], LogEntry | None]) -> None:
        super().__init__(one.words or one.title, name="log-entry")
        self._rooms = rooms
        self._one = one
        self._step = step
        self.default_focus = "close"
        self.keys = {"page_up": lambda: self._turn(-1), "page_down": lambda: self._turn(1)}

    def content(self) -> "list[Widget]":
        """A line for each thing that is known."""
        return [
            Row(
                [
                    Label(name, Type.BODY, t.SECOND, width=NAMES),
                    Label(words, Type.BODY, t.TEXT, lines=LONGEST_LINES, grow=1, name=f"detail-{at}"),
                ],
                gap=16,
                align=Align.START,
            )
            for at, (name, words) in enumerate(lines(self._one, self._rooms.zone))
        ]

    def buttons(self) -> "list[Widget]":
        """Up and down the list, and out."""
        return [
            Button(_("Newer"), lambda: self._turn(-1), name="newer", icon="up"),
            Button(_("Older"), lambda: self._turn(1), name="older", icon="down"),
            Button(_("Close"), self.close, name="close", look=Look.PRIMARY),
        ]

    def _turn(self, by: int) -> None:
        found = self._step(by)
        if found is not None:
            self._one, self.title = found, found.words or found.title
            self.rebuild()
