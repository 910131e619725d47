"""Which events the list shows, as its filters say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from recorder.client.clock import SECOND_US
from recorder.client.dates import local
from recorder.client.happened import AlarmState
from recorder.client.words import _

TODAY, DAY, WEEK, MONTH, EVER = "today", "day", "week", "month", "ever"
TIMES: Mapping[str, str] = {
    TODAY: _("Today"),
    DAY: _("Last 24 hours"),
    WEEK: _("Last 7 days"),
    MONTH: _("Last 30 days"),
    EVER: _("Any time"),
}
DAYS = {DAY: 1, WEEK: 7, MONTH: 30}
ALL, WAITING, PINNED = "all", "waiting", "pinned"
STATES: Mapping[str, str] = {
    ALL: _("All events"),
    WAITING: _("Alarms to see to"),
    AlarmState.NEW.value: _("New alarms"),
    AlarmState.PROGRESS.value: _("In progress"),
    AlarmState.FALSE.value: _("False alarms"),
    AlarmState.CLOSED.value: _("Closed"),
    PINNED: _("Pinned"),
}
FIRST = 200
"""Rows asked for at first; as many more each time one goes beyond the last."""
MOST = 1000
"""As many as one answer has: beyond, a time or a kind finds what is sought sooner than scrolling."""


@dataclass
class Wishes:
    """The filters; None and "" are all."""

    when: str = WEEK
    channel: int | None = None
    source: str = ""
    state: str = ALL
    grouped: bool = True
    limit: int = FIRST

    def query(self, now_us: int, zone: tzinfo) -> dict[str, Any]:
        """What the list of events is asked for."""
        asked: dict[str, Any] = {"grouped": self.grouped, "limit": self.limit, "pinned": self.state == PINNED}
        if self.channel is not None:
            asked["channels"] = [self.channel]
        if self.source:
            asked["sources"] = [self.source]
        if self.state == WAITING:
            asked["states"] = [AlarmState.NEW, AlarmState.PROGRESS]
        elif self.state not in {ALL, PINNED}:
            asked["states"] = [AlarmState(self.state)]
        if (start_us := self._start_us(now_us, zone)) is not None:
            asked["start_us"] = start_us
        return asked

    def _start_us(self, now_us: int, zone: tzinfo) -> int | None:
        if self.when == EVER:
            return None
        if self.when == TODAY:
            midnight = datetime.combine(local(now_us, zone).date(), time(), zone)
            return int(midnight.timestamp()) * SECOND_US
        return now_us - timedelta(days=DAYS[self.when]) // timedelta(microseconds=1)
