"""Dates, hours and weeks are written as the owner set them (D-SYS-11)."""

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gui.control_feed import ControlFeed
from gui.playback.ticks import ticks
from gui.playback.window import Window
from gui.wall import manner
from gui.wall.manner import MONDAY, SATURDAY, Manner, Order
from gui.wall.moments import clock, day, long_day, since, time_of_day
from recorder.client.answers import Status
from recorder.client.clock import ManualClock

AT = datetime(2026, 11, 3, 14, 2, 5, tzinfo=UTC)
AT_US = int(AT.timestamp()) * 1_000_000


@pytest.mark.covers("D-SYS-11")
@pytest.mark.parametrize(
    ("order", "short", "long"),
    [
        (Order.YEAR_FIRST, "2026-11-03", "Tuesday, 2026-11-03"),
        (Order.DAY_FIRST, "3 Nov 2026", "Tuesday, 3 November 2026"),
        (Order.MONTH_FIRST, "Nov 3, 2026", "Tuesday, November 3, 2026"),
    ],
)
def test_a_date_is_written_in_the_owners_order(order, short, long):
    manner.follow(Manner(order))
    assert (day(AT_US, UTC), long_day(AT_US, UTC)) == (short, long)


@pytest.mark.parametrize(
    ("hour", "words"), [(0, "12:02 AM"), (1, "1:02 AM"), (11, "11:02 AM"), (12, "12:02 PM"), (23, "11:02 PM")]
)
def test_twelve_hours_begin_at_twelve(hour, words):
    manner.follow(Manner(twelve=True))
    assert clock(AT.replace(hour=hour)) == words


def test_seconds_stand_before_the_half_of_the_day():
    manner.follow(Manner(twelve=True))
    assert time_of_day(AT_US, UTC) == "2:02:05 PM"


def test_since_says_the_day_in_the_owners_order():
    tomorrow_us = AT_US + 86_400_000_000
    manner.follow(Manner(Order.DAY_FIRST, twelve=True))
    assert since(AT_US, tomorrow_us, UTC) == "3 Nov, 2:02 PM"
    manner.follow(Manner(Order.MONTH_FIRST))
    assert since(AT_US, tomorrow_us, UTC) == "Nov 3, 14:02"


def test_the_ruler_of_the_timeline_counts_to_twelve_and_no_two_labels_touch():
    manner.follow(Manner(twelve=True))
    zone = ZoneInfo("Europe/Paris")
    window = Window.of_day(AT.date(), zone)
    made = [one for one in ticks(window, 900, zone, lambda words: 8 * len(words)) if one.label]
    assert {"9:00 AM", "12:00 PM"} <= {one.label for one in made}
    for one, after in itertools.pairwise(made):
        assert after.x - one.x >= 4 * len(one.label) + 4 * len(after.label) + 16


class Api:
    def __init__(self, **written):
        self.written = written

    def status(self):
        return Status("0", "Nightjar", 0, "UTC", False, 1, 0, 0, **self.written)


@pytest.mark.covers("D-SYS-11")
def test_what_control_tells_is_followed_and_what_is_unknown_is_written_as_usual():
    feed = ControlFeed(Api(date_format="day-month-year", hour_format="12", week_begins="saturday"), ManualClock())
    assert feed.manner == Manner()
    feed.look()
    assert feed.manner == Manner(Order.DAY_FIRST, twelve=True, week_begins=SATURDAY)
    strange = ControlFeed(Api(date_format="stardate", hour_format="13", week_begins="doomsday"), ManualClock())
    strange.look()
    assert strange.manner == Manner(week_begins=MONDAY)


def test_a_change_of_the_format_alone_is_news():
    told = []
    api = Api()
    feed = ControlFeed(api, ManualClock(), lambda: told.append(feed.manner.twelve))
    feed.look()
    feed.look()
    api.written = {"hour_format": "12"}
    feed.look()
    assert told == [False, True]


def test_a_year_before_christ_and_one_after_us_are_no_crash():
    for order in Order:
        manner.follow(Manner(order, twelve=True))
        for at_us in (-(10**30), 10**30):
            assert day(at_us, UTC)
            assert since(at_us, AT_US, UTC)
