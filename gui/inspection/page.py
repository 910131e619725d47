"""The inspection page: every channel against the hours of a day or the days of a month (P-INSP-01, 02, 03)."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from gui.inspection.grid import CompletenessGrid, GridLegend, Line
from gui.pages.header import EDGE, header
from gui.playback.calendar import Month
from gui.playback.gaps import reason_words
from gui.toolkit.button import Button, IconButton, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Pad, Row
from gui.toolkit.page import Page
from gui.toolkit.theme import DANGER, TEXT, Type
from gui.wall.moments import clock, length, local, long_day
from gui.wall.moments import month as month_words
from recorder.client.answers import Channel, Day, Hour, Wholeness
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

EVERY_S = 30.0
STATES: dict[Wholeness, str] = {
    Wholeness.COMPLETE: _("complete"),
    Wholeness.INCOMPLETE: _("incomplete"),
    Wholeness.OVERWRITTEN: _("overwritten since"),
    Wholeness.NOT_DUE: _("nothing was due"),
}


class Inspection(Page):
    """Green is complete, red is not, dark was not due; the marked cell is explained below."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="inspection")
        self.title = _("Inspection")
        self.rooms = rooms
        self.default_focus = "grid"
        self.monthly = False
        self.day = date(1970, 1, 1)
        self.channels: Sequence[Channel] = ()
        self.grid = CompletenessGrid(self._explain, self._open)
        self._timer: Timer | None = None
        self._asked = 0
        self._to_mark: date | None = None
        """The day whose cell is marked once it is shown; where it is today and hours are shown, the present hour is."""

    def opened(self) -> None:
        """Ask for today, and again every half minute."""
        self.day = self._to_mark = self._today()
        self.rebuild()
        self._load()

    def closed(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _today(self) -> date:
        return local(self.screen.clock.now_us(), self.rooms.zone).date()

    def build(self) -> None:
        """Head with the day, the grid, and the words on the marked cell."""
        self.when = Label("", Type.BODY, TEXT, name="when")
        self.told = Label("", Type.BODY, TEXT, lines=2, name="told")
        right = [
            IconButton("left", _("Earlier"), lambda: self.turn(-1), name="earlier"),
            self.when,
            IconButton("right", _("Later"), lambda: self.turn(1), name="later"),
            Button(_("Today"), self.today, name="today", look=Look.QUIET),
            Button(_("By hours") if self.monthly else _("By days"), self.switch, name="switch", width=130),
        ]
        self.add(
            Column(
                [
                    header(self.title, self.close, right),
                    Column(
                        [self.grid, Row([self.told], height=52), GridLegend(STATES)],
                        gap=8,
                        pad=Pad(EDGE, 8, EDGE, 16),
                        grow=1,
                    ),
                ],
                gap=0,
            )
        )
        self._show_when()

    # What is asked.

    def turn(self, step: int) -> None:
        """Go to another day, or month."""
        if self.monthly:
            self.day = Month.of(self.day).turned(step).clamped(self.day)
        else:
            self.day += timedelta(days=step)
        self._show_when()
        self._load()

    def today(self) -> None:
        """Go to the day that it is."""
        self.day = self._to_mark = self._today()
        self._show_when()
        self._load()

    def switch(self) -> None:
        """Show days instead of hours, or the other way round."""
        self.monthly = not self.monthly
        self._to_mark = self.day
        self.rebuild()
        self.screen.focus_on("switch")
        self._load()

    def _load(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.screen.after(EVERY_S, self._load) if self.attached else None
        self._asked += 1
        number, api, monthly = self._asked, self.rooms.api, self.monthly
        month = Month.of(self.day)
        first = date(month.year, month.month, 1) if monthly else self.day
        following = month.turned(1)
        count = (date(following.year, following.month, 1) - first).days if monthly else 1

        def ask() -> tuple[Sequence[Channel], list[Day]]:
            channels = [one for one in api.channels() if "playback" in one.may]
            numbers = [one.number for one in channels]
            return channels, api.completeness(numbers, first, count, hours=not monthly) if numbers else []

        def have(found: tuple[Sequence[Channel], list[Day]]) -> None:
            if number == self._asked:
                self._show(*found)

        self.work(ask, have, partial(self._failed, number))

    def _failed(self, number: int, error: Exception) -> None:
        if number == self._asked and not self.rooms.recover(self, error, self._load):
            self.told.say(self.rooms.words(error), DANGER)

    # What shows.

    def _show(self, channels: Sequence[Channel], days: Sequence[Day]) -> None:
        lines: list[Line] = []
        for one in channels:
            mine = [day for day in days if day.channel == one.number]
            cells: Sequence[Hour] = mine if self.monthly else mine[0].hours if mine else ()
            lines.append(Line(one.number, one.name, cells))
        cells = lines[0].cells if lines else ()
        if self.monthly:
            labels = [str(nth) for nth in range(1, len(cells) + 1)]
        else:
            labels = [clock(local(one.start_us, self.rooms.zone))[:2].strip(":") for one in cells]
        self.grid.show(lines, labels)
        self._mark(cells)
        self._explain()

    def _mark(self, cells: Sequence[Hour]) -> None:
        day, self._to_mark = self._to_mark, None
        if day is None:
            return
        now_us = self.screen.clock.now_us()
        of_day = [at for at, one in enumerate(cells) if local(one.start_us, self.rooms.zone).date() == day]
        present = [at for at in of_day if cells[at].start_us <= now_us < cells[at].end_us]
        for at in (present or of_day)[:1]:
            self.grid.mark(at)

    def _show_when(self) -> None:
        noon_us = round((self.day - date(1970, 1, 1)).total_seconds() + 43_200) * 1_000_000
        words = month_words(self.day.year, self.day.month) if self.monthly else long_day(noon_us, self.rooms.zone)
        self.when.say(words)

    def _explain(self) -> None:
        line, cell = self.grid.line, self.grid.cell
        if line is None or cell is None:
            self.told.say(_("There is no camera yet.") if line is None else "", TEXT)
            return
        begin, end = local(cell.start_us, self.rooms.zone), local(cell.end_us, self.rooms.zone)
        when = long_day(cell.start_us, self.rooms.zone) if self.monthly else f"{clock(begin)}–{clock(end)}"  # noqa: RUF001
        self.told.say(f"{line.name}, {when}: {cell_words(cell)}", TEXT)

    def _open(self) -> None:
        """From a day to its hours, from an hour to its recordings."""
        line, cell = self.grid.line, self.grid.cell
        if line is None or cell is None:
            return
        if self.monthly:
            self.day = local(cell.start_us, self.rooms.zone).date()
            self.switch()
            self.screen.focus_on("grid")
        else:
            self.rooms.playback(line.number, cell.start_us)


def cell_words(cell: Hour) -> str:
    """Say what became of an hour or a day."""
    words = STATES[cell.state]
    parts = [
        _("{length} missing: {reason}").format(length=length(length_us), reason=reason_words(reason).lower())
        for reason, length_us in sorted(cell.missing_us.items(), key=lambda one: -one[1])
    ]
    return f"{words}. {'; '.join(parts)}." if parts else f"{words}."
