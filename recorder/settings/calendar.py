"""The recorder's calendar: its time zone and its holidays, by which every week plan is read."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.holiday import LONGEST_DAYS, Holiday
from recorder.settings.settings import Settings
from recorder.settings.week import WeekGrid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PAGES = frozenset((DateTime.about.name, Holiday.about.name))
"""With a change of them it is another calendar."""


class Calendar:
    """What the clock on the wall shows, and whether the day is a holiday. Safe from any thread; never changes."""

    def __init__(self, zone: ZoneInfo, holidays: Iterable[Holiday] = ()) -> None:
        self.zone = zone
        self._holidays = tuple(holidays)
        self._years: dict[int, frozenset[date]] = {}

    @classmethod
    def of(cls, settings: Settings) -> "Calendar":
        """Read it; called in a thread."""
        return cls(settings.get(DateTime).zone_info, (one.values for one in settings.items(Holiday)))

    def is_holiday(self, day: date) -> bool:
        """Whether a day is one; a holiday that began in the year before may reach into this one."""
        # As far as a rule that counts from Easter or a long holiday can reach.
        years = {(day + timedelta(days=days)).year for days in (-LONGEST_DAYS, 0, LONGEST_DAYS)}
        return any(day in self._of(year) for year in years)

    def holds(self, week: WeekGrid[Any], at_us: int) -> bool:
        """Whether the clock on the wall shows a time inside a period of the week at this moment (UTC)."""
        return self.shows(week, (EPOCH + timedelta(microseconds=at_us)).astimezone(self.zone))

    def shows(self, week: WeekGrid[Any], local: datetime) -> bool:
        """Whether a time on the wall is inside a period of the week."""
        return self._since_begin(week, local) is not None

    def minutes_since_begin(self, week: WeekGrid[Any], at_us: int) -> int | None:
        """Give how many minutes of the clock on the wall ago the period began that holds at this moment (UTC)."""
        return self._since_begin(week, (EPOCH + timedelta(microseconds=at_us)).astimezone(self.zone))

    def _since_begin(self, week: WeekGrid[Any], local: datetime) -> int | None:
        minute = local.hour * 60 + local.minute
        day = week.on(local.weekday(), holiday=self.is_holiday(local.date()))
        return next((minute - one.start_min for one in day if one.start_min <= minute < one.end_min), None)

    def _of(self, year: int) -> frozenset[date]:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = frozenset(one for page in self._holidays for one in page.days_from(year))
        return known
