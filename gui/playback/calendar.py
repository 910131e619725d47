"""A month as a calendar shows it: its days, with footage or incomplete, and how keys move in it (D-PLAY-04)."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from gui.wall.manner import MONDAY


@dataclass(frozen=True)
class Day:
    """One field of the calendar."""

    date: date
    in_month: bool
    footage: bool
    today: bool
    selected: bool
    ahead: bool
    """It has not begun yet; nothing can be recorded there."""
    incomplete: bool = False
    """Something that was due is missing."""


@dataclass(frozen=True)
class Month:
    """A month of local days."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Give the month of a day."""
        return cls(day.year, day.month)

    def turned(self, months: int) -> "Month":
        """Give the month so many later; it stays within the years a date can have."""
        at = min(max(self.year * 12 + self.month - 1 + months, 12), 9999 * 12 + 11)
        return Month(at // 12, at % 12 + 1)

    def clamped(self, day: date) -> date:
        """Give the same day of this month, or its last: the 31st becomes the 30th."""
        return date(self.year, self.month, min(day.day, self.days))

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.month)[1]

    def weeks(
        self,
        footage: Collection[int],
        today: date,
        selected: date,
        week_start: int = MONDAY,
        incomplete: Collection[int] = (),
    ) -> list[list[Day]]:
        """Lay out whole weeks, six of them so that the calendar keeps its size.

        `footage` holds the days of this month with recordings, `incomplete` those of which something is missing;
        `week_start` is 0 for Monday to 6 for Sunday.
        """
        first = date(self.year, self.month, 1)
        # Near the ends of time a week may not exist; there the calendar begins with the month.
        back = min((first.weekday() - week_start) % 7, first.toordinal() - 1)
        start = first.toordinal() - back
        weeks: list[list[Day]] = []
        for week in range(6):
            row: list[Day] = []
            for column in range(7):
                at = date.fromordinal(min(start + week * 7 + column, date.max.toordinal()))
                mine = (at.year, at.month) == (self.year, self.month)
                full, torn = mine and at.day in footage, mine and at.day in incomplete
                row.append(Day(at, mine, full, at == today, at == selected, at > today, torn))
            weeks.append(row)
        return weeks


def moved(selected: date, days: int) -> date:
    """Give the day so many later, for arrow keys; the ends of time hold."""
    at = min(max(selected.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(at)
