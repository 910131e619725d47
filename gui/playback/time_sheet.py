"""A time of the day in sight, typed: the player goes there (V-PLAY-03)."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.theme import DANGER, Type
from gui.toolkit.time_field import TimeField
from gui.toolkit.widget import Widget
from gui.wall.moments import day, local
from recorder.client.clock import SECOND_US
from recorder.client.words import _


class TimeSheet(Sheet):
    """Asks for a time; the moment is told where it was one."""

    wide = 360.0

    def __init__(self, day_us: int, at_us: int | None, zone: tzinfo, typed: str, go: Callable[[int], object]) -> None:
        """`day_us` is the beginning of the day, `at_us` what is shown, `typed` digits that were typed already."""
        super().__init__(_("Go to a time"), day(day_us, zone), name="time-sheet")
        self.day_us, self.zone, self.go = day_us, zone, go
        shown = local(at_us, zone) if at_us is not None else None
        self.problem = False
        minute = None if shown is None else shown.hour * 60 + shown.minute
        self.field = TimeField(minute, self._typed, name="time", begun=typed)
        self.field.on_submit = self.do
        self.default_focus = "time"

    def content(self) -> list[Widget]:
        """The time."""
        rows: list[Widget] = [self.field]
        if self.problem:
            rows.append(Label(_("A time is written as 14:05."), Type.BODY, DANGER, lines=2, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Out, go."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Go"), self.do, name="do", look=Look.PRIMARY),
        ]

    def _typed(self, _written: str) -> None:
        self.problem = False

    def do(self) -> None:
        """Go there."""
        minute = self.field.minute
        if minute is None:
            self.problem = True
            self.rebuild()
            self.screen.focus_on("time")
            return
        at_us = moment_of(self.day_us, minute, self.zone)
        self.close()
        self.go(at_us)


def moment_of(day_us: int, minute: int, zone: tzinfo) -> int:
    """Give the moment (UTC, µs) at which the clocks of a local day show a time, in minutes after midnight."""
    midnight = local(day_us, zone).replace(tzinfo=None)
    shown = datetime.combine(midnight.date(), datetime.min.time()) + timedelta(minutes=minute)
    return round(shown.replace(tzinfo=zone).timestamp()) * SECOND_US
