import tracemalloc

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.stream import SAMPLE_BYTES, Codec, Epoch, Sample, SampleFlag, TrackKind, TrackParameters
from recorder.media.ring import BUDGET_BYTES, Ring, RingTooLarge, check_budget, share

EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000),))


def fill(ring, frames, gop=50, size=1000, start=0):
    for at in range(start, start + frames):
        flag = SampleFlag.KEY if at % gop == 0 else SampleFlag.NONE
        ring.append(Sample(0, at * 40_000, at * 40_000, flag, bytes(size)), EPOCH)


def times(samples):
    return [sample.wall_us // 40_000 for sample, _epoch in samples]


def test_it_keeps_the_wanted_time_and_one_gop_and_no_more():
    ring = Ring(10 * SECOND_US, 1 << 30)
    fill(ring, 2001)
    newest = 2000 * 40_000
    assert newest - 12 * SECOND_US <= ring.oldest_us <= newest - 10 * SECOND_US
    assert ring.bytes <= (12 * 25 + 1) * (1000 + SAMPLE_BYTES)


@pytest.mark.parametrize("gop", [10**9, 50])
def test_no_stream_makes_it_larger_than_its_limit(gop):
    ring = Ring(3600 * SECOND_US, 1_000_000)
    for at in range(5000):
        fill(ring, 1, gop=gop, start=at)
        assert ring.bytes <= 1_000_000


@pytest.mark.parametrize("together", [1, 100])
def test_pictures_of_a_few_bytes_take_no_more_memory_than_the_limit(together):
    ring = Ring(3600 * SECOND_US, 1_000_000)
    tracemalloc.start()
    try:
        fill(ring, 1, size=6)
        for at in range(300, 20_300, together):
            some = [Sample(0, 40_000 * n, 40_001 * n, SampleFlag.NONE, n.to_bytes(6)) for n in range(at, at + together)]
            ring.extend(some, EPOCH, 6 * together)
            assert tracemalloc.get_traced_memory()[0] <= 1_100_000
    finally:
        tracemalloc.stop()
    assert ring.too_short


def test_an_endless_gop_that_does_not_fit_leaves_nothing_that_cannot_be_decoded():
    ring = Ring(10 * SECOND_US, 100_000)
    fill(ring, 150, gop=10**9)
    assert list(ring.newest_gop()) == []
    fill(ring, 10, gop=150, start=150)
    assert times(ring.newest_gop()) == list(range(150, 160))


def test_it_begins_at_a_key_frame():
    ring = Ring(10 * SECOND_US, 1 << 30)
    fill(ring, 30, start=20)
    assert list(ring.since(0)) == []
    fill(ring, 30, start=50)
    assert times(ring.since(0)) == list(range(50, 80))


@pytest.mark.parametrize(("at", "first"), [(0, 0), (49, 0), (50, 50), (99, 50), (500, 100)])
def test_pre_recording_begins_at_the_key_frame_at_or_before_the_time(at, first):
    ring = Ring(1000 * SECOND_US, 1 << 30)
    fill(ring, 120)
    assert times(ring.since(at * 40_000))[0] == first


def test_the_newest_gop_begins_at_the_newest_key_frame():
    ring = Ring(1000 * SECOND_US, 1 << 30)
    fill(ring, 120)
    assert times(ring.newest_gop()) == list(range(100, 120))


def test_all_rings_together_fit_the_budget():
    weights = [8] * 128 + [1] * 128
    assert sum(share(weight, sum(weights)) for weight in weights) <= BUDGET_BYTES


def test_a_pre_record_time_that_does_not_fit_is_refused_with_the_figure():
    streams = {f"{channel}/main": (8_000_000, 300) for channel in range(64)}
    with pytest.raises(RingTooLarge) as refused:
        check_budget(streams)
    assert str(refused.value.details["needed_mb"]) in str(refused.value)
    assert refused.value.details["needed_mb"] == 64 * 307
    check_budget({f"{channel}/main": (4_000_000, 5) for channel in range(128)})
