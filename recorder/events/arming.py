"""When a rule may act: a week on the wall clock (D-ALM-09.2, D-RULE-04)."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from recorder.settings.week import WeekGrid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Arming(StrEnum):
    """What a period of an arming schedule stands for."""

    ARMED = "armed"


def holds(week: WeekGrid[Any], zone: ZoneInfo, at_us: int) -> bool:
    """Whether the clock on the wall shows a time inside a period of the week at this moment (UTC)."""
    local = (EPOCH + timedelta(microseconds=at_us)).astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(period.start_min <= minute < period.end_min for period in week.days[local.weekday()])
