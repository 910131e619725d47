"""The line to media: parts come whole however they are cut, together where they came so, and as slowly as asked."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from recorder.client import wire
from recorder.client.errors import Unavailable
from recorder.client.instance import Instance
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamName, TrackKind, TrackParameters
from recorder.client.tap import Ended, EpochMessage, Failed, Opened, pack_sample_header
from recorder.control.frames_call import Told
from recorder.restream import tap
from recorder.restream.tap import Line

pytestmark = pytest.mark.anyio

EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (b"\x67sps", b"\x68pps"), 640, 360),))
BEGIN = wire.encode(Opened(1)) + wire.encode(EpochMessage(1, EPOCH))


def sample(number, size=100):
    return Sample(0, number, number, SampleFlag.NONE, number.to_bytes(4, "big") + bytes(size))


def frame(one):
    return pack_sample_header(1, 1, one) + one.data


class Viewer:
    """Takes parts, with their data as it is during the call; `rest_s` is what it asks for after each sample."""

    def __init__(self, rest_s=0.0):
        self.rest_s = rest_s
        self.epochs, self.numbers, self.sizes = [], [], []
        self.came = asyncio.Event()

    def take(self, part):
        self.came.set()
        if isinstance(part, Epoch):
            self.epochs.append(part)
            return 0.0
        assert int.from_bytes(part.data[:4], "big") == part.pts_us
        self.numbers.append(part.pts_us)
        self.sizes.append(len(part.data))
        return self.rest_s


class Reading:
    """The transport below a line: what it reads it hands over as asyncio does, and nothing while it is paused."""

    def __init__(self, line):
        self.line, self.paused, self.waiting = line, False, bytearray()
        line.connection_made(self)

    def pause_reading(self):
        self.paused = True

    def resume_reading(self):
        self.paused = False

    def close(self):
        pass

    def arrive(self, data):
        self.waiting += data
        while self.waiting and not self.paused:
            room = self.line.get_buffer(-1)
            assert room
            count = min(len(room), len(self.waiting))
            room[:count] = self.waiting[:count]
            del room, self.waiting[:count]
            self.line.buffer_updated(count)


class Media:
    """Answers whoever subscribes with the same bytes, and hangs up then if it shall."""

    def __init__(self, data, *, hangs_up=False):
        self.data, self.hangs_up, self.asked, self.over = data, hangs_up, [], asyncio.Event()

    async def serve(self, reader, writer):
        # Who has enough hangs up, and may have done so before he has asked or was answered.
        with suppress(OSError, EOFError):
            _kind, payload = await wire.read_frame(reader)
            self.asked.append(wire.decode(payload))
            writer.write(self.data)
            if not self.hangs_up:
                await reader.read()
        writer.close()
        self.over.set()


@pytest.fixture
async def media(tmp_path):
    """Gives an instance whose media answers so."""
    servers = []

    async def start(data, **how):
        instance = Instance(tmp_path)
        place = Path(instance.socket("media"))
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Media(data, **how)
        servers.append(await asyncio.start_unix_server(made.serve, place))
        return instance, made

    yield start
    for one in servers:
        one.close()


@pytest.mark.parametrize("room", [64, 300, 1 << 18])
@pytest.mark.parametrize("cut", [1, 7, 120, 5000])
async def test_parts_come_whole_and_in_order_however_they_are_cut_and_large_ones_are_made_room_for(
    room, cut, monkeypatch
):
    monkeypatch.setattr(tap, "ROOM_BYTES", room)
    viewer = Viewer()
    reading = Reading(Line(viewer.take))
    sizes = [100, 0, 3000, 40, 250, 1000, 10, 10]
    data = BEGIN + b"".join(frame(sample(number, size)) for number, size in enumerate(sizes))
    for at in range(0, len(data), cut):
        reading.arrive(data[at : at + cut])
    assert viewer.epochs == [EPOCH]
    assert viewer.numbers == list(range(len(sizes)))
    assert viewer.sizes == [4 + size for size in sizes]
    # What a large picture needed is given back.
    assert len(reading.line.get_buffer(-1)) == room


async def test_what_came_together_is_taken_in_the_turn_that_read_it(media, monkeypatch):
    turns, read, taken = [0], [], []
    loop, room = asyncio.get_running_loop(), Line.get_buffer

    def reading(line, sizehint):
        read.append(turns[0])
        return room(line, sizehint)

    monkeypatch.setattr(Line, "get_buffer", reading)

    def turn():
        turns[0] += 1
        loop.call_soon(turn)

    def take(part):
        taken.append(turns[0])
        return None if len(taken) == 4 else 0.0

    instance, _media = await media(BEGIN + b"".join(frame(sample(number)) for number in range(3)))
    turn()
    await tap.live(instance, 1, StreamName.MAIN, "grant", take, audio=False)
    assert len(taken) == 4
    assert set(taken) == {read[-1]}


async def test_nothing_is_read_or_taken_while_a_viewer_rests_and_nothing_is_lost_by_it():
    viewer = Viewer(rest_s=0.001)
    reading = Reading(Line(viewer.take))
    reading.arrive(BEGIN + b"".join(frame(sample(number)) for number in range(3)))
    for number in range(3):
        assert viewer.numbers == list(range(number + 1))
        assert reading.paused
        viewer.came.clear()
        if number < 2:
            await viewer.came.wait()
    while reading.paused:  # noqa: ASYNC110 - the last rest has no event
        await asyncio.sleep(0)
    viewer.rest_s = 0.0
    reading.arrive(frame(sample(3)))
    assert viewer.numbers == [0, 1, 2, 3]


async def test_nothing_is_taken_after_who_takes_wanted_no_more_or_hung_up_even_while_it_rests():
    enough = Viewer(rest_s=None)
    line = Line(enough.take)
    Reading(line).arrive(BEGIN + frame(sample(0)) + frame(sample(1)))
    assert enough.numbers == [0]
    assert line.over.done()

    gone = Viewer(rest_s=0.001)
    line = Line(gone.take)
    Reading(line).arrive(BEGIN + frame(sample(0)) + frame(sample(1)))
    line.close()
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.005, over.set)
    await over.wait()
    assert gone.numbers == [0]


async def test_a_line_that_is_given_up_is_hung_up_and_takes_no_more(media):
    viewer = Viewer()
    instance, served = await media(BEGIN + frame(sample(0)))
    watching = asyncio.create_task(tap.live(instance, 1, StreamName.SUB, "grant", viewer.take, audio=True))
    await viewer.came.wait()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    await served.over.wait()
    assert [(one["channel"], one["stream"], one["audio"], one["grant"]) for one in served.asked] == [
        (1, "sub", True, "grant")
    ]


@pytest.mark.parametrize(
    ("data", "hangs_up", "told"),
    [
        (BEGIN + wire.encode(Ended(1, "removed")), False, None),
        (wire.encode(Failed(1, "BadGrant", "too old")), False, Told),
        (BEGIN + frame(sample(0))[:20], True, Unavailable),
        (b"\xff\xff\xff\xff\x00", False, Unavailable),
        (b"\x00\x00\x00\x03\x01ab", False, Unavailable),
        (b"\x00\x00\x00\x03\x00{}", False, Unavailable),
        (wire.encode({"op": "epoch", "id": 1, "epoch": {"number": "one"}}), False, Unavailable),
    ],
)
async def test_the_end_is_told_as_what_it_is(media, data, hangs_up, told):
    instance, _media = await media(data, hangs_up=hangs_up)
    asked = tap.live(instance, 1, StreamName.MAIN, "grant", Viewer().take, audio=False)
    if told is None:
        await asked
        return
    with pytest.raises(told):
        await asked


async def test_what_fails_in_who_takes_is_raised_where_the_end_is_waited_for(media):
    instance, _media = await media(BEGIN)

    def take(part):
        raise KeyError(part.number)

    with pytest.raises(KeyError):
        await tap.live(instance, 1, StreamName.MAIN, "grant", take, audio=False)


async def test_media_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(Unavailable):
        await tap.live(Instance(tmp_path), 1, StreamName.MAIN, "grant", Viewer().take, audio=False)


async def test_how_a_stream_is_coded_is_asked_for_without_taking_it(media):
    instance, served = await media(BEGIN + frame(sample(0)))
    assert await tap.first_epoch(instance, 1, StreamName.MAIN, "grant", 60) == EPOCH
    await served.over.wait()
    silent, _media = await media(wire.encode(Opened(1)))
    assert await tap.first_epoch(silent, 1, StreamName.MAIN, "grant", 0.05) is None
