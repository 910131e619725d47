import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.forms.week import DAY_MIN, HOLIDAY, Period, Week
from recorder.client.recording import RecordType
from recorder.settings.week import WeekGrid

ALWAYS = Week.parse({"days": [[{"start_min": 0, "end_min": DAY_MIN, "types": ["general"]}]] * 7})
KINDS = [one.value for one in RecordType]

strokes = st.lists(
    st.tuples(
        st.integers(0, HOLIDAY),
        st.integers(0, DAY_MIN - 1),
        st.integers(1, DAY_MIN),
        st.sampled_from(KINDS),
        st.booleans(),
    ),
    max_size=12,
)


def test_clearing_the_middle_of_a_day_leaves_two_periods():
    week = ALWAYS.painted([2], 9 * 60, 17 * 60, "general", on=False)
    assert [(one.start_min, one.end_min) for one in week.days[2]] == [(0, 540), (1020, 1440)]
    assert week.days[0] == ALWAYS.days[0]


def test_two_types_share_the_time_where_both_are_set():
    week = ALWAYS.painted([0], 60, 120, "motion", on=True)
    assert week.days[0][1] == Period(60, 120, frozenset({"general", "motion"}))


def test_a_seventh_period_is_refused():
    week = Week()
    for hour in range(0, 12, 2):
        week = week.painted([0], hour * 60, hour * 60 + 60, "general", on=True)
    assert len(week.days[0]) == 6
    assert week.painted([0], 20 * 60, 21 * 60, "general", on=True) is None


@given(strokes)
def test_whatever_is_painted_control_takes(found):
    week = Week()
    for day, start, end, kind, on in found:
        if start < end:
            week = week.painted([day], start, end, kind, on=on) or week
    taken = WeekGrid[RecordType].model_validate(week.as_value(KINDS))
    assert Week.parse(taken.model_dump(mode="json")) == week


@given(strokes, st.integers(0, DAY_MIN - 1))
def test_painting_changes_only_its_minutes_and_its_type(found, minute):
    week = ALWAYS
    for day, start, end, kind, on in found:
        if start >= end:
            continue
        fresh = week.painted([day], start, end, kind, on=on)
        if fresh is None:
            continue
        for one in KINDS:
            inside = one == kind and start <= minute < end
            assert fresh.holds(day, minute, one) == (on if inside else week.holds(day, minute, one))
        week = fresh


@settings(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_no_stored_week_is_too_strange(found):
    assert len(Week.parse({"days": found}).days) == 7
    assert len(Week.parse(found).days) == 7


@pytest.mark.covers("D-SYS-14")
def test_holidays_are_as_their_day_of_the_week_until_they_are_drawn():
    assert ALWAYS.holiday is None
    drawn = ALWAYS.painted([HOLIDAY], 60, 120, "general", on=True)
    assert drawn.holiday == (Period(60, 120, frozenset({"general"})),)
    assert drawn.days == ALWAYS.days
    taken = WeekGrid[RecordType].model_validate(drawn.as_value(KINDS))
    assert Week.parse(taken.model_dump(mode="json")) == drawn
    assert drawn.with_usual_holidays() == ALWAYS
    assert drawn.with_day(HOLIDAY, []).holiday == ()


def test_overlaps_and_nonsense_are_left_out():
    day = [
        {"start_min": 60, "end_min": 120, "types": ["general"]},
        {"start_min": 90, "end_min": 180, "types": ["motion"]},
        {"start_min": 300, "end_min": 200, "types": ["general"]},
        {"start_min": 400, "end_min": 500, "types": []},
        "what",
    ]
    week = Week.parse({"days": [day]})
    assert [(one.start_min, one.end_min) for one in week.days[0]] == [(60, 120), (120, 180)]
