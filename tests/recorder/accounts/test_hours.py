"""Hours that end: what was granted is void in that minute, of users and of RTSP users, and not before."""

from datetime import UTC, datetime

import pytest

from recorder.accounts.hours import Hours
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user import LoginHours, User
from recorder.settings.week import WeekGrid
from tests.recorder.accounts.conftest import OWNER

MONDAY = datetime(2030, 7, 1, 13, 30, tzinfo=UTC)  # half past nine in New York


def until(hour, minute=0):
    """From nine on, Mondays."""
    period = {"start_min": 9 * 60, "end_min": 60 * hour + minute, "types": ["open"]}
    return WeekGrid[LoginHours].never().with_day(0, [period]).model_dump()


@pytest.fixture
def to(clock):
    """Set the clock on the wall to an hour of that Monday in New York."""

    def stepped(hour, minute=0):
        moment = MONDAY.replace(hour=hour + 4, minute=minute)
        clock.step(moment.timestamp() - clock.now_us() / 1e6)

    return stepped


@pytest.fixture
def hours(anna, settings, clock, to):
    """Hours, and how often somebody's ended."""
    settings.change(DateTime, {"zone": "America/New_York"}, OWNER)
    to(9, 30)
    made = Hours(settings, clock, lambda: made.told.append(clock.now_us()))
    made.told = []
    return made


@pytest.mark.covers("D-RULE-29")
@pytest.mark.parametrize("page", [User, StreamUser])
def test_what_was_granted_is_void_in_the_minute_in_which_hours_end(hours, settings, clock, to, page):
    settings.change(page, {"hours": until(17)}, OWNER, item="anna")
    hours.look()
    to(16, 59)
    clock.advance(59)
    hours.look()
    assert hours.told == []
    clock.advance(1)
    hours.look()
    assert hours.told == [clock.now_us()]
    for minute in range(1, 60):
        to(17, minute)
        hours.look()
    assert len(hours.told) == 1


def test_each_end_counts_whoever_is_outside_already(hours, settings, to):
    settings.change(User, {"hours": until(12)}, OWNER, item="anna")
    settings.change(StreamUser, {"hours": until(14)}, OWNER, item="nvr")
    for at in (10, 11, 12, 13, 14, 15):
        to(at)
        hours.look()
    assert [datetime.fromtimestamp(at / 1e6, UTC).hour - 4 for at in hours.told] == [12, 14]


def test_hours_that_ended_while_nobody_looked_are_told_at_the_start(hours, settings, to):
    settings.change(User, {"hours": until(17)}, OWNER, item="anna")
    to(18)
    hours.look()
    hours.look()
    assert len(hours.told) == 1


def test_a_clock_that_was_set_over_the_end_and_back_ends_them_again(hours, settings, to):
    settings.change(User, {"hours": until(17)}, OWNER, item="anna")
    for at in (18, 10, 18):
        to(at)
        hours.look()
    assert len(hours.told) == 2


def test_who_may_always_come_is_never_told(hours, settings, to):
    settings.change(StreamUser, {"live": [1]}, OWNER, item="nvr")
    for at in range(9, 20):
        to(at)
        hours.look()
    assert hours.told == []
