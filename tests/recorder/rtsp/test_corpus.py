"""Every broken camera of the corpus, by the real client into a ring: nothing breaks, grows or goes uncounted."""

import asyncio
import itertools
import tracemalloc

import pytest

from recorder.client.clock import ManualClock
from recorder.client.stream import SampleFlag, StreamKey
from recorder.media.feed import Feed
from recorder.rtsp import errors
from recorder.rtsp.client import RtspSource
from recorder.rtsp.intake import Intake
from tests.corpus.player import CASES, BrokenCamera

pytestmark = pytest.mark.anyio

RING_BYTES = 8 << 20
MOST_MEMORY = 40 << 20
"""The largest access unit while its buffer grows, the ring, what all connections share, and some room."""
LISTED = {17, 19, 20, 21, 22, 23, 24, 25, 26}


class Counting:
    """Stands before a feed and counts; what a test keeps must not be what grows."""

    def __init__(self, clock):
        self.feed = Feed(StreamKey(1), clock)
        self.feed.keep(5_000_000, RING_BYTES)
        self.feed.begin()
        self.epochs = 0
        self.flags = []
        self.times = []
        self.most_ring = 0

    def epoch(self, epoch):
        self.epochs += 1
        self.feed.epoch(epoch)

    def samples(self, units):
        self.flags += [flags for _track, _pts_us, flags, _data in units]
        self.times += [pts_us for _track, pts_us, _flags, _data in units]
        self.feed.samples(units)
        self.most_ring = max(self.most_ring, self.feed.ring.bytes)


def test_every_case_of_the_list_has_a_camera():
    assert {one.case for one in CASES} == LISTED
    assert all(one.wrong and one.expect for one in CASES)


@pytest.fixture
def measured():
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
async def test_a_broken_camera_breaks_nothing_and_is_counted(case, measured):
    clock = ManualClock()
    async with BrokenCamera(case) as camera:
        sink = Counting(clock)
        source = RtspSource(
            camera.url, "u", "p", sink=sink, clock=clock, handshake_s=2, stall_after_s=5, intake=Intake(0.001)
        )
        running = asyncio.create_task(source.run())
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        failure = await ended(case, camera, running, clock)
        counts = source.statistics
        await source.close()
        await asyncio.wait([running])
    _, peak = tracemalloc.get_traced_memory()
    assert peak - before < MOST_MEMORY
    check(dict(case.expect), sink, counts, camera, failure)


async def ended(case, camera, running, clock):
    """Wait until the camera has said all, or the client has given up; gives the name of its error."""
    wanted = case.expect.get("fails")
    async with asyncio.timeout(60):
        while not running.done() and (wanted or not camera.done()):
            await asyncio.sleep(0.01)
            if wanted == "Stalled" and camera.spoken.is_set():
                clock.advance(0.1)
    failure = running.exception() if running.done() else None
    assert failure is None or isinstance(failure, errors.RtspError), failure
    return type(failure).__name__ if failure else None


def check(expect, sink, counts, camera, failure):
    assert failure == expect.pop("fails", None)
    seen = {
        "samples": len(sink.flags),
        "epochs": sink.epochs,
        "discontinuities": counts.discontinuities,
        "lost": counts.lost,
        "damaged": counts.damaged,
        "malformed": counts.malformed,
        "foreign": counts.foreign,
        "logins": sum("Authorization" in one.headers for one in camera.requests),
    }
    steps = {after - before for before, after in itertools.pairwise(sink.times)}
    if "step_us" in expect:
        assert steps == {expect.pop("step_us")}
    if "ring_bytes" in expect:
        assert sink.most_ring <= RING_BYTES
        assert sink.most_ring > expect.pop("ring_bytes") // 2
    for name, wanted in expect.items():
        kind, _, field = name.partition("_")
        match kind:
            case "least":
                assert seen[field] >= wanted, (name, seen)
            case "most":
                assert seen[field] <= wanted, (name, seen)
            case _:
                assert seen[name] == wanted, (name, seen)
    if sink.flags:
        assert sink.flags[0] & SampleFlag.KEY
        assert max(sink.times) - min(sink.times) < 3_600_000_000
