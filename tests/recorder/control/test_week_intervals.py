"""Schedules as UTC, against an oracle that knows nothing of how they are made: it looks at the clock every minute."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.client.clock import SECOND_US
from recorder.control.week_intervals import intervals, stretches
from recorder.settings.calendar import Calendar
from recorder.settings.week import WeekGrid

DAYS = 3


class Kind(StrEnum):
    A = "a"
    B = "b"


def oracle(week, zone, start, end, kind):
    """Each UTC minute at whose begin the local clock shows a time inside a period."""
    found = set()
    at = start
    while at < end:
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        for period in week["days"][local.weekday()]:
            if kind in period["types"] and period["start_min"] <= minute < period["end_min"]:
                found.add(at)
        at += timedelta(minutes=1)
    return found


def minutes(parts):
    found = set()
    for start_us, end_us in parts:
        assert start_us < end_us
        assert start_us % (60 * SECOND_US) == end_us % (60 * SECOND_US) == 0
        at = datetime.fromtimestamp(start_us / SECOND_US, UTC)
        while at.timestamp() < end_us / SECOND_US:
            assert at not in found
            found.add(at)
            at += timedelta(minutes=1)
    return found


@st.composite
def periods(draw):
    marks = sorted(draw(st.lists(st.integers(0, 1440), max_size=12, unique=True)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    types = st.lists(st.sampled_from(Kind), min_size=1, max_size=2, unique=True)
    return [{"start_min": start, "end_min": end, "types": draw(types)} for start, end in pairs]


# Days on which clocks change: forward, back, at midnight, by half an hour, by a whole day; and none.
CHANGES = [
    ("Europe/Berlin", (2026, 3, 28)), ("Europe/Berlin", (2026, 10, 24)), ("America/Sao_Paulo", (2018, 11, 3)),
    ("America/Havana", (2026, 11, 1)), ("Australia/Lord_Howe", (2026, 10, 3)), ("Australia/Lord_Howe", (2026, 4, 4)),
    ("Africa/Cairo", (2026, 4, 23)), ("Pacific/Apia", (2011, 12, 28)), ("Asia/Kathmandu", (2026, 1, 1)),
    ("UTC", (2024, 2, 28)), ("America/St_Johns", (2006, 10, 28)),
]  # fmt: skip


@pytest.mark.covers("D-REC-01")
@pytest.mark.parametrize(("name", "day"), CHANGES)
@settings(max_examples=6, deadline=None)
@given(days=st.lists(periods(), min_size=7, max_size=7), into=st.integers(0, 1440))
def test_a_channel_records_exactly_when_the_clock_on_the_wall_shows_a_time_inside_a_period(name, day, days, into):
    zone = ZoneInfo(name)
    start = datetime(*day, tzinfo=UTC) + timedelta(minutes=into)
    end = start + timedelta(days=DAYS)
    week = {"days": days}
    ahead = stretches(zone, int(start.timestamp()), int(end.timestamp()))
    for kind in Kind:
        found = intervals(WeekGrid[Kind].model_validate(week), ahead, kind, Calendar(zone))
        assert minutes(found) == oracle(week, zone, start, end, kind)
        assert found == sorted(found)


@pytest.mark.covers("D-SYS-12")
def test_an_hour_that_is_repeated_is_recorded_twice_and_one_that_is_skipped_not_at_all():
    zone = ZoneInfo("Europe/Berlin")
    night = WeekGrid[Kind].model_validate({"days": [[{"start_min": 120, "end_min": 180, "types": ["a"]}]] * 7})

    def recorded_s(*day):
        begin = int(datetime(*day, tzinfo=zone).timestamp())
        found = intervals(night, stretches(zone, begin, begin + 86_400), Kind.A, Calendar(zone))
        return sum(end - start for start, end in found) // SECOND_US

    assert recorded_s(2026, 10, 25) == 7200
    assert recorded_s(2026, 3, 29) == 0
    assert recorded_s(2026, 6, 1) == 3600


@pytest.mark.parametrize(("name", "day"), CHANGES)
def test_round_the_clock_is_one_interval_whatever_the_clock_does(name, day):
    start = int(datetime(*day, tzinfo=UTC).timestamp())
    ahead = stretches(ZoneInfo(name), start, start + 14 * 86_400)
    found = intervals(WeekGrid[Kind].always(Kind.A), ahead, Kind.A, Calendar(ZoneInfo(name)))
    assert found == [(start * SECOND_US, (start + 14 * 86_400) * SECOND_US)]
