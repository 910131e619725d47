"""The exact periods of a day, to the minute, and the days they are copied to (D-REC-04)."""

from collections.abc import Callable, Sequence
from typing import Any

from gui.dialogs.sheet import Sheet
from gui.forms.period_row import PeriodRow
from gui.forms.week import AS_USUAL, DAY_MIN, HOLIDAY, LINE_NAMES, LINES, MOST_PERIODS, Day, Period, Week
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Flow, Row
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Check
from gui.toolkit.widget import Widget
from recorder.client.words import _


class Periods(Sheet):
    """Up to six periods of one day after the other; `taken(week)` is told the week when it is done."""

    wide = 1060.0

    def __init__(self, week: Week, day: int, types: Sequence[Option], taken: Callable[[Week], object]) -> None:
        super().__init__(_("Exact times"), name="periods")
        self.week = week
        self.day = day
        self.types = tuple(types)
        self.taken = taken
        self.default_focus = "begin-0"
        self.chooser = Select(
            [Option(at, name) for at, name in enumerate(LINE_NAMES)], day, self._to_day, name="day", width=160
        )
        self.checks = [Check(name, name=f"copy-{at}") for at, name in enumerate(LINE_NAMES)]
        self.usual = Check(AS_USUAL, on_change=lambda ticked: self._usual(ticked=ticked), name="usual")
        self.problem = Label("", Type.SMALL, t.DANGER, lines=2, name="problem")
        self.problem.visible = False
        self.rows: list[PeriodRow] = []
        self._fill()

    def _fill(self) -> None:
        self.rows = []
        for one in self.week.lines[self.day]:
            self._row(one.types, one.start_min, one.end_min)
        self.usual.visible = self.day == HOLIDAY
        self.usual.set(self.day == HOLIDAY and self.week.holiday is None)
        for at, check in enumerate(self.checks):
            check.enabled = at != self.day
            check.set(False)

    def _row(self, types: frozenset[str], begin: int | None, end: int | None) -> PeriodRow:
        row = PeriodRow(len(self.rows), self.types, types, (begin, end), lambda: self._remove(row))
        self.rows.append(row)
        return row

    # What is shown.

    def content(self) -> list[Widget]:
        """The day, its periods, one more, and the days to copy to."""
        rows: list[Widget] = [*self.rows]
        if not rows:
            words = (
                _("Holidays are as the day of the week.") if self.usual.value else _("There is nothing on this day.")
            )
            rows.append(Label(words, Type.BODY, t.SECOND, name="none"))
        return [
            Row([Label(_("Day"), Type.BODY, t.SECOND), self.chooser, self.usual], gap=14),
            *rows,
            Row([Button(_("Add a period"), self._add, name="add", icon="add", look=Look.QUIET), self.problem], gap=14),
            Row(
                [
                    Label(_("Copy to"), Type.BODY, t.SECOND),
                    Flow(self.checks, gap=2, grow=1),
                    Button(_("All"), lambda: self._tick_all(True), name="all", look=Look.QUIET),
                    Button(_("None"), lambda: self._tick_all(False), name="none-of-them", look=Look.QUIET),
                ],
                gap=10,
            ),
        ]

    def buttons(self) -> list[Widget]:
        """Out, and take it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("OK"), self._take, name="take", look=Look.PRIMARY, width=120),
        ]

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = bool(words)

    # What is done.

    def _tick_all(self, ticked: bool) -> None:  # noqa: FBT001
        for at, check in enumerate(self.checks):
            check.set(ticked and at not in {self.day, HOLIDAY})

    def _usual(self, *, ticked: bool) -> None:
        if ticked:
            self.rows = []
            self._say("")
        self.rebuild()
        self.screen.focus_on(self.usual)

    def _add(self) -> None:
        if len(self.rows) >= MOST_PERIODS:
            self._say(_("A day has at most {most} periods. Remove one first.").format(most=MOST_PERIODS))
            return
        types = self.rows[-1].types if self.rows else frozenset({self.types[0].value})
        begin, end = _free(self.rows)
        row = self._row(types, begin, end)
        self.usual.set(False)
        self.rebuild()
        self.screen.focus_on(row.begin)

    def _remove(self, gone: PeriodRow) -> None:
        kept = [(one.types, one.begin.minute, one.end.minute) for one in self.rows if one is not gone]
        self.rows = []
        for types, begin, end in kept:
            self._row(types, begin, end)
        self._say("")
        self.rebuild()

    def _to_day(self, day: Any) -> None:
        if not self._keep():
            self.chooser.set(self.day)
            return
        self.day = day
        self._fill()
        self.rebuild()

    def _take(self) -> None:
        if self._keep():
            self.close(True)
            self.taken(self.week)

    def _keep(self) -> bool:
        """Put what is written into the week; False after saying what is wrong with it."""
        self._say("")
        periods = self._read()
        if periods is None:
            return False
        usual = self.usual.value
        for day in range(LINES):
            if day == self.day or (self.checks[day].value and not usual):
                week = self.week.with_usual_holidays() if usual else self.week.with_day(day, periods)
                if week is None:
                    return False
                self.week = week
        return True

    def _read(self) -> Day | None:
        found: list[Period] = []
        for row in self.rows:
            period = row.read()
            if period is None:
                return None
            if found and period.start_min < found[-1].end_min:
                if period.end_min <= found[-1].start_min:
                    words = _("It lies before period {number}. Write them in the order of the day.")
                else:
                    words = _("It overlaps period {number}.")
                row.say(words.format(number=len(found)), row.begin)
                self.screen.focus_on(row.begin)
                return None
            found.append(period)
        return tuple(found)


def _free(rows: Sequence[PeriodRow]) -> tuple[int | None, int | None]:
    """From the end of the last period to midnight; nothing where no such time is left."""
    last = rows[-1].end.minute if rows else 0
    return (last, DAY_MIN) if last is not None and last < DAY_MIN else (None, None)
