"""A week of periods as it is edited: painted by the hour, exact to the minute, at most six periods a day (D-REC-03)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from recorder.client.words import _

DAYS = 7
DAY_NAMES = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
HOLIDAY = 7
"""The place of holidays behind the days."""
LINES = DAYS + 1
LINE_NAMES = (*DAY_NAMES, _("Holiday"))
AS_USUAL = _("As the day of the week")
DAY_MIN = 24 * 60
MOST_PERIODS = 6


@dataclass(frozen=True)
class Period:
    """[start_min, end_min) of one day, and what it stands for."""

    start_min: int
    end_min: int
    types: frozenset[str]


Day = tuple[Period, ...]


@dataclass(frozen=True)
class Week:
    """Seven days, Monday first, and holidays; the periods of a day are in order and do not overlap."""

    days: tuple[Day, ...] = ((),) * DAYS
    holiday: Day | None = None
    """None: a holiday is as its day of the week."""

    @classmethod
    def parse(cls, found: Any) -> "Week":
        """Read `{"days": [[{"start_min", "end_min", "types"}]], "holiday"}`; what makes no sense is left out."""
        days = found.get("days") if isinstance(found, Mapping) else None
        if not isinstance(days, list | tuple):
            return cls()
        read = [_day(day) for day in days[:DAYS] if _is_list(day)]
        holiday = found.get("holiday")
        return cls(tuple([*read, *[()] * DAYS][:DAYS]), _day(holiday) if isinstance(holiday, list | tuple) else None)

    @property
    def lines(self) -> tuple[Day, ...]:
        """All days and then holidays, which have none where they are as usual."""
        return *self.days, self.holiday or ()

    def as_value(self, order: Iterable[str] = ()) -> dict[str, Any]:
        """Give it as the API takes it; types in the given order."""
        rank = {kind: at for at, kind in enumerate(order)}

        def told(day: Day) -> list[dict[str, Any]]:
            return [
                {
                    "start_min": one.start_min,
                    "end_min": one.end_min,
                    "types": sorted(one.types, key=lambda kind: (rank.get(kind, len(rank)), kind)),
                }
                for one in day
            ]

        return {
            "days": [told(day) for day in self.days],
            "holiday": None if self.holiday is None else told(self.holiday),
        }

    def holds(self, day: int, minute: int, kind: str) -> bool:
        """Whether a type applies at a minute of a day."""
        return any(kind in one.types for one in self.lines[day] if one.start_min <= minute < one.end_min)

    def painted(self, days: Iterable[int], start_min: int, end_min: int, kind: str, *, on: bool) -> "Week | None":
        """Give the week with a type set or taken away; None where a day would need more than six periods."""
        fresh: Week | None = self
        for day in days:
            fresh = fresh and fresh.with_day(day, _paint(self.lines[day], start_min, end_min, kind, on=on))
        return fresh

    def with_day(self, day: int, periods: Iterable[Period]) -> "Week | None":
        """Give the week with other periods on a day or on holidays; None where there are more than six."""
        merged = _merged(periods)
        if len(merged) > MOST_PERIODS:
            return None
        if day == HOLIDAY:
            return replace(self, holiday=merged)
        return replace(self, days=tuple(merged if at == day else one for at, one in enumerate(self.days)))

    def with_usual_holidays(self) -> "Week":
        """Give the week with holidays as their day of the week."""
        return replace(self, holiday=None)


def _is_list(found: Any) -> bool:
    return isinstance(found, list | tuple)


def _day(found: Iterable[Any]) -> Day:
    return _merged(period for one in found if (period := _period(one)))


def _period(found: Any) -> Period | None:
    if not isinstance(found, Mapping):
        return None
    start, end, types = found.get("start_min"), found.get("end_min"), found.get("types")
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(types, list | tuple)):
        return None
    if not 0 <= start < end <= DAY_MIN:
        return None
    kinds = frozenset(one for one in types if isinstance(one, str))
    return Period(start, end, kinds) if kinds else None


def _paint(day: Day, start_min: int, end_min: int, kind: str, *, on: bool) -> Day:
    edges = sorted({0, DAY_MIN, start_min, end_min, *(edge for one in day for edge in (one.start_min, one.end_min))})
    pieces: list[Period] = []
    for begin, end in pairwise(edges):
        types = next((one.types for one in day if one.start_min <= begin < one.end_min), frozenset[str]())
        if start_min <= begin < end_min:
            types = types | {kind} if on else types - {kind}
        pieces.append(Period(begin, end, types))
    return _merged(pieces)


def _merged(periods: Iterable[Period]) -> Day:
    """Join neighbours that are alike, leave out what stands for nothing and what overlaps the one before."""
    done: list[Period] = []
    for one in sorted(periods, key=lambda period: period.start_min):
        if not one.types:
            continue
        if done and one.start_min < done[-1].end_min:
            if one.end_min <= done[-1].end_min:
                continue
            one = Period(done[-1].end_min, one.end_min, one.types)  # noqa: PLW2901
        if done and done[-1].end_min == one.start_min and done[-1].types == one.types:
            done[-1] = Period(done[-1].start_min, one.end_min, one.types)
        else:
            done.append(one)
    return tuple(done)
