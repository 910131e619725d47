"""MP4 for browsers, read back by FFmpeg."""

import io

import av
import numpy as np
import pytest

from recorder.client.stream import Codec, Sample, SampleFlag
from recorder.web.fmp4 import TIMESCALE, Timeline, fragment, init_segment
from tests.recorder.web.footage import FRAMES, encode


def packed(epoch, samples, group=1):
    timeline, timed = Timeline(), []
    for sample in samples:
        done = timeline.push(sample)
        if done:
            timed.append(done)
    timed.append(timeline.finish())
    groups = [timed[at : at + group] for at in range(0, len(timed), group)]
    return init_segment(epoch.video) + b"".join(fragment(n, one) for n, one in enumerate(groups, 1)), timed


@pytest.mark.parametrize("group", [1, 8, 100])
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_frame_comes_back_bit_for_bit_and_in_time(codec, group, b_frames):
    epoch, samples, frames = encode(codec, b_frames=b_frames)
    data, _timed = packed(epoch, samples, group)
    with av.open(io.BytesIO(data)) as found:
        stream = found.streams.video[0]
        stream.codec_context.thread_count = 1
        assert (stream.codec_context.width, stream.codec_context.height) == (128, 96)
        read = list(found.decode(stream))
    assert len(read) == len(frames) == FRAMES
    assert all(np.array_equal(one.to_ndarray(), other) for one, other in zip(read, frames, strict=True))
    times = [one.time for one in read]
    assert [round(1000 * (time - times[0])) for time in times] == [40 * number for number in range(FRAMES)]


def sample(at_us, flags=SampleFlag.NONE):
    return Sample(0, at_us, at_us, flags, b"x")


def test_time_begins_at_nothing_and_a_jump_is_one_ordinary_step():
    timeline = Timeline()
    held = [
        timeline.push(one)
        for one in (
            sample(5_000_000),
            sample(5_040_000),
            sample(3_605_000_000),
            sample(3_605_040_000),
            sample(7_000_000, SampleFlag.DISCONTINUITY),
            sample(7_040_000),
        )
    ]
    timed = [*held[1:], timeline.finish()]
    step = TIMESCALE // 25
    assert [one.decode for one in timed] == [number * step for number in range(6)]
    assert {one.duration for one in timed} == {step}
    assert {one.offset for one in timed} == {0}


def test_durations_are_never_nothing_whatever_the_camera_says():
    timeline = Timeline()
    times = [0, 0, 0, 40_000, 39_000, 39_000, 1, 80_000]
    timed = [one for at in times if (one := timeline.push(sample(at)))]
    assert all(one.duration > 0 for one in timed)
    decodes = [one.decode for one in timed]
    assert decodes == sorted(set(decodes))
    assert [one.decode + one.offset for one in timed] == [at * 9 // 100 for at in times[:-1]]
