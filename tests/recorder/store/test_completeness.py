"""Days and hours, and how complete they are (P-INSP-01, P-INSP-02, P-INSP-03)."""

from datetime import UTC, date, datetime

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid
from recorder.client.recording import GapReason, RecordType
from recorder.store.completeness import local_days
from tests.recorder.store.rig import MAIN, SUB

HOUR_US = 3600 * SECOND_US


def us(*moment):
    return round(datetime(*moment, tzinfo=UTC).timestamp()) * SECOND_US


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 11, 26), "UTC", 24),
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 10, 4), "Australia/Lord_Howe", 23.5),
        (date(2026, 11, 26), "Asia/Kolkata", 24),
    ],
)
def test_a_local_day_has_the_hours_that_it_has(day, zone, hours):
    begin, end = local_days(day, 1, zone)
    assert (end - begin) / HOUR_US == hours


def test_a_zone_or_day_that_does_not_exist_is_refused():
    with pytest.raises(Invalid):
        local_days(date(2026, 1, 1), 1, "Mars/Olympus")
    with pytest.raises(Invalid):
        local_days(date(9999, 12, 31), 5, "UTC")


@pytest.fixture
def night(rig_on):
    """The night in which clocks in Berlin are set back: due from midnight on, recorded but for ten minutes twice."""
    rig = rig_on(blocks=260)
    rig.clock.wall_us = us(2026, 10, 24, 22)
    store = rig.store()
    camera = rig.camera(size=20, fps=1)
    midnight = rig.clock.now_us()
    store.due(MAIN, midnight, midnight + 14 * 24 * HOUR_US, RecordType.GENERAL)
    store.gap(MAIN, midnight, midnight + 600 * SECOND_US, GapReason.CAMERA_OFFLINE)
    rig.clock.advance(600)

    def film(minutes):
        for _n in range(minutes * 60 // 8):
            camera.put(store)
            rig.clock.advance(8)
            store.step()

    film(200)
    store.open_stream(MAIN).end(GapReason.NETWORK_LOSS)
    rig.clock.advance(600)
    film(60)
    rig.midnight, rig.store_ = midnight, store
    return rig


@pytest.mark.covers("P-INSP-01")
def test_the_hours_of_a_day_say_what_was_due_and_what_became_of_it(night):
    night.store_.close()
    (day,) = night.reader().completeness(MAIN, date(2026, 10, 25), 1, "Europe/Berlin")
    assert len(day.hours) == 25
    minutes = [
        (round(one.tally.due_us / SECOND_US / 60), round(one.tally.recorded_us / SECOND_US / 60)) for one in day.hours
    ]
    assert minutes[:4] == [(60, 50), (60, 60), (60, 60), (60, 50)]
    assert minutes[5:] == [(0, 0)] * 20
    assert {reason: round(length / SECOND_US / 60) for reason, length in day.hours[0].tally.missing.items()} == {
        GapReason.CAMERA_OFFLINE: 10
    }
    assert {reason: round(length / SECOND_US / 60) for reason, length in day.hours[3].tally.missing.items()} == {
        GapReason.NETWORK_LOSS: 10
    }
    for one in [day, *day.hours]:
        tally = one.tally
        assert tally.due_us == tally.recorded_us + tally.overwritten_us + sum(tally.missing.values())
    assert day.tally.due_us == sum(one.tally.due_us for one in day.hours)


@pytest.mark.covers("P-INSP-03")
def test_what_is_still_ahead_of_today_is_not_due_yet_and_the_newest_not_missing(night):
    (day,) = night.reader().completeness(MAIN, date(2026, 10, 25), 1, "Europe/Berlin")
    passed = night.clock.now_us() - night.midnight
    assert passed - 61 * SECOND_US <= day.tally.due_us <= passed
    assert sum(day.tally.missing.values()) < 21 * 60 * SECOND_US


@pytest.mark.covers("P-INSP-02")
def test_a_month_says_which_days_are_incomplete(night):
    days = night.reader().completeness(MAIN, date(2026, 10, 1), 31, "Europe/Berlin")
    assert len(days) == 31
    assert [nth for nth, day in enumerate(days, 1) if sum(day.tally.missing.values())] == [25]
    assert [nth for nth, day in enumerate(days, 1) if day.tally.due_us] == [25]


def test_a_stream_that_nobody_wanted_recorded_has_nothing_due(night):
    (day,) = night.reader().completeness(SUB, date(2026, 10, 25), 1, "UTC")
    assert day.tally == (0, 0, 0, {})
