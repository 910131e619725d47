"""The calendar shows whole weeks and keeps its size; days with footage are marked."""

from datetime import date

import pytest

from gui.playback.calendar import Month, moved
from gui.wall.manner import MONDAY, SUNDAY

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("week_start", range(7))
@pytest.mark.parametrize("month", [Month(2026, 11), Month(2026, 2), Month(2028, 2), Month(1, 1), Month(9999, 12)])
def test_every_day_of_the_month_stands_once_in_six_weeks(month, week_start):
    weeks = month.weeks([], TODAY, TODAY, week_start)
    assert [len(week) for week in weeks] == [7] * 6
    days = [day.date for week in weeks for day in week if day.in_month]
    assert days[0].day == 1
    assert len(set(days)) == len({day.day for day in days})


@pytest.mark.parametrize(("week_start", "first"), [(MONDAY, date(2026, 10, 26)), (SUNDAY, date(2026, 11, 1))])
def test_the_week_begins_where_it_is_set(week_start, first):
    assert Month(2026, 11).weeks([], TODAY, TODAY, week_start)[0][0].date == first


@pytest.mark.covers("D-PLAY-04")
def test_days_with_footage_today_and_the_chosen_day_are_marked():
    days = {day.date: day for week in Month(2026, 11).weeks([20, 21], TODAY, date(2026, 11, 20)) for day in week}
    assert [day.day for day, shown in days.items() if shown.footage] == [20, 21]
    assert days[TODAY].today
    assert days[date(2026, 11, 20)].selected
    assert days[date(2026, 11, 22)].ahead
    assert not days[date(2026, 10, 31)].in_month


def test_an_incomplete_day_is_marked_whether_or_not_it_has_footage():
    weeks = Month(2026, 11).weeks([20, 21], TODAY, TODAY, incomplete=[19, 21, 31])
    days = {day.date.day: (day.footage, day.incomplete) for week in weeks for day in week if day.in_month}
    assert {day: said for day, said in days.items() if any(said)} == {
        19: (False, True),
        20: (True, False),
        21: (True, True),
    }
    assert not any(day.incomplete for week in weeks for day in week if not day.in_month)


def test_turning_pages_crosses_years_and_stops_at_the_ends_of_time():
    assert Month(2026, 12).turned(1) == Month(2027, 1)
    assert Month(2026, 1).turned(-1) == Month(2025, 12)
    assert Month(1, 1).turned(-5) == Month(1, 1)
    assert Month(9999, 12).turned(5) == Month(9999, 12)


def test_the_31st_becomes_the_last_day_of_a_shorter_month():
    assert Month(2027, 2).clamped(date(2027, 1, 31)) == date(2027, 2, 28)


def test_keys_move_by_days_and_stop_at_the_end_of_time():
    assert moved(date(2026, 11, 30), 7) == date(2026, 12, 7)
    assert moved(date.max, 1) == date.max
