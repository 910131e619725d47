"""The reader as a process of its own, over footage that the store wrote with a clock of the tests."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import psutil
import pytest

from recorder.client import wire
from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.grants import Grant, mint, private_key
from recorder.client.instance import Instance
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import (
    Codec,
    Epoch,
    Sample,
    SampleFlag,
    StreamKey,
    StreamName,
    TrackKind,
    TrackParameters,
)
from recorder.client.tap import Arrived
from recorder.reader.priority import IO_LEVEL, NICE
from recorder.store import Disk, StorePolicy, StoreWriter, read_boot_id
from recorder.store.inspection import Inspection
from recorder.store.key_ring import KeyRing, recovery_key

pytestmark = pytest.mark.anyio

VIDEO = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (b"\x67sps", b"\x68pps"), 320, 192)
AUDIO = TrackParameters(1, TrackKind.AUDIO, Codec.PCMU, 8000, (), 0, 0, 1)
EPOCH = Epoch(1, (VIDEO, AUDIO))
FRAME_US = 100_000
GOP = 20
KEY = StreamKey(1)


class Footage:
    """Writes streams of 10 pictures a second, a key frame every 2 s, each picture with its number, and sound."""

    def __init__(self, recorder, wall_us=None, keys=None):
        recorder.disk()
        self.clock = ManualClock()
        if wall_us is not None:
            self.clock.wall_us = wall_us
        self.start_us = self.clock.wall_us
        disks = [Disk.open(recorder.instance.disks / "disk1", self.clock)]
        index, policy = recorder.instance.index, StorePolicy(encrypted=keys is not None)
        self.store = StoreWriter(
            disks, index, self.clock, read_boot_id(), policy, threads=False, keys=keys or KeyRing(recorder.instance)
        )
        self.store.start()

    def at(self, number):
        return self.start_us + number * FRAME_US

    def film(self, frames, key=KEY, first=0, size=2000):
        """Pictures first … first + frames, at their times."""
        stream = self.store.open_stream(key)
        for number in range(first, first + frames):
            flags = SampleFlag.KEY if number % GOP == 0 else SampleFlag.NONE
            if number == first:
                flags |= SampleFlag.KEY | SampleFlag.DISCONTINUITY
            self.clock.boot_us += self.at(number) - self.clock.wall_us
            self.clock.wall_us = self.at(number)
            data = number.to_bytes(4, "big") + bytes(size)
            stream.put(Sample(0, self.at(number), self.at(number), flags, data), EPOCH)
            stream.put(Sample(1, self.at(number), self.at(number), SampleFlag.NONE, b"sound"), EPOCH)
        stream.end()
        self.store.flush()

    def close(self):
        self.store.flush()
        self.store.close()


def numbers(arrived):
    return [int.from_bytes(bytes(one.sample.data[:4]), "big") for one in arrived if one.sample.track == 0]


def is_sample(got):
    return isinstance(got, Arrived)


@pytest.fixture
async def footage(recorder):
    """60 s, a hole of 20 s, 20 s more; the reader runs."""
    made = Footage(recorder)
    made.film(600)
    made.store.gap(KEY, made.at(600), made.at(800), GapReason.CAMERA_OFFLINE)
    made.film(200, first=800)
    made.close()
    await recorder.start("reader")
    return made


async def test_recorded_time_begins_at_the_key_frame_before_and_ends_where_asked(recorder, footage):
    got = await recorder.recorded(1, footage.at(105), footage.at(200))
    assert numbers(got) == list(range(100, 200))
    assert SampleFlag.KEY in got[0].sample.flags
    assert {one.sample.track for one in got} == {0}
    assert [one.sample.wall_us for one in got] == [footage.at(number) for number in range(100, 200)]


async def test_a_hole_is_marked_and_jumped(recorder, footage):
    got = await recorder.recorded(1, footage.at(580))
    assert numbers(got) == [*range(580, 600), *range(800, 1000)]
    marked = [
        number for number, one in zip(numbers(got), got, strict=True) if SampleFlag.DISCONTINUITY in one.sample.flags
    ]
    assert 800 in marked
    assert not set(marked) - {580, 800}


async def test_sound_comes_with_the_picture_when_asked_for(recorder, footage):
    got = await recorder.recorded(1, footage.at(100), footage.at(120), audio=True)
    assert [one.sample.track for one in got].count(1) == 20


async def test_key_frames_alone_can_be_had(recorder, footage):
    assert numbers(await recorder.recorded(1, footage.at(0), footage.at(100), mode="key")) == [0, 20, 40, 60, 80]


async def test_backwards_each_gop_runs_forward_and_gops_run_back(recorder, footage):
    got = await recorder.recorded(1, footage.at(85), footage.at(40), mode="reverse")
    assert numbers(got) == [*range(80, 86), *range(60, 80), *range(40, 60)]
    firsts = [
        number for number, one in zip(numbers(got), got, strict=True) if SampleFlag.DISCONTINUITY in one.sample.flags
    ]
    assert firsts == [80, 60, 40]


async def test_no_more_is_sent_than_credit_allows(recorder, footage):
    client = await recorder.connect("reader")
    client.send({"op": "subscribe", "id": 1, "channel": 1, "from_us": footage.at(0)})
    await client.until(lambda got: not is_sample(got) and got["op"] == "opened")
    assert (await client.ask({"op": "export_list", "id": 5}, "exports"))["jobs"] == []
    assert client.samples == []
    for round_ in range(1, 4):
        client.send({"op": "credit", "id": 1, "bytes": 10_000})
        await client.until(
            lambda _got, least=round_ * 10_000: sum(len(one.sample.data) for one in client.samples) >= least
        )
        # An answer that comes later than any sample that was allowed.
        for _ in range(3):
            await client.ask({"op": "spans", "id": 6, "channel": 1, "start_us": 0, "end_us": 1}, "spans")
        assert sum(len(one.sample.data) for one in client.samples) < round_ * 10_000 + 2004
    assert numbers(client.samples) == list(range(len(client.samples)))


async def test_a_client_without_credit_does_not_keep_others_waiting(recorder, footage):
    client = await recorder.connect("reader")
    for number in range(12):
        client.send({"op": "subscribe", "id": number, "channel": 1, "from_us": footage.at(0)})
    assert len(await recorder.recorded(1)) == 800


async def test_several_subscriptions_of_a_client_advance_together(recorder, footage):
    client = await recorder.connect("reader")
    for number in range(4):
        client.send({"op": "subscribe", "id": number, "channel": 1, "from_us": footage.at(0)})
        client.send({"op": "credit", "id": number, "bytes": 1 << 30})
    ended = set()
    while len(ended) < 4:
        got = await client.until(lambda got: not is_sample(got) and got["op"] == "ended")
        ended.add(got["id"])
    counts = [sum(one.id == number for one in client.samples) for number in range(4)]
    assert counts == [800] * 4


async def test_what_is_no_longer_wanted_is_not_sent_and_its_number_is_free(recorder, footage):
    client = await recorder.connect("reader")
    client.send({"op": "subscribe", "id": 1, "channel": 1, "from_us": footage.at(0)})
    client.send({"op": "credit", "id": 1, "bytes": 10_000})
    await client.until(is_sample)
    client.send({"op": "unsubscribe", "id": 1})
    client.send({"op": "credit", "id": 1, "bytes": 1 << 30})
    client.send({"op": "subscribe", "id": 1, "channel": 1, "from_us": footage.at(800), "until_us": footage.at(810)})
    client.send({"op": "credit", "id": 1, "bytes": 1 << 30})
    await client.until(lambda got: not is_sample(got) and got["op"] == "ended")
    assert numbers(client.samples)[-10:] == list(range(800, 810))
    assert len(client.samples) < 30


async def test_seeking_again_and_again_leaves_nothing_open(recorder, footage):
    client = await recorder.connect("reader")
    process = psutil.Process(recorder.pid("reader"))
    for seek in range(40):
        client.send({"op": "subscribe", "id": 1, "channel": 1, "from_us": footage.at(seek * 10)})
        client.send({"op": "credit", "id": 1, "bytes": 50_000})
        await client.until(is_sample)
    client.send({"op": "unsubscribe", "id": 1})
    assert len(await recorder.recorded(1)) == 800
    assert process.num_fds() < 60


async def test_footage_that_is_still_being_written_can_be_read(recorder):
    made = Footage(recorder)
    await recorder.start("reader")
    made.film(100)
    assert numbers(await recorder.recorded(1)) == list(range(100))
    made.film(100, first=100)
    # The end of an open block is looked at twice a second.
    got = numbers(await recorder.recorded(1))
    end = time.monotonic() + 60
    while len(got) < 200 and time.monotonic() < end:
        got = numbers(await recorder.recorded(1))
    assert got == list(range(200))
    made.close()


async def test_spans_and_gaps_say_what_there_is_and_why_the_rest_is_missing(recorder, footage):
    asked = {"channel": 1, "start_us": footage.at(0), "end_us": footage.at(2000)}
    spans = (await recorder.ask_reader({"op": "spans", **asked}))["spans"]
    assert [(one["start_us"], one["type"]) for one in spans] == [
        (footage.at(0), "general"),
        (footage.at(800), "general"),
    ]
    assert all(one["bytes"] > 200 * 2000 for one in spans)
    assert (await recorder.ask_reader({"op": "gaps", **asked}))["gaps"] == [
        {"start_us": footage.at(600), "end_us": footage.at(800), "reason": "camera_offline"}
    ]
    assert (await recorder.ask_reader({"op": "spans", **asked, "channel": 2}))["spans"] == []


async def test_spans_are_cut_by_record_type(recorder):
    made = Footage(recorder)
    made.film(600)
    made.store.mark("m", [KEY], made.at(200), 5 * SECOND_US, made.at(300), RecordType.MOTION)
    made.close()
    await recorder.start("reader")
    asked = {"op": "spans", "channel": 1, "start_us": made.at(0), "end_us": made.at(600)}
    spans = (await recorder.ask_reader(asked))["spans"]
    assert [one["type"] for one in spans] == ["general", "motion", "general"]
    assert all(earlier["end_us"] == later["start_us"] for earlier, later in pairwise(spans))


@pytest.mark.parametrize(
    ("zone", "days"),
    [("Europe/Berlin", [30, 31]), ("America/New_York", [30]), ("Pacific/Auckland", [31]), ("UTC", [30])],
)
async def test_days_are_those_of_the_zone_also_when_clocks_change(recorder, zone, days):
    # In the night in which Europe's clocks go forward; in Berlin it is 00:00:10 on the 31st of March 2024 at the end.
    midnight = datetime(2024, 3, 31, tzinfo=ZoneInfo("Europe/Berlin"))
    made = Footage(recorder, wall_us=round(midnight.timestamp() - 50) * SECOND_US)
    made.film(600)
    made.close()
    await recorder.start("reader")
    asked = {"op": "days", "channels": [1, 7], "year": 2024, "month": 3, "zone": zone}
    assert (await recorder.ask_reader(asked))["days"] == {"1": days, "7": []}
    assert datetime.fromtimestamp(made.at(0) / SECOND_US, UTC).day == 30


SENSELESS = (
    {"op": "nothing"},
    {"op": "subscribe", "id": 1, "channel": 1},
    {"op": "subscribe", "id": 1 << 40, "channel": 1, "from_us": 0},
    {"op": "subscribe", "id": 1, "channel": 1, "from_us": 0, "grant": "a.b"},
    {"op": "credit", "id": 1, "bytes": -5},
    {"op": "credit", "id": 1, "bytes": "many"},
    {"op": "spans", "id": 1, "channel": 1},
    {"op": "days", "id": 1, "channels": [1], "year": 2024, "month": 13, "zone": "UTC"},
    {"op": "days", "id": 1, "channels": [1], "year": 2024, "month": 1, "zone": "Mars/Base"},
    {"op": "days", "id": 1, "channels": [1], "year": 2024, "month": 1, "zone": "../../etc/passwd"},
    {"op": "export", "id": 1, "channels": [], "start_us": 0, "end_us": 1, "path": "/tmp"},
    {"op": "export", "id": 1, "channels": [1], "start_us": 1, "end_us": 1, "path": "/tmp"},
    {"op": "export", "id": 1, "channels": [1], "start_us": 0, "end_us": 1, "path": "tmp"},
    {"op": "export_cancel", "job": "none"},
)
NONSENSE = (b"\xff" * 64, b"\0\0\0\0\0", b"\0\0\0\x05\1abcd", b"\0\0\0\x02\0{", wire.encode([1]))


async def test_hostile_clients_are_refused_in_words_or_hung_up_on_and_no_other_is(recorder, footage):
    client = await recorder.connect("reader")
    for message in SENSELESS:
        answer = await client.ask(message, "opened", "spans", "days", "exporting")
        assert answer["op"] == "failed", message
        assert answer["words"]
    for data in NONSENSE:
        hostile = await recorder.connect("reader")
        hostile.send_bytes(data)
        assert await hostile.hung_up(), data
    assert len(await recorder.recorded(1)) == 800


async def test_a_channel_without_footage_ends_at_once(recorder, footage):
    assert await recorder.recorded(9) == []


async def test_recorded_time_under_a_grant_is_that_of_the_grant(recorder, footage):
    key = private_key(recorder.instance)
    far_us = footage.clock.wall_us + 10**15
    bounds = {"start_us": footage.at(100), "end_us": footage.at(200)}
    grant = Grant((1,), (StreamName.MAIN,), audio=False, **bounds, live=False, expires_us=far_us)
    client = await recorder.connect("reader")

    async def asks(start, end, **more):
        message = {"op": "subscribe", "id": 1, "channel": 1, "from_us": footage.at(start), "grant": mint(grant, key)}
        return (await client.ask({**message, "until_us": end and footage.at(end), **more}, "opened"))["op"]

    assert await asks(100, 200) == "opened"
    assert await asks(99, 200) == "failed"
    assert await asks(100, 201) == "failed"
    assert await asks(100, None) == "failed"
    assert await asks(100, 200, audio=True) == "failed"
    assert await asks(100, 200, channel=2) == "failed"
    assert await asks(100, 200, stream="sub") == "failed"
    assert await asks(100, 200, grant=mint(replace(grant, expires_us=1), key)) == "failed"


async def test_it_steps_back_behind_recording(recorder, footage):
    process = psutil.Process(recorder.pid("reader"))
    assert process.nice() == NICE
    assert process.ionice().value == IO_LEVEL


async def test_an_export_is_a_job_with_progress_that_others_can_see(recorder, footage, tmp_path):
    client = await recorder.connect("reader")
    asked = {"op": "export", "id": 3, "channels": [9], "start_us": footage.at(0), "end_us": footage.at(10)}
    job = (await client.ask({**asked, "path": str(tmp_path)}, "exporting"))["job"]
    last = await client.until(
        lambda got: got["op"] == "export_progress" and got["state"] not in {"queued", "running"}, 30
    )
    assert (last["job"], last["state"]) == (job, "failed")
    assert last["words"]
    other = await recorder.connect("reader")
    jobs = (await other.ask({"op": "export_list", "id": 1}, "exports"))["jobs"]
    assert [(one["job"], one["state"]) for one in jobs] == [(job, "failed")]


async def test_the_reader_tells_how_many_keys_a_disk_lacks_until_they_are_entered(recorder, tmp_path):
    keys = KeyRing(Instance(tmp_path / "elsewhere"))
    secret = keys.make(1).secret
    made = Footage(recorder, keys=keys)
    made.film(100)
    made.close()
    await recorder.start("reader")
    with Inspection(recorder.instance.disks / "disk1") as disk:
        question = {"op": "missing_keys", "id": 1, "disk": disk.identity.id}
    client = await recorder.connect("reader")
    assert (await client.ask(question, "missing_keys"))["keys"] == 1
    assert (await client.ask({**question, "disk": "no such disk"}, "missing_keys"))["keys"] == 0
    KeyRing(recorder.instance).enter(recovery_key(secret))
    assert (await client.ask(question, "missing_keys"))["keys"] == 0
