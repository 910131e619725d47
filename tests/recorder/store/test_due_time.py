"""Gaps are kept to what was due, also across restarts, steps of the clock and overwritten blocks (S7)."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason, RecordType
from recorder.store import index_runs
from recorder.store.index_schema import SCHEMA
from recorder.store.intervals import clipped, common, joined, length, without
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, MAIN
from tests.recorder.store.test_spans import gaps


def stored(rig):
    """The gap rows themselves, as another reader would find them."""
    database = sqlite3.connect(rig.index)
    try:
        return database.execute("SELECT start_us, end_us FROM gap ORDER BY start_us").fetchall()
    finally:
        database.close()


def test_a_restart_in_an_interval_that_ends_meanwhile_leaves_no_gap_over_undue_time(rig):
    store = rig.store()
    camera = rig.camera()
    begin = rig.clock.now_us()
    at = lambda s: begin + s * SECOND_US  # noqa: E731
    store.due(MAIN, at(0), at(60), RecordType.GENERAL)
    rig.film(store, camera, seconds=20)
    store.flush()
    last = camera.sent[-1].wall_us
    rig.crash(store)
    rig.clock.advance(180)
    store = rig.store()
    store.due(MAIN, at(190), at(300), RecordType.GENERAL)
    rig.film(store, camera, seconds=20)
    store.flush()
    back = camera.sent[100].wall_us
    assert back == at(200)
    assert gaps(rig) == [(last + 1, at(60), GapReason.RESTARTED), (at(190), back, GapReason.RESTARTED)]
    assert stored(rig) == [(last, at(60)), (at(190), back)]


def test_time_between_two_schedules_is_no_gap_when_the_camera_was_away_throughout(rig):
    store = rig.store()
    camera = rig.camera()
    begin = rig.clock.now_us()
    at = lambda s: begin + s * SECOND_US  # noqa: E731
    store.due(MAIN, at(0), at(30), RecordType.GENERAL)
    store.due(MAIN, at(100), at(200), RecordType.GENERAL)
    rig.film(store, camera, seconds=10)
    last = camera.sent[-1].wall_us
    store.open_stream(MAIN).end(GapReason.CAMERA_OFFLINE)
    rig.clock.advance(110)
    rig.film(store, camera, seconds=5)
    store.flush()
    expected = [(last + 1, at(30), GapReason.CAMERA_OFFLINE), (at(100), at(120), GapReason.CAMERA_OFFLINE)]
    assert gaps(rig) == expected


def test_what_was_overwritten_is_no_gap(rig_on):
    rig = rig_on(blocks=6)
    store = rig.store()
    camera = rig.camera()
    begin = rig.clock.now_us()
    store.due(MAIN, begin, begin + 3600 * SECOND_US, RecordType.GENERAL)
    rig.film(store, camera, seconds=150)
    store.flush()
    reader = rig.reader()
    oldest = reader.oldest(MAIN)
    assert oldest > begin + 60 * SECOND_US
    assert reader.gaps(MAIN, 0, ALWAYS) == []
    (day, *_more) = reader.completeness(MAIN, _day(begin), 2, "UTC")
    assert day.tally.missing == {}
    assert abs(day.tally.overwritten_us - (oldest - begin)) < SECOND_US
    assert abs(day.tally.recorded_us - (camera.sent[-1].wall_us - oldest)) < SECOND_US


def _day(at_us):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_us / SECOND_US, UTC).date()


def test_the_clock_set_years_ahead_after_a_power_cut_leaves_one_hole_of_the_true_length(rig):
    store = rig.store()
    camera = rig.camera()
    begin = rig.clock.now_us()
    store.due(MAIN, begin, begin + 14 * 86_400 * SECOND_US, RecordType.GENERAL)
    rig.film(store, camera, seconds=10)
    store.flush()
    last = camera.sent[-1].wall_us
    rig.crash(store)
    # The clock's battery is empty: the machine believes that it is 1970.
    rig.clock.advance(100)
    true_us = rig.clock.wall_us
    rig.clock.wall_us, rig.clock.boot_us = 8 * SECOND_US, 8 * SECOND_US
    off_us = true_us - rig.clock.wall_us
    store = rig.store(boot=ANOTHER_BOOT)
    store.due(MAIN, rig.clock.now_us(), rig.clock.now_us() + 14 * 86_400 * SECOND_US, RecordType.GENERAL)
    rig.film(store, camera, seconds=5)
    store.open_stream(MAIN).end(GapReason.CAMERA_OFFLINE)
    away = camera.sent[-1].wall_us
    rig.clock.advance(30)
    rig.film(store, camera, seconds=5)
    back = camera.sent[75].wall_us
    rig.clock.step(off_us / SECOND_US)
    rig.film(store, camera, seconds=5)
    store.flush()
    expected = [
        (last + 1, true_us, GapReason.NO_POWER),
        (away + off_us + 1, back + off_us, GapReason.CAMERA_OFFLINE),
    ]
    assert gaps(rig) == expected
    # The same from the catalog alone, after another restart.
    rig.crash(store)
    for one in rig.index.parent.glob("index*"):
        one.unlink()
    rig.store(boot=ANOTHER_BOOT)
    assert gaps(rig) == expected


def test_a_clock_that_was_set_while_nobody_recorded_is_noticed_at_the_next_start(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=10)
    store.flush()
    rig.crash(store)
    before = [one.wall_us for one in camera.sent]
    rig.clock.advance(20)
    rig.clock.step(3600)
    store = rig.store()
    rig.film(store, camera, seconds=5)
    store.flush()
    shifted = before[-1] + 3600 * SECOND_US
    assert gaps(rig) == [(shifted + 1, camera.sent[50].wall_us, GapReason.RESTARTED)]
    spans = rig.reader().spans(MAIN, 0, ALWAYS)
    assert spans[0].start_us == before[0] + 3600 * SECOND_US
    assert store.clock_shift_us == 3600 * SECOND_US


def test_marks_move_with_the_footage_that_they_are_on(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=10)
    first = camera.sent[0].wall_us
    store.mark("m", [MAIN], first + 2 * SECOND_US, 0, first + 4 * SECOND_US, RecordType.MOTION)
    rig.film(store, camera, seconds=1)
    rig.clock.step(-7200)
    rig.film(store, camera, seconds=5)
    store.flush()
    moved = first - 7200 * SECOND_US
    types = [(one.start_us, one.end_us) for one in rig.reader().spans(MAIN, 0, ALWAYS) if one.type is RecordType.MOTION]
    assert types == [(moved + 2 * SECOND_US, moved + 4 * SECOND_US)]


def test_a_mark_that_a_crash_left_open_ends_with_its_footage(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    store.mark("m", [MAIN], camera.sent[10].wall_us, 0, None, RecordType.ALARM)
    rig.film(store, camera, seconds=5)
    store.flush()
    last = camera.sent[-1].wall_us
    rig.crash(store)
    rig.clock.advance(60)
    store = rig.store()
    rig.film(store, camera, seconds=5)
    store.flush()
    ends = [one.end_us for one in rig.reader().spans(MAIN, 0, ALWAYS) if one.type is RecordType.ALARM]
    assert ends == [last]


TIMES = st.integers(0, 60).map(lambda n: n * index_runs.HOLE_US // 2)
PIECES = st.lists(st.tuples(TIMES, TIMES).map(sorted), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(PIECES, st.lists(st.integers(0, 11), max_size=12))
def test_runs_are_kept_as_if_made_anew(pieces, gone):
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(SCHEMA)
    for number, (first, last) in enumerate(pieces):
        database.execute(
            "INSERT INTO piece (disk, number, span, origin, copied_us, channel, stream, first_us, last_us)"
            " VALUES (x'', ?, x'', x'', 0, 1, 0, ?, ?)",
            (number, first, last),
        )
        index_runs.add(database, (1, 0), first, last)
    for number in dict.fromkeys(gone):
        if number < len(pieces):
            database.execute("DELETE FROM piece WHERE number = ?", (number,))
            index_runs.cut(database, (1, 0), *pieces[number])
    kept = database.execute("SELECT * FROM run ORDER BY start_us").fetchall()
    index_runs.rebuild(database)
    assert kept == database.execute("SELECT * FROM run ORDER BY start_us").fetchall()
    database.close()


SOME = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda one: (min(one), max(one))), max_size=8)


@given(SOME, SOME)
def test_intervals_are_sets_of_moments(one, other):
    def moments(parts):
        return {n for start, end in parts for n in range(start, end)}

    a, b = joined(one), joined(other)
    assert moments(a) == moments(one)
    assert moments(common(a, b)) == moments(one) & moments(other)
    assert moments(without(a, b)) == moments(one) - moments(other)
    assert moments(clipped(a, 5, 20)) == {n for n in moments(one) if 5 <= n < 20}
    assert length(a) == len(moments(one))


@pytest.mark.parametrize("bridge", [0, 3])
def test_what_lies_near_enough_is_joined(bridge):
    assert joined([(5, 6), (0, 2), (8, 9)], bridge) == ([(0, 9)] if bridge else [(0, 2), (5, 6), (8, 9)])
