from itertools import pairwise

import pytest

from recorder.rtsp.timeline import Timeline

FRAME_TICKS, FRAME_US = 3600, 40_000
START_US = 5_000_000


def video():
    return Timeline(90_000, reorders=True)


def run(timeline, ticks, *, arrived_us=None):
    """Give media time and jump for each timestamp; frames arrive in time unless said otherwise."""
    found = []
    for number, one in enumerate(ticks):
        timeline.jumped = False
        timeline.advance(one & 0xFFFFFFFF, arrived_us[number] if arrived_us else START_US + number * FRAME_US)
        found.append((timeline.pts_us, timeline.jumped))
    return found


def test_time_begins_at_arrival_and_follows_the_camera():
    late = [START_US, START_US + 95_000, START_US + 96_000]
    assert run(video(), [0, 3600, 7200], arrived_us=late) == [(START_US + n * FRAME_US, False) for n in range(3)]


def test_the_wrap_of_a_timestamp_is_no_jump():
    begin = 0xFFFFFFFF - 5 * FRAME_TICKS
    found = run(video(), [begin + n * FRAME_TICKS for n in range(20)])
    assert found == [(START_US + n * FRAME_US, False) for n in range(20)]


@pytest.mark.parametrize("jump", [3600 * 90_000, -3600 * 90_000, 11 * 90_000, -2 * 90_000])
def test_a_jump_of_the_camera_is_told_and_time_goes_on(jump):
    found = run(video(), [0, 3600, 7200 + jump, 10_800 + jump])
    assert found == [(START_US + n * FRAME_US, n == 2) for n in range(4)]


def test_a_pause_of_seconds_is_no_jump():
    found = run(video(), [0, 9 * 90_000], arrived_us=[START_US, START_US + 9_000_000])
    assert found[1] == (START_US + 9_000_000, False)


def test_frames_that_are_shown_earlier_than_sent_keep_their_times():
    order = [0, 4, 2, 1, 3, 8, 6, 5, 7]
    found = run(video(), [n * FRAME_TICKS for n in order])
    assert found == [(START_US + n * FRAME_US, False) for n in order]


def test_sound_never_goes_back():
    found = run(Timeline(8000, reorders=False), [800, 960, 640, 800])
    assert [jumped for _, jumped in found] == [False, False, True, False]
    assert sorted(pts for pts, _ in found) == [pts for pts, _ in found]


def test_a_small_step_back_is_told_at_the_next_key_frame():
    timeline = video()
    run(timeline, [n * FRAME_TICKS for n in range(10)])
    timeline.advance(5 * FRAME_TICKS, START_US + 10 * FRAME_US)
    assert not timeline.jumped
    timeline.key(START_US + 10 * FRAME_US)
    assert timeline.jumped
    assert timeline.pts_us == START_US + 10 * FRAME_US


def test_after_a_restart_any_timestamp_is_the_next_moment():
    timeline = video()
    run(timeline, [0, 3600])
    timeline.restart()
    timeline.advance(3600, START_US + 500_000)
    assert (timeline.jumped, timeline.pts_us) == (True, START_US + 500_000)


def test_time_never_stands_still_where_frames_come_in_one_read():
    found = run(video(), [0, 3600, 900_000_000, 903_600], arrived_us=[START_US] * 4)
    assert [pts - START_US for pts, _ in found] == [0, 40_000, 80_000, 120_000]


def test_sound_is_moved_to_its_picture_so_slowly_that_nobody_hears():
    timeline = Timeline(8000, reorders=False)
    run(timeline, [0])
    timeline.slew(2000)
    found = [pts for pts, _ in run(timeline, [160 * n for n in range(1, 11)])]
    steps = [after - before for before, after in pairwise(found)]
    assert max(steps) <= 20_400
    assert found[-1] == START_US + 200_000 + 2000


def test_times_of_reports_lie_on_the_same_line():
    timeline = video()
    run(timeline, [90_000, 93_600])
    assert timeline.pts_of(0) == START_US - 1_000_000
    assert timeline.pts_of(93_600 + 90_000) == START_US + FRAME_US + 1_000_000
