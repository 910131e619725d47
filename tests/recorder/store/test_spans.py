"""Where spans begin and end, and that every hole between them has a reason (S7)."""

from itertools import combinations

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import SampleFlag
from recorder.store.record_types import type_of
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, MAIN, SUB, played, simple


def stretches(rig, key=MAIN):
    """The first and the last sample of each span; a span ends just behind its last sample."""
    return [(one.start_us, one.end_us - 1) for one in rig.reader().spans(key, 0, ALWAYS)]


def gaps(rig, key=MAIN):
    """A gap begins where a span ends: just behind its last sample."""
    return [(one.start_us, one.end_us, one.reason) for one in rig.reader().gaps(key, 0, ALWAYS)]


def test_an_unbroken_run_is_one_span_over_all_its_blocks(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=30)
    store.flush()
    assert stretches(rig) == [(camera.sent[0].wall_us, camera.sent[-1].wall_us)]
    (span,) = rig.reader().spans(MAIN, 0, ALWAYS)
    assert span.bytes == sum(len(one.data) for one in camera.sent)


def test_a_discontinuity_begins_a_span_and_explains_the_hole_before_it(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    end = camera.sent[-1].wall_us + 1
    rig.clock.advance(3)
    camera.put(store, SampleFlag.DISCONTINUITY)
    rig.film(store, camera, seconds=2)
    store.flush()
    begin = camera.sent[10].wall_us
    assert stretches(rig) == [(camera.sent[0].wall_us, end - 1), (begin, camera.sent[-1].wall_us)]
    assert gaps(rig) == [(end, begin, GapReason.NETWORK_LOSS)]
    assert played(rig.reader()) == simple(camera.sent)


@pytest.mark.parametrize("reason", [GapReason.CAMERA_OFFLINE, GapReason.STOPPED, None])
def test_the_reason_of_an_end_is_that_of_the_hole_behind_it(rig, reason):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    end = camera.sent[-1].wall_us + 1
    store.open_stream(MAIN).end(reason)
    rig.clock.advance(60)
    rig.film(store, camera, seconds=2)
    store.flush()
    assert gaps(rig) == ([] if reason is None else [(end, camera.sent[10].wall_us, reason)])


def test_a_silence_within_a_stream_is_a_gap_of_its_own(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    end = camera.sent[-1].wall_us + 1
    rig.clock.advance(11)
    rig.film(store, camera, seconds=1)
    store.flush()
    assert gaps(rig) == [(end, camera.sent[10].wall_us, GapReason.CAMERA_OFFLINE)]


def test_what_media_tells_of_a_hole_wins_over_what_the_store_finds(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    end = camera.sent[-1].wall_us + 1
    rig.clock.advance(30)
    store.gap(MAIN, end, end + 20 * SECOND_US, GapReason.CAMERA_OFFLINE)
    camera.put(store, SampleFlag.DISCONTINUITY)
    begin = camera.sent[-1].wall_us
    store.gap(MAIN, end, end + 25 * SECOND_US, GapReason.CAMERA_OFFLINE)
    store.flush()
    cut = end + 25 * SECOND_US
    assert gaps(rig) == [(end, cut, GapReason.CAMERA_OFFLINE), (cut, begin, GapReason.NETWORK_LOSS)]


def test_a_stretch_without_the_word_of_control_is_told_beside_real_holes(rig):
    store = rig.store()
    now = rig.clock.now_us()
    at = lambda s: now + s * SECOND_US  # noqa: E731
    rig.clock.advance(60)
    store.gap(MAIN, at(0), at(9), GapReason.DISK)
    store.gap(MAIN, at(0), at(60), GapReason.CONTROL_SILENT)
    store.found_gap(MAIN, at(20), at(30), GapReason.OVERLOAD)
    store.flush()
    assert sorted(gaps(rig), key=lambda one: one[2]) == [
        (at(0), at(60), GapReason.CONTROL_SILENT),
        (at(0), at(9), GapReason.DISK),
        (at(20), at(30), GapReason.OVERLOAD),
    ]


def test_an_orderly_end_is_told_as_stopped(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    store.close()
    end = camera.sent[-1].wall_us + 1
    rig.clock.advance(100)
    store = rig.store(boot=ANOTHER_BOOT)
    rig.film(store, camera, seconds=2)
    store.flush()
    assert gaps(rig) == [(end, camera.sent[10].wall_us, GapReason.STOPPED)]


def test_when_nothing_more_was_due_a_restart_leaves_no_gap(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    store.open_stream(MAIN).end(None)
    store.flush()
    rig.crash(store)
    rig.clock.advance(100)
    store = rig.store()
    rig.film(store, camera, seconds=2)
    store.flush()
    assert gaps(rig) == []


def test_a_stream_that_is_not_back_yet_has_its_hole_closed_when_it_is(rig):
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=2)
    store.flush()
    rig.crash(store)
    store = rig.store()
    rig.film(store, main, seconds=5)
    end = sub.sent[-1].wall_us + 1
    rig.film(store, main, sub, seconds=1)
    store.flush()
    assert gaps(rig, SUB) == [(end, sub.sent[10].wall_us, GapReason.RESTARTED)]
    assert gaps(rig) == [] or gaps(rig)[0][2] is GapReason.RESTARTED


@pytest.mark.parametrize("step", [3600, -3600, 50 * 365 * 86400], ids=["forward", "back", "from-1970"])
def test_footage_from_before_the_clock_was_set_is_found_at_its_true_time(rig, step):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    before = len(camera.sent)
    rig.clock.step(step)
    rig.film(store, camera, seconds=30)
    store.flush()
    spans = stretches(rig)
    assert len(spans) == 2
    shifted = [one.wall_us + step * SECOND_US for one in camera.sent[:before]]
    assert spans[0] == (shifted[0], shifted[-1])
    assert spans[1] == (camera.sent[before].wall_us, camera.sent[-1].wall_us)
    assert [one[2] for one in played(rig.reader())][:before] == shifted
    assert gaps(rig) == []
    # The same after a restart and from a new index.
    rig.crash(store)
    rig.index.unlink()
    rig.store()
    assert stretches(rig) == spans


@pytest.mark.parametrize("step", [0.6, 1.0], ids=["small", "leap-second"])
def test_a_small_correction_of_the_clock_ends_nothing(rig, step):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    rig.clock.step(step)
    rig.film(store, camera, seconds=2)
    rig.clock.step(-step)
    rig.film(store, camera, seconds=2)
    store.flush()
    assert len(stretches(rig)) == 1
    assert simple(camera.sent) == played(rig.reader())


@pytest.mark.covers("D-REC-02.1", "D-RULE-01")
def test_of_marks_that_overlap_the_most_telling_one_counts():
    ranked = [RecordType(one) for one in ("motion&alarm", "alarm", "pos", "intelligent", "motion", "general")]
    both = {RecordType.MOTION, RecordType.ALARM}
    for count in range(1, len(ranked) + 1):
        for lying in combinations(ranked, count):
            wanted = RecordType.MOTION_AND_ALARM if both <= {*lying} else lying[0]
            assert type_of(reversed(lying)) is wanted, lying
    assert type_of(()) is RecordType.GENERAL


@pytest.mark.covers("D-REC-02", "D-REC-02.1", "D-RULE-01")
def test_types_are_cut_from_marks_when_read(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=20)
    begin = camera.sent[0].wall_us
    at = lambda s: begin + s * SECOND_US  # noqa: E731
    told = []
    store.mark("m1", [MAIN], at(5), 2 * SECOND_US, at(10), RecordType.MOTION, told.append)
    store.mark("a1", [MAIN, SUB], at(8), 0, at(12), RecordType.ALARM)
    store.mark("i1", [MAIN], at(15), 0, None, RecordType.INTELLIGENT)
    assert told == []
    store.flush()
    assert told == [True]
    reader = rig.reader()
    assert [(one.start_us, one.end_us, one.type) for one in reader.spans(MAIN, 0, ALWAYS)] == [
        (begin, at(3), RecordType.GENERAL),
        (at(3), at(8), RecordType.MOTION),
        (at(8), at(10), RecordType.MOTION_AND_ALARM),
        (at(10), at(12), RecordType.ALARM),
        (at(12), at(15), RecordType.GENERAL),
        (at(15), camera.sent[-1].wall_us + 1, RecordType.INTELLIGENT),
    ]
    # The same id again replaces the mark: the event has ended.
    store.mark("i1", [MAIN], at(15), 0, at(16), RecordType.POS)
    store.flush()
    assert [one.type for one in reader.spans(MAIN, at(14), ALWAYS)] == [
        RecordType.GENERAL,
        RecordType.POS,
        RecordType.GENERAL,
    ]


def test_marks_gaps_and_due_time_survive_a_power_cut_and_a_lost_index(rig):  # S3
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    begin = camera.sent[0].wall_us
    store.mark("m", [MAIN], begin, 0, begin + SECOND_US, RecordType.MOTION)
    store.gap(MAIN, begin - SECOND_US, begin, GapReason.CAMERA_OFFLINE)
    store.due(MAIN, begin, begin + 60 * SECOND_US, RecordType.GENERAL)
    store.flush()
    rig.crash(store)
    rig.index.unlink()
    store = rig.store()
    reader = rig.reader()
    assert reader.spans(MAIN, 0, ALWAYS)[0].type is RecordType.MOTION
    assert [one.reason for one in reader.gaps(MAIN, 0, ALWAYS)] == [GapReason.CAMERA_OFFLINE]


def test_days_are_those_of_the_zone(rig):
    rig.clock.wall_us = 1_711_839_000 * SECOND_US  # 2024-03-30 22:50 UTC, the night before summer time in Berlin
    store = rig.store()
    camera = rig.camera(size=50, fps=1)
    for _n in range(30):
        rig.film(store, camera, seconds=1)
        rig.clock.advance(179)
    store.flush()
    reader = rig.reader()
    assert reader.days([MAIN, SUB], 2024, 3, "UTC") == {MAIN: [30, 31], SUB: []}
    assert reader.days([MAIN], 2024, 3, "Europe/Berlin") == {MAIN: [30, 31]}
    assert reader.days([MAIN], 2024, 3, "Asia/Tokyo") == {MAIN: [31]}
    assert reader.days([MAIN], 2024, 4, "UTC") == {MAIN: []}
