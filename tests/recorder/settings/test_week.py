"""The week on a grid, and what may be drawn on it."""

import pytest

from recorder.client.recording import RecordType
from recorder.settings.action import Run
from recorder.settings.errors import OutOfRange
from recorder.settings.pages.record_schedule import PRIORITY, ClearDays, CopyDay, NoHolidayPlan, RecordSchedule

GENERAL, MOTION, ALARM = RecordType.GENERAL, RecordType.MOTION, RecordType.ALARM


def period(start, end, *types):
    return {"start_min": start, "end_min": end, "types": list(types or [GENERAL])}


def week(monday):
    return {"week": {"days": [monday, *[[]] * 6]}}


@pytest.fixture
def change(settings, author):
    return lambda values: settings.change(RecordSchedule, values, author, item="1").values


def no_run():
    return Run(lambda _done, _total, _words: None)


@pytest.mark.covers("D-REC-01")
def test_a_new_channel_records_round_the_clock(settings):
    days = settings.get(RecordSchedule, "1").week.days
    assert [[(one.start_min, one.end_min, one.types) for one in day] for day in days] == [[(0, 1440, (GENERAL,))]] * 7


@pytest.mark.covers("D-REC-04")
def test_a_day_holds_six_periods_and_no_seventh(change):
    six = [period(at * 60, at * 60 + 30) for at in range(6)]
    assert len(change(week(six)).week.days[0]) == 6
    with pytest.raises(OutOfRange) as refused:
        change(week([*six, period(700, 710)]))
    assert refused.value.field == "week.days.0"
    assert "6" in refused.value.allowed


@pytest.mark.parametrize(
    "periods",
    [
        [period(60, 60)],
        [period(60, 30)],
        [period(0, 61), period(60, 90)],
        [period(120, 180), period(0, 60)],
        [period(0, 1441)],
        [period(-1, 60)],
        [period(1440, 1440)],
        [{"start_min": 0, "end_min": 60, "types": []}],
        [period(0, 60, GENERAL, GENERAL)],
        [period(0, 60, "teapot")],
        [period("noon", 60)],
        ["0-60"],
        None,
    ],
)
def test_periods_that_make_no_sense_are_refused_with_their_day(change, periods):
    with pytest.raises(Exception) as refused:
        change(week(periods))
    assert refused.value.field.startswith("week.days.0")


@pytest.mark.parametrize("days", [6, 8, 0])
def test_a_week_has_seven_days(change, days):
    with pytest.raises(OutOfRange) as refused:
        change({"week": {"days": [[]] * days}})
    assert (refused.value.field, refused.value.allowed) == ("week.days", "7 entries")


def test_periods_may_touch(change):
    assert len(change(week([period(0, 60), period(60, 120, MOTION)])).week.days[0]) == 2


@pytest.mark.covers("D-REC-02.1", "D-RULE-01")
def test_types_of_a_period_stand_in_the_order_of_their_priority(change):
    found = change(week([period(0, 60, GENERAL, RecordType.POS, MOTION, RecordType.INTELLIGENT, ALARM)]))
    types = found.week.days[0][0].types
    assert types == (ALARM, RecordType.POS, RecordType.INTELLIGENT, MOTION, GENERAL)
    assert PRIORITY[0] is RecordType.MOTION_AND_ALARM


@pytest.mark.covers("D-REC-02.2", "D-RULE-01")
def test_motion_and_alarm_together_make_motion_or_alarm_void(change):
    found = change(week([period(0, 60, MOTION, ALARM, RecordType.MOTION_AND_ALARM, GENERAL)]))
    assert found.week.days[0][0].types == (RecordType.MOTION_AND_ALARM, GENERAL)


@pytest.mark.covers("D-REC-03")
def test_one_days_periods_are_drawn_on_others_and_wiped_again(change):
    page = change(week([period(60, 120, MOTION)]))
    drawn = RecordSchedule.about.actions["copy-day"].perform(page, no_run(), CopyDay(day=0, to=(2, 6)))
    assert [len(day) for day in drawn.week.days] == [1, 0, 1, 0, 0, 0, 1]
    assert drawn.week.days[6] == page.week.days[0]
    wiped = RecordSchedule.about.actions["clear-days"].perform(drawn, no_run(), ClearDays(days=(0, 6)))
    assert [len(day) for day in wiped.week.days] == [0, 0, 1, 0, 0, 0, 0]


@pytest.mark.covers("D-REC-02.2", "D-SYS-14")
def test_holidays_have_a_row_of_their_own_that_is_as_other_days_until_it_is_drawn(change):
    assert RecordSchedule().week.holiday is None
    both = period(0, 60, MOTION, RecordType.MOTION_AND_ALARM)
    page = change({"week": {"days": [[]] * 7, "holiday": [both]}})
    assert page.week.holiday[0].types == (RecordType.MOTION_AND_ALARM,)
    drawn = RecordSchedule.about.actions["copy-day"].perform(page, no_run(), CopyDay(day=7, to=(0,)))
    assert drawn.week.days[0] == page.week.holiday
    with pytest.raises(NoHolidayPlan):
        RecordSchedule.about.actions["copy-day"].perform(RecordSchedule(), no_run(), CopyDay(day=7, to=(0,)))
