"""The process: it looks at what decode shows, brings media what moved, and comes back after a kill where it was."""

import asyncio
import base64
import contextlib
import time

import numpy as np
import pytest

from recorder.client import wire
from recorder.client.detection import Region, Watch, Watched
from recorder.client.grid import WHOLE, to_text
from recorder.client.instance import Instance
from recorder.client.motion import parse
from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from recorder.detect.service import RATES, Service
from recorder.sockets import running
from tests.recorder.decode.film import film
from tests.recorder.decode.taps import FakeTap
from tests.recorder.detect.pictures import Yard, at
from tests.recorder.running import now_us

pytestmark = pytest.mark.anyio
KEY = StreamKey(1, StreamName.SUB)
FPS = 10
PATIENCE_S = 60


class Media(FakeTap):
    """A tap that also takes records of motion."""

    def __init__(self, path):
        super().__init__(path)
        self.records = []

    def _message(self, message, writer):
        if message["op"] == "motion":
            self.records.append((message, parse(message["start_us"], base64.b64decode(message["record"]))))
            writer.write(wire.encode({"op": "motion", "id": message["id"]}))
        else:
            super()._message(message, writer)


@pytest.fixture
async def media(recorder):
    made = Media(recorder.instance.socket("media"))
    yield made
    made.close()


@pytest.fixture
async def pictures(media):
    """A film whose bars change every half second, played as a camera sends it until the test is over."""
    made = film(count=40, gop=10)

    async def play():
        begun = time.monotonic()
        for number in range(100_000):
            # Still for three pictures, then another one: something moves all the time.
            sample = number // 5 % 4 * 10
            flags = SampleFlag.KEY
            media.push(KEY, made.epoch, [Sample(0, number, now_us(), flags, made.data[sample])])
            await asyncio.sleep(max(0.0, begun + (number + 1) / FPS - time.monotonic()))

    task = asyncio.create_task(play())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def watched(*regions):
    return {"op": "watch", "channels": [Watched(1, StreamName.SUB, regions)]}


async def until_seen(client, wanted, timeout_s=PATIENCE_S):
    def found(message):
        return (
            isinstance(message, dict)
            and message["op"] == "seen"
            and message["channels"]
            and wanted(message["channels"][0])
        )

    return (await client.until(found, timeout_s))["channels"][0]


async def until_brought(media, wanted, timeout_s=PATIENCE_S):
    async with asyncio.timeout(timeout_s):
        while not any(wanted(*one) for one in list(media.records)):  # noqa: ASYNC110 - the tap lives in another thread
            await asyncio.sleep(0.02)


@pytest.mark.covers("D-ALM-09")
async def test_what_moves_is_told_and_brought_and_a_kill_loses_seconds(recorder, media, pictures):
    await recorder.start("decode", "detect")
    client = await recorder.connect("detect")
    client.send(watched(Region(2, to_text(WHOLE), 75, 1)))
    told = await until_seen(client, lambda one: one["moving"])
    assert (told["channel"], told["moving"], told["looking"]) == (1, [2], True)
    await until_brought(media, lambda _message, record: record.moved)
    await recorder.kill("detect")
    before = len(media.records)
    # Nobody tells it again what to look at.
    await recorder.start("detect")
    await until_brought(
        media, lambda message, record: media.records.index((message, record)) >= before and record.moved
    )
    again = await recorder.connect("detect")
    again.send({"op": "seen"})
    assert (await until_seen(again, lambda one: one["moving"]))["moving"] == [2]
    await recorder.kill("detect", 15)
    await until_brought(media, lambda message, _record: message["whole"])


async def test_what_is_asked_wrongly_is_refused_and_nothing_changes(recorder, media):
    await recorder.start("detect")
    client = await recorder.connect("detect")
    for wrong in (
        {"op": "watch", "channels": [Watched(0, StreamName.SUB)]},
        {"op": "watch", "channels": [Watched(n, StreamName.SUB) for n in range(1, 200)]},
        {"op": "watch", "channels": 5},
        {"op": "nothing"},
    ):
        assert (await client.ask(wrong, "seen"))["op"] == "failed", wrong
    assert (await client.ask({"op": "seen"}, "seen"))["channels"] == []
    client.send(watched(Region(1, "nonsense", 1000, -5)))
    assert [one["channel"] for one in (await client.until(lambda one: one["op"] == "seen"))["channels"]] == [1]


async def test_a_file_of_what_was_looked_at_that_is_damaged_is_no_hindrance(recorder, media):
    (recorder.instance.state / "detect.json").write_bytes(b"\xff{")
    await recorder.start("detect")
    client = await recorder.connect("detect")
    assert (await client.ask({"op": "seen"}, "seen"))["channels"] == []


async def test_the_rate_goes_down_where_there_is_no_room_and_comes_back(tmp_path, caplog):
    (tmp_path / "data").mkdir(mode=0o700)
    service = Service(Instance(tmp_path / "data"))
    service.watch(Watch((Watched(1, StreamName.SUB),)))
    for busy, rate in (
        (0.5, RATES[0]),
        (0.7, RATES[1]),
        (0.9, RATES[2]),
        (0.9, RATES[2]),
        (0.4, RATES[2]),
        (0.1, RATES[1]),
    ):
        service.weigh(busy)
        assert service.rate == rate
        assert service._pictures._decode._views[1].per_s == rate
    assert "pictures a second from now on" in caplog.text


def test_a_channel_whose_pictures_cannot_be_looked_at_does_not_end_the_others(tmp_path, monkeypatch, caplog):
    (tmp_path / "data").mkdir(mode=0o700)
    service = Service(Instance(tmp_path / "data"))
    service.watch(Watch((Watched(1, StreamName.SUB), Watched(2, StreamName.SUB))))
    wrong, right = np.zeros((3, 3), np.float64), Yard().picture()
    came = [(1, at(0), wrong), (2, at(0), right), (1, at(1), wrong), (2, at(1), right)]
    monkeypatch.setattr(service._pictures, "fresh", lambda: came)
    assert service.look()
    assert "Looking at channel 1 failed" in caplog.text
    assert service.seen().channels[1].looking


async def test_a_fault_in_looking_is_told_and_looking_goes_on(tmp_path, monkeypatch, caplog):
    (tmp_path / "data").mkdir(mode=0o700)
    service = Service(Instance(tmp_path / "data"))
    looked, begun = [], asyncio.Event()

    def heard():
        looked.append(True)
        if len(looked) == 1:
            raise ZeroDivisionError
        begun.set()
        return ()

    monkeypatch.setattr(service._pictures, "heard", heard)
    monkeypatch.setattr(running, "AGAIN_S", 0)
    service.start()
    try:
        async with asyncio.timeout(60):
            await begun.wait()
    finally:
        await service.close()
    assert "_look_on ended by a fault, and is begun again" in caplog.text
