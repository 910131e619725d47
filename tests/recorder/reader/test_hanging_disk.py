"""A disk that answers nothing, asked for everything there is: it holds up nobody who wants something of another."""

import asyncio
from datetime import UTC, datetime

import pytest

from recorder.client.clock import ManualClock
from recorder.client.stream import StreamKey, StreamName
from recorder.reader import service
from recorder.reader.client import ReaderClient
from recorder.reader.service import Reader
from recorder.sockets.listener import Listener
from recorder.store import Disk, StorePolicy, StoreWriter, disk_lane
from recorder.store.policy import DiskUse
from tests.recorder.reader.test_process import Footage, is_sample, numbers
from tests.recorder.store.faulty_disk import HangingReads
from tests.recorder.store.rig import BOOT

pytestmark = pytest.mark.anyio

STREAMS = (StreamName.MAIN, StreamName.SUB, StreamName.PICTURE)
FRAMES = 100
PATIENCE_S = 60


class TwoDisks(Footage):
    """Channel 1 is on the disk "hangs", channel 2 on the disk "answers", each with main, sub and pictures."""

    def __init__(self, recorder):
        self.clock = ManualClock()
        self.start_us = self.clock.wall_us
        for name in ("hangs", "answers"):
            recorder.disk(name)
        disks = [Disk.open(recorder.instance.disks / name, self.clock) for name in ("hangs", "answers")]
        policy = StorePolicy(
            disks={disks[1].identity.id: DiskUse(2)}, streams={StreamKey(2, name): 2 for name in STREAMS}
        )
        self.store = StoreWriter(disks, recorder.instance.index, self.clock, BOOT, policy, threads=False)
        self.store.start()
        for channel in (1, 2):
            # More than a block: some of it is sealed, and stands in the index.
            self.film(FRAMES, StreamKey(channel), size=50_000)
            for name in STREAMS[1:]:
                self.film(FRAMES, StreamKey(channel, name))
        self.store.flush()


@pytest.fixture
async def hanging(recorder, monkeypatch):
    """Both disks recorded, a reader in this process, and what makes disks hang."""
    made = TwoDisks(recorder)
    disks = HangingReads(monkeypatch)
    monkeypatch.setattr(disk_lane, "SILENT_S", 3.0)
    reader = Reader(recorder.instance, made.clock)
    listener = Listener(recorder.instance.socket("reader"), lambda connection: ReaderClient(connection, reader))
    listener.open()
    try:
        yield made, disks
    finally:
        disks.answer()
        listener.close()
        await reader.stop()
        made.close()


def everything_of(channel, made):
    """Whatever can be asked of a channel but its samples, by the op of the answer."""
    stretch = {"channel": channel, "start_us": made.at(0), "end_us": made.at(FRAMES)}
    day = datetime.fromtimestamp(made.at(0) / 1e6, UTC)
    return [
        {"op": "spans", **stretch},
        {"op": "gaps", **stretch},
        {"op": "pictures", **stretch},
        {"op": "picture", "channel": channel, "at_us": made.at(FRAMES)},
        {"op": "motion", **stretch, "region": "0,0,9,9"},
        {"op": "days", "channels": [channel], "year": day.year, "month": day.month, "zone": "UTC"},
        {"op": "completeness", "channels": [channel], "first": day.date().isoformat(), "count": 1, "zone": "UTC"},
        {"op": "files", **stretch},
        {"op": "file_days", "channel": channel},
        {"op": "holds"},
        {"op": "tags"},
    ]


async def test_whatever_is_asked_of_a_disk_that_hangs_the_others_play_on(recorder, hanging):
    made, disks = hanging
    disks.hang("hangs")
    crowd = await recorder.connect("reader")
    many = range(1, 61)
    for number in many:
        name = STREAMS[number % len(STREAMS)]
        crowd.send({"op": "subscribe", "id": number, "channel": 1, "stream": name, "from_us": made.at(0)})
        crowd.send({"op": "credit", "id": number, "bytes": 1 << 30})
    asking = [await recorder.connect("reader") for _n in range(2)]
    for client in asking:
        for number, question in enumerate(everything_of(1, made), 100):
            client.send({**question, "id": number})
    await asyncio.to_thread(disks.await_somebody)
    # The other disk: its footage plays from beginning to end, and every question is answered.
    assert numbers(await recorder.recorded(2)) == list(range(FRAMES))
    client = await recorder.connect("reader")
    for number, question in enumerate(everything_of(2, made), 100):
        answer = await client.ask({**question, "id": number}, question["op"], timeout_s=PATIENCE_S)
        if answer.get("code") == "DiskSilent":
            # A machine that stands still for seconds has slow disks; the next answer was not held up by the other.
            answer = await client.ask({**question, "id": number}, question["op"], timeout_s=PATIENCE_S)
        assert answer["op"] == question["op"], answer
    # Who wanted something of the one that hangs is told which disk it is.
    told = {}
    while len(told) < len(many):
        got = await crowd.until(lambda got: not is_sample(got) and got["op"] in {"failed", "ended"}, PATIENCE_S)
        told[got["id"]] = got
    assert {one["op"] for one in told.values()} == {"failed"}
    assert all("hangs" in one["words"] for one in told.values())
    assert not crowd.samples
    for client in asking:
        answers = {}
        while len(answers) < len(everything_of(1, made)):
            got = await client.until(lambda got: "id" in got, PATIENCE_S)
            answers[got["id"]] = got
        silent = [one for one in answers.values() if one["op"] == "failed"]
        assert all("hangs" in one["words"] for one in silent), silent
        # What is sealed is still shown; that there is no picture, or no file, nobody can say.
        assert answers[100]["spans"]
        assert {answers[number]["op"] for number in (102, 103, 107)} == {"failed"}
    # And when it is back all is as before.
    disks.answer()
    assert numbers(await recorder.recorded(1)) == list(range(FRAMES))


async def test_a_disk_that_hangs_holds_at_most_its_share_of_the_threads(recorder, hanging):
    made, disks = hanging
    disks.hang("hangs")
    crowd = await recorder.connect("reader")
    for number in range(1, 61):
        crowd.send({"op": "subscribe", "id": number, "channel": 1, "from_us": made.at(0)})
        crowd.send({"op": "credit", "id": number, "bytes": 1 << 30})
    failed = set()
    while len(failed) < 60:
        got = await crowd.until(lambda got: not is_sample(got) and got["op"] == "failed", PATIENCE_S)
        failed.add(got["id"])
    assert 0 < disks.asked <= disk_lane.READS_AT_ONCE
    assert disk_lane.MOST_WAITING <= service.READING_THREADS // 2


async def test_a_disk_that_does_not_even_say_who_it_is_is_not_taken_for_gone(recorder, hanging):
    made, disks = hanging
    disks.hang("hangs", identity=True)
    client = await recorder.connect("reader")
    client.send({"op": "subscribe", "id": 1, "channel": 1, "from_us": made.at(0)})
    client.send({"op": "credit", "id": 1, "bytes": 1 << 30})
    end = await client.until(lambda got: not is_sample(got) and got["op"] in {"failed", "ended"}, PATIENCE_S)
    assert end["op"] == "failed"
    assert "hangs" in end["words"]
    assert numbers(await recorder.recorded(2)) == list(range(FRAMES))
