"""Holidays are found by date or by rule, once or every year; week plans may have periods of their own for them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from recorder.client.recording import RecordType
from recorder.settings.calendar import Calendar
from recorder.settings.errors import BadSetting
from recorder.settings.pages.holiday import Holiday, easter
from recorder.settings.week import HOLIDAY, WeekGrid

GENERAL = RecordType.GENERAL


def days(of, **values):
    return sorted(Holiday(**values).days_from(of))


def calendar(**values):
    return Calendar(ZoneInfo("Europe/Berlin"), [Holiday(**values)])


@pytest.mark.parametrize(
    "found", ["1818-03-22", "1943-04-25", "2000-04-23", "2024-03-31", "2025-04-20", "2038-04-25", "2285-03-22"]
)
def test_easter_is_when_the_tables_of_churches_have_it(found):
    assert easter(int(found[:4])).isoformat() == found


@pytest.mark.covers("D-SYS-14")
def test_a_holiday_is_found_by_its_date_every_year_or_once():
    assert days(2030, first_day="2027-05-01") == [date(2030, 5, 1)]
    assert days(2030, first_day="2027-05-01", yearly=False) == []
    assert days(2027, first_day="2027-05-01", yearly=False) == [date(2027, 5, 1)]
    assert days(2027, first_day="2028-02-29") == []
    assert days(2032, first_day="2028-02-29") == [date(2032, 2, 29)]
    assert days(2027, first_day="2027-05-01", enabled=False) == []
    assert days(2027) == []


@pytest.mark.covers("D-SYS-14")
def test_days_around_new_year_are_holidays_in_both_years():
    found = calendar(first_day="2026-12-24", last_day="2027-01-02")
    for day in ("2029-12-24", "2029-12-31", "2030-01-01", "2030-01-02"):
        assert found.is_holiday(date.fromisoformat(day))
    for day in ("2029-12-23", "2030-01-03"):
        assert not found.is_holiday(date.fromisoformat(day))


@pytest.mark.covers("D-SYS-14")
def test_a_holiday_is_found_by_the_day_of_the_week_and_from_easter_on():
    labour = {"kind": "weekday", "which": "first", "weekday": 0, "month": "09"}
    assert days(2026, **labour) == [date(2026, 9, 7)]
    assert days(2027, **labour | {"which": "last", "month": "05"}) == [date(2027, 5, 31)]
    assert days(2026, **labour | {"which": "fourth", "weekday": 3, "month": "11"}) == [date(2026, 11, 26)]
    assert days(2026, **labour, yearly=False, year=2027) == []
    assert days(2026, kind="easter", easter_days=39) == [date(2026, 5, 14)]


@pytest.mark.parametrize(
    "values",
    [
        {"first_day": "2027-02-30"},
        {"first_day": "tomorrow"},
        {"last_day": "2027-01-01"},
        {"first_day": "2027-01-02", "last_day": "2027-01-01"},
        {"first_day": "2027-01-01", "last_day": "2027-12-31"},
        {"kind": "easter", "yearly": False},
        {"month": "13"},
        {"easter_days": 101},
    ],
)
def test_what_is_no_holiday_is_refused(settings, author, values):
    with pytest.raises(BadSetting):
        settings.change(Holiday, values, author, item="1")


@pytest.mark.parametrize("item", ["0", "65", "01", "-1", "one", "\u0661", ""])
def test_items_are_numbers_up_to_the_limit(item):
    assert not Holiday.is_item(item)
    assert Holiday.is_item("64")


@pytest.mark.covers("D-REC-01", "D-SYS-14")
def test_a_holiday_has_the_periods_of_its_own_else_those_of_its_day():
    found = calendar(first_day="2027-05-03")
    noon = round(datetime(2027, 5, 3, 12, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC).timestamp()) * 1_000_000
    week = WeekGrid[RecordType].always(GENERAL)
    assert found.holds(week, noon)
    assert not found.holds(week.with_day(HOLIDAY, []), noon)
    assert found.holds(week.with_day(HOLIDAY, []), noon + 24 * 3600 * 1_000_000)
    assert found.holds(week.with_day(0, []).with_day(HOLIDAY, week.days[0]), noon)
