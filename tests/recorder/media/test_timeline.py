from itertools import pairwise

import pytest

from recorder.client.clock import SECOND_US, ManualClock
from recorder.media.timeline import Report, Timeline

FRAME_US = 40_000


class Camera:
    """Sends pictures at its own pace; `fast` is by how much its clock runs faster than ours."""

    def __init__(self, media_us=7_000_000, fast=0.0, gop=50):
        self.clock = ManualClock()
        self.timeline = Timeline(self.clock)
        self.media = float(media_us)
        self.fast = fast
        self.gop = gop
        self.count = 0

    def play(self, seconds, delay=lambda _count: 0.0):
        placed = []
        for _ in range(round(seconds * SECOND_US / FRAME_US)):
            self.clock.advance(FRAME_US / SECOND_US)
            self.media += FRAME_US * (1 + self.fast)
            late = delay(self.count)
            self.clock.advance(late)
            key = self.count % self.gop == 0
            placed.append((*self.timeline.video(round(self.media), key=key), key))
            self.clock.advance(-late)
            self.count += 1
        return placed


def test_wall_time_begins_at_the_arrival_of_the_first_picture():
    camera = Camera()
    (first, *_rest) = camera.play(1)
    assert first[1] == camera.clock.wall_us - 1 * SECOND_US + FRAME_US
    assert first[2]


def test_a_span_begins_once_while_nothing_jumps():
    camera = Camera()
    assert [fresh for _pts, _wall, fresh, _key in camera.play(60)].count(True) == 1


@pytest.mark.parametrize("fast", [-0.005, 0.0002, 0.005])
def test_a_camera_whose_clock_drifts_stays_true_and_continuous(fast):
    camera = Camera(fast=fast)
    placed = camera.play(1800)
    walls = [wall for _pts, wall, _fresh, _key in placed]
    assert all(FRAME_US * 0.9 < later - earlier < FRAME_US * 1.1 for earlier, later in pairwise(walls))
    assert abs(walls[-1] - camera.clock.wall_us) < 200_000
    assert sum(fresh for _pts, _wall, fresh, _key in placed) == 1


def test_jitter_of_the_network_does_not_reach_the_times():
    camera = Camera()
    placed = camera.play(120, delay=lambda count: 0.3 if count % 7 == 3 else 0.0)
    steps = {later[1] - earlier[1] for earlier, later in pairwise(placed)}
    assert max(steps) - min(steps) < 1000


def test_sender_reports_give_the_rate_before_the_drift_is_seen():
    camera = Camera(fast=0.01)
    started = camera.clock.wall_us
    for second in range(40):
        camera.play(1)
        if second % 5 == 0:
            camera.timeline.report(Report(camera.clock.wall_us - started, round(camera.media)))
    placed = camera.play(10)
    passed = placed[-1][1] - placed[0][1]
    assert abs(passed - 10 * SECOND_US + FRAME_US) < 250_000


def test_after_a_jump_of_the_cameras_clock_time_goes_on_and_a_span_begins_at_the_next_key_frame():
    camera = Camera()
    before = camera.play(3.2)
    camera.media += 3600 * SECOND_US
    after = camera.play(4)
    walls = [wall for _pts, wall, _fresh, _key in before + after]
    assert all(0 < later - earlier < 3 * FRAME_US for earlier, later in pairwise(walls))
    began = [(fresh, key) for _pts, _wall, fresh, key in after if fresh]
    assert began == [(True, True)]


def test_a_camera_clock_that_goes_back_does_not_reorder_pictures():
    camera = Camera()
    before = camera.play(3.2)
    camera.media -= 5 * SECOND_US
    walls = [wall for _pts, wall, _fresh, _key in before + camera.play(4)]
    assert all(earlier < later for earlier, later in pairwise(walls))


@pytest.mark.parametrize("step", [-3600.0, 2.0, 86400.0])
def test_a_step_of_our_clock_begins_a_span_at_the_next_key_frame(step):
    camera = Camera()
    camera.play(3.2)
    camera.clock.step(step)
    placed = camera.play(2)
    index = next(at for at, one in enumerate(placed) if one[2])
    assert placed[index][3]
    assert abs(placed[-1][1] - camera.clock.wall_us) < FRAME_US
    assert abs(placed[0][1] - (camera.clock.wall_us - round(step * SECOND_US) - 2 * SECOND_US)) < 2 * FRAME_US


def test_pictures_out_of_order_keep_their_order_of_showing():
    camera = Camera()
    camera.play(1)
    base = round(camera.media)
    times = [camera.timeline.video(base + ahead * FRAME_US, key=False)[0] for ahead in (3, 1, 2, 4)]
    assert sorted(times) == [times[1], times[2], times[0], times[3]]


def test_sound_keeps_to_the_picture_through_a_jump_of_their_clock():
    camera = Camera()
    camera.play(1)
    camera.media += 3600 * SECOND_US
    *_rest, (pts, wall, _fresh, _key) = camera.play(3)
    assert camera.timeline.audio(round(camera.media)) == (pts, wall)


def test_sound_before_any_picture_has_no_time():
    assert Timeline(ManualClock()).audio(5) is None


def test_a_break_told_from_outside_begins_a_span_at_the_next_key_frame():
    camera = Camera()
    camera.play(1)
    camera.timeline.break_at_key()
    began = [key for _pts, _wall, fresh, key in camera.play(2) if fresh]
    assert began == [True]


@pytest.mark.parametrize("ppm", [-500, 500])
def test_a_camera_that_drifts_by_500_ppm_for_days_stays_true_and_adds_up_no_error(ppm):
    clock = ManualClock()
    timeline = Timeline(clock)
    media, before = 0.0, None
    for second in range(2 * 86_400):
        clock.advance(1)
        media += SECOND_US * (1 + ppm / 1e6)
        _pts, wall, _fresh = timeline.video(round(media), key=second % 4 == 0)
        assert before is None or wall > before
        assert abs(wall - clock.wall_us) < 100_000
        before = wall


@pytest.mark.parametrize("step", [-3600.0, 7.0, 50 * 365 * 86_400.0])
def test_a_step_of_our_clock_moves_the_times_of_a_jittery_camera_by_exactly_as_much(step):
    camera = Camera()
    before = camera.play(20.2, delay=lambda count: 0.2 if count % 3 else 0.0)
    camera.clock.step(step)
    after = camera.play(10, delay=lambda count: 0.2 if count % 3 else 0.0)
    first = next(nth for nth, one in enumerate(after) if one[2])
    moved = [wall + round(step * SECOND_US) for _pts, wall, _fresh, _key in [*before, *after[:first]]]
    walls = [*moved, *(wall for _pts, wall, _fresh, _key in after[first:])]
    assert all(FRAME_US * 0.9 < later - earlier < FRAME_US * 1.1 for earlier, later in pairwise(walls))


@pytest.mark.parametrize("fast", [-0.5, -0.2, 0.05, 0.25, 1.0])
def test_a_camera_that_stamps_another_rate_than_it_keeps_stays_one_span_near_the_truth(fast):
    camera = Camera(fast=fast)
    camera.play(60)
    placed = camera.play(1200)
    walls = [wall for _pts, wall, _fresh, _key in placed]
    assert not any(fresh for _pts, _wall, fresh, _key in placed)
    assert all(FRAME_US * 0.75 < later - earlier < FRAME_US * 1.25 for earlier, later in pairwise(walls))
    assert abs(walls[-1] - camera.clock.wall_us) < SECOND_US


def test_what_a_camera_had_kept_for_us_and_sends_at_once_is_no_fast_clock():
    camera = Camera()
    kept = camera.clock.wall_us
    for _ in range(100):
        # Four seconds of pictures in one go, as of a server that begins at its newest key frame.
        camera.media += FRAME_US
        camera.timeline.video(round(camera.media), key=False)
    placed = camera.play(60)
    walls = [wall for _pts, wall, _fresh, _key in placed]
    # Worked off slowly, as a late first picture is.
    assert all(FRAME_US * 0.9 < later - earlier < FRAME_US * 1.1 for earlier, later in pairwise(walls))
    assert kept < walls[0]
