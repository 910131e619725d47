"""From a week on the wall clock to dated UTC intervals: zones and DST exist only here (architecture §3).

A moment is inside a period when the clock on the wall shows a time inside it. So an hour that DST skips is not
recorded, and one that it repeats is recorded twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from recorder.client.clock import SECOND_US
from recorder.settings.calendar import Calendar
from recorder.settings.week import Period, WeekGrid

DAY_S = 86_400
EPOCH = date(1970, 1, 1)
STEP_S = 3_600
Interval = tuple[int, int]
"""[start, end) in microseconds of UTC."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of UTC seconds in which the zone's offset stays the same: [start_s, end_s), local = UTC + offset."""

    start_s: int
    end_s: int
    offset_s: int


def stretches(zone: ZoneInfo, start_s: int, end_s: int) -> list[Stretch]:
    """Cut a time into stretches of one offset. Changes that undo each other within an hour are not seen."""
    found: list[Stretch] = []
    at, offset = start_s, _offset(zone, start_s)
    seen = start_s
    while seen < end_s:
        ahead = min(seen + STEP_S, end_s)
        if _offset(zone, ahead) != offset:
            change = _change(zone, seen, ahead)
            found.append(Stretch(at, change, offset))
            at, offset = change, _offset(zone, ahead)
        seen = ahead
    found.append(Stretch(at, end_s, offset))
    return [one for one in found if one.start_s < one.end_s]


def intervals(week: WeekGrid[Any], periods: Iterable[Stretch], wanted: Any, calendar: Calendar) -> list[Interval]:
    """Give the times in which periods that name the type `wanted` hold, joined, in order."""
    found: list[Interval] = []
    for stretch in periods:
        first = (stretch.start_s + stretch.offset_s) // DAY_S
        last = (stretch.end_s + stretch.offset_s - 1) // DAY_S
        for day in range(first, last + 1):
            found_on = EPOCH + timedelta(days=day)
            for period in week.on(found_on.weekday(), holiday=calendar.is_holiday(found_on)):
                if wanted in period.types:
                    _add(found, _placed(period, day, stretch))
    return found


def _placed(period: Period[Any], day: int, stretch: Stretch) -> Interval:
    begin = day * DAY_S - stretch.offset_s
    start_s = max(begin + period.start_min * 60, stretch.start_s)
    end_s = min(begin + period.end_min * 60, stretch.end_s)
    return start_s * SECOND_US, end_s * SECOND_US


def _add(to: list[Interval], one: Interval) -> None:
    start, end = one
    if start >= end:
        return
    if to and start <= to[-1][1]:
        to[-1] = (to[-1][0], max(end, to[-1][1]))
    else:
        to.append(one)


def _offset(zone: ZoneInfo, at_s: int) -> int:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at_s)
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())


def _change(zone: ZoneInfo, before_s: int, after_s: int) -> int:
    """The first second that has the offset of `after_s`."""
    new = _offset(zone, after_s)
    while after_s - before_s > 1:
        middle = (before_s + after_s) // 2
        if _offset(zone, middle) == new:
            after_s = middle
        else:
            before_s = middle
    return after_s
