"""One feed for all viewers of a stream: made once, numbered once, joined at a key frame, nobody in another's way."""

import asyncio
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest

from recorder.client.clock import ManualClock
from recorder.client.errors import Unavailable
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, TrackKind, TrackParameters
from recorder.restream import feed as feeds
from recorder.restream.feed import Feed
from recorder.restream.offered import offered
from recorder.rtsp import rtp
from recorder.rtsp.packetise.units import join
from recorder.rtsp.server.sender import TrackSender
from tests.recorder.rtsp.server.fakes import Outlet

H264 = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (b"\x67sps", b"\x68pps"), 640, 360)
SOUND = TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8000, channels=1)
EPOCH = Epoch(1, (H264, SOUND))
FRAME_US = 40_000


class Camera:
    """Stands for media: gives what a test shows, to every tap alike; `grants` are those it was opened under."""

    def __init__(self, clock):
        self.clock = clock
        self.grants = []
        self.taps = []
        self.rests = []
        self.number = 0

    async def tap(self, grant, take):
        self.grants.append(grant)
        self.taps.append(line := asyncio.Queue())
        while (part := await line.get()) is not None:
            if isinstance(part, Exception):
                raise part
            rest_s = take(part)
            if rest_s is None:
                return
            self.rests.append(rest_s)

    async def show(self, *parts):
        for part in parts:
            self.taps[-1].put_nowait(part)
        await settled()

    def picture(self, *, key=False, size=3000):
        self.number += 1
        unit = (b"\x65" if key else b"\x41") + self.number.to_bytes(4, "big") + bytes(size)
        flags = SampleFlag.KEY if key else SampleFlag.NONE
        return Sample(0, self.number * FRAME_US, self.clock.now_us(), flags, join([unit]))

    def sound(self):
        return Sample(1, self.number * FRAME_US, self.clock.now_us(), SampleFlag.NONE, bytes(160))


class Viewer:
    """A session as far as a feed sees it, with senders on channels of its own."""

    def __init__(self, feed, channels=(0, 2)):
        self.outlets = [Outlet(one) for one in channels]
        tracks = offered(EPOCH, audio=True)
        self.senders = [
            TrackSender(track, outlet, "x", feed.numberings[track.number])
            for track, outlet in zip(tracks, self.outlets, strict=True)
        ]
        self.entries = [sender.numbering.entry for sender in self.senders]
        self.feed = feed
        self.seat = feed.join(self)
        self.ended = False

    def put(self, unit):
        self.senders[unit.track].send(unit)

    def packets(self, track=0):
        written = self.outlets[track].rtp
        return [rtp.parse(bytes(one.data[start + 4 : end])) for one in written for start, end in one.spans]

    def numbers(self, track=0):
        return [one.sequence for one in self.packets(track)]

    def frames(self):
        """The numbers of the pictures that came, in order, out of the first fragment of each."""
        begins = [one.payload for one in self.packets() if one.payload[0] & 0x1F == 28 and one.payload[1] & 0x80]
        return [int.from_bytes(one[2:6], "big") for one in begins]

    async def watch(self, grant="grant"):
        await self.feed.send(self.seat, grant)
        self.ended = True


async def settled():
    for _turn in range(50):
        await asyncio.sleep(0)


@asynccontextmanager
async def watching(*viewers):
    tasks = [asyncio.create_task(one.watch(f"grant {number}")) for number, one in enumerate(viewers)]
    await settled()
    try:
        yield
    finally:
        for one, task in zip(viewers, tasks, strict=True):
            one.feed.leave(one.seat)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def camera():
    return Camera(ManualClock())


@pytest.fixture
def feed(camera):
    return Feed("channel 1 main", camera.tap, camera.clock, EPOCH, offered(EPOCH, audio=True))


@pytest.fixture
def packetisations(monkeypatch):
    """The samples that were made into packets."""
    made, real = [], feeds.packetiser

    def counting(parameters, payload_type):
        packets = real(parameters, payload_type)
        return lambda sample: made.append(bytes(sample)) or packets(sample)

    monkeypatch.setattr(feeds, "packetiser", counting)
    return made


def test_a_picture_is_made_into_packets_once_for_any_count_of_viewers_and_they_are_written_the_same_bytes(
    packetisations, camera
):
    feed = Feed("channel 1 main", camera.tap, camera.clock, EPOCH, offered(EPOCH, audio=True))
    viewers = [Viewer(feed) for _each in range(5)]
    others = [Viewer(feed, channels=(6, 8)) for _each in range(2)]

    async def show():
        async with watching(*viewers, *others):
            await camera.show(EPOCH, camera.picture(key=True), camera.picture(), camera.picture())

    asyncio.run(show())
    assert len(packetisations) == 3
    assert len(camera.grants) == 1
    assert viewers[0].frames() == [1, 2, 3]
    for same in (viewers, others):
        assert len({tuple(id(one.data) for one in viewer.outlets[0].rtp) for viewer in same}) == 1
    assert [one.data[1] for one in others[0].outlets[0].rtp] == [6, 6, 6]
    assert [one.data[1] for one in viewers[0].outlets[0].rtp] == [0, 0, 0]
    assert others[0].packets() == viewers[0].packets()


def test_who_joins_later_begins_at_the_newest_key_frame_and_is_told_its_numbers_truly(camera, feed):
    first = Viewer(feed)

    async def show():
        async with watching(first):
            await camera.show(EPOCH, camera.picture(key=True), camera.sound(), camera.picture())
            await camera.show(camera.picture(key=True), camera.picture(), camera.sound(), camera.picture())
            later = Viewer(feed)
            async with watching(later):
                await camera.show(camera.picture(), camera.sound())
                return later

    later = asyncio.run(show())
    assert first.frames() == [1, 2, 3, 4, 5, 6]
    assert later.frames() == [3, 4, 5, 6]
    for track in (0, 1):
        began = later.packets(track)[0]
        assert (later.entries[track].sequence, later.entries[track].timestamp) == (began.sequence, began.timestamp)
        assert later.packets(track) == first.packets(track)[-len(later.packets(track)) :]
        assert all((two - one) % 65536 == 1 for one, two in pairwise(first.numbers(track)))


def test_who_is_not_let_in_yet_loses_nothing_of_what_was_told_him(camera, feed):
    first = Viewer(feed)

    async def show():
        async with watching(first):
            await camera.show(EPOCH, camera.picture(key=True), camera.picture())
            later = Viewer(feed)
            await camera.show(camera.picture(), camera.picture(key=True))
            assert later.frames() == []
            async with watching(later):
                return later

    later = asyncio.run(show())
    assert later.frames() == [1, 2, 3, 4]
    assert later.entries[0].sequence == later.numbers()[0]


def test_the_others_go_on_when_one_leaves_even_the_one_under_whose_grant_it_began(camera, feed):
    first, second = Viewer(feed), Viewer(feed)

    async def show():
        async with watching(second):
            async with watching(first):
                await camera.show(EPOCH, camera.picture(key=True), camera.picture())
            await camera.show(camera.picture(), camera.picture())

    asyncio.run(show())
    assert first.frames() == [1, 2]
    assert second.frames() == [1, 2, 3, 4]
    assert len(camera.grants) == 1


def test_a_viewer_that_fails_takes_no_other_with_it(camera, feed):
    broken, whole = Viewer(feed), Viewer(feed)
    broken.put = lambda unit: unit.nothing

    async def show():
        async with watching(broken, whole):
            await camera.show(EPOCH, camera.picture(key=True), camera.picture())

    asyncio.run(show())
    assert broken.ended
    assert whole.frames() == [1, 2]
    assert not whole.ended


def test_numbers_and_times_go_on_where_all_left_and_one_comes_back(camera, feed):
    before, after = Viewer(feed), None

    async def show():
        async with watching(before):
            await camera.show(EPOCH, camera.picture(key=True), camera.picture())
        camera.clock.advance(10)
        camera.number = 5000  # the camera was started anew, and its times are others
        after = Viewer(feed)
        async with watching(after):
            await camera.show(EPOCH, camera.picture(key=True))
        return after

    after = asyncio.run(show())
    assert len(camera.grants) == 2
    assert (after.numbers()[0] - before.numbers()[-1]) % 65536 == 1
    assert (after.packets()[0].timestamp - before.packets()[-1].timestamp) % 2**32 == 10 * 90_000


@pytest.mark.parametrize("end", [None, Unavailable(process="media"), Epoch(2, (SOUND,)), RuntimeError("broken")])
def test_all_are_told_where_the_stream_ends(camera, feed, end):
    viewers = [Viewer(feed), Viewer(feed)]

    async def show():
        async with watching(*viewers):
            await camera.show(EPOCH, camera.picture(key=True), end)
            return [one.ended for one in viewers]

    assert asyncio.run(show()) == [True, True]


def test_a_gop_that_is_too_long_to_keep_is_joined_nowhere_but_at_its_end(camera, feed, monkeypatch):
    monkeypatch.setattr(feeds, "GOP_BYTES", 10_000)
    first = Viewer(feed)

    async def show():
        async with watching(first):
            await camera.show(EPOCH, camera.picture(key=True), camera.picture())
            assert feed.takes(EPOCH)
            await camera.show(*(camera.picture() for _each in range(3)))
            assert not feed.takes(EPOCH)
            late = Viewer(feed)
            async with watching(late):
                await camera.show(camera.picture(), camera.picture(key=True), camera.picture())
                assert feed.takes(EPOCH)
                return late

    late = asyncio.run(show())
    assert late.entries[0].sequence is None
    assert late.frames() == [7, 8]
    assert first.frames() == list(range(1, 9))


def test_what_waits_for_a_viewer_is_bounded_and_he_goes_on_at_a_key_frame(camera, feed, monkeypatch):
    monkeypatch.setattr(feeds, "GOP_BYTES", 10_000)
    first, waiting = Viewer(feed), Viewer(feed)

    async def show():
        async with watching(first):
            await camera.show(EPOCH, camera.picture(key=True), *(camera.picture() for _each in range(9)))
            await camera.show(camera.picture(key=True), camera.picture())
            async with watching(waiting):
                await camera.show(camera.picture())

    asyncio.run(show())
    assert waiting.frames() == [11, 12, 13]


def test_what_is_old_comes_no_faster_than_a_client_takes_it_and_what_is_new_at_once(camera, feed):
    viewer = Viewer(feed)

    async def show():
        async with watching(viewer):
            old = camera.picture(key=True, size=40_000)
            camera.clock.advance(1)
            await camera.show(EPOCH, old, camera.picture())

    asyncio.run(show())
    assert viewer.frames() == [1, 2]
    burst_s = len(viewer.outlets[0].rtp[0].data) / feeds.BURST_BYTES_PER_S
    assert camera.rests == [0.0, burst_s, 0.0]
