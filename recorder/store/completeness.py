"""Local days and their hours, and how complete each was (P-INSP-01, P-INSP-02, P-INSP-03); zones exist only here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid
from recorder.client.words import _
from recorder.store.stream_time import StreamTime, Tally

HOUR_US = 3600 * SECOND_US


def first_of(year: int, month: int) -> date:
    """Give the first day of a month; raises `Invalid`."""
    try:
        return date(year, month, 1)
    except (ValueError, OverflowError) as error:
        raise Invalid(problem=_("There is no such month.")) from error


def local_days(first: date, count: int, zone: str) -> list[int]:
    """Give the beginnings of so many days of an IANA zone and of the one behind them (UTC µs); raises `Invalid`.

    Where a day is 23 or 25 hours long, so far apart are its bounds.
    """
    try:
        place = ZoneInfo(zone)
        days = [first + timedelta(days=nth) for nth in range(count + 1)]
        return [round(datetime(one.year, one.month, one.day, tzinfo=place).timestamp()) * SECOND_US for one in days]
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError) as error:
        raise Invalid(problem=_("There are no such days in {zone}.").format(zone=zone[:64])) from error


@dataclass(frozen=True)
class Part:
    """An hour, or a day: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    tally: Tally


@dataclass(frozen=True)
class Day(Part):
    """A local day with its hours, of which it has 23 to 25."""

    hours: tuple[Part, ...]

    @classmethod
    def of(cls, start_us: int, end_us: int, time_of: StreamTime) -> Self:
        """Sum up a day from midnight to midnight."""
        starts = range(start_us, end_us, HOUR_US)
        hours = tuple(
            Part(start, min(start + HOUR_US, end_us), time_of.tally(start, min(start + HOUR_US, end_us)))
            for start in starts
        )
        return cls(start_us, end_us, time_of.tally(start_us, end_us), hours)
