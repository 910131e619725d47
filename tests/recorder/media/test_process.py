"""Media as a process of its own, with simulated cameras, a disk, and the reader to look at what was recorded."""

import asyncio
import signal
from dataclasses import replace
from itertools import groupby, pairwise

import pytest

from recorder.client import wire
from recorder.client.grants import Grant, mint, private_key
from recorder.client.recording import RecordType
from recorder.client.status import StreamState
from recorder.client.stream import SampleFlag, StreamName
from recorder.client.tap import Arrived
from recorder.media.plan import Due
from recorder.rtsp.guard import Verdict
from recorder.sealing import Sealer
from recorder.simulate.stamp import read_stamp
from tests.recorder.media.conftest import PASSWORD, USER
from tests.recorder.running import DAY_US, channel, now_us

pytestmark = [pytest.mark.long, pytest.mark.anyio]

SECOND_US = 1_000_000


def playing(status):
    return status.state is StreamState.PLAYING and status.recording


def frames_of(arrived):
    """Frame numbers of the stamps, in recorded order."""
    return [stamp.frame for one in arrived if (stamp := read_stamp(one.sample.data))]


def breaks(arrived):
    """Neighbours between which something is missing."""
    samples = [one.sample for one in arrived]
    return [(a, b) for a, b in pairwise(samples) if SampleFlag.DISCONTINUITY in b.flags]


async def test_it_records_at_start_without_control_and_says_how_streams_are(recorder, cameras):
    made = await cameras(cameras=2)
    recorder.disk()
    recorder.plan(channel(1, made.url(1), sub_url=made.url(1, "sub")), channel(2, made.url(2)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    await watch.stream(playing, channel=2)
    sub = await watch.stream(lambda one: one.state is StreamState.PLAYING, stream="sub")
    assert not sub.recording
    main = await watch.stream(lambda one: 20 < one.frames_per_s < 30 and one.bits_per_s > 0)
    assert (main.codec, main.width, main.height, main.transport, main.lost_packets) == ("h264", 320, 192, "tcp", 0)
    status = await watch.status(lambda one: one.disks and one.disks[0].used_bytes)
    assert status.names == {1: "Camera 1", 2: "Camera 2"}
    assert status.plan_revision == 1
    await recorder.kill("media", signal.SIGTERM)
    found = frames_of(await recorder.recorded(1))
    assert len(found) > 25
    assert found == list(range(found[0], found[0] + len(found)))


async def test_the_end_by_a_signal_loses_nothing_and_is_explained(recorder, cameras):
    made = await cameras()
    recorder.disk()
    recorder.plan(channel(1, made.url(1)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    client = await recorder.connect("media")
    await client.ask({"op": "subscribe", "id": 1, "channel": 1}, "opened")
    await client.until(lambda _got: len(client.samples) > 60)
    assert await recorder.kill("media", signal.SIGTERM) == 0
    seen = client.samples[-1].sample
    recorded = await recorder.recorded(1)
    assert recorded[-1].sample.wall_us >= seen.wall_us
    assert bytes(seen.data) in [bytes(one.sample.data) for one in recorded[-5:]]
    await recorder.start("media")
    watch = await recorder.watch()
    await watch.stream(playing)
    await recorder.kill("media", signal.SIGTERM)
    gaps = (await recorder.ask_reader({"op": "gaps", "channel": 1, "start_us": 0, "end_us": now_us()}))["gaps"]
    assert [gap["reason"] for gap in gaps if gap["end_us"] > recorded[-1].sample.wall_us] == ["stopped"]


@pytest.mark.covers("D-PWR-03")
async def test_after_kill_9_only_the_newest_seconds_are_lost(recorder, cameras):
    made = await cameras()
    recorder.disk()
    recorder.plan(channel(1, made.url(1)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    await asyncio.sleep(4)
    killed_us = now_us()
    await recorder.kill("media")
    before = await recorder.recorded(1)
    await recorder.start("media")
    watch = await recorder.watch()
    await watch.stream(playing)
    await asyncio.sleep(1.5)
    await recorder.kill("media", signal.SIGTERM)
    everything = await recorder.recorded(1)

    old = [one for one in everything if one.sample.wall_us <= killed_us]
    assert frames_of(old) == frames_of(before), "what could be read after the kill stays readable"
    assert len(before) > 50
    # S2; on a machine that is not busy it is at most 1.5 s, which `tests.bench.kills` measures.
    assert killed_us - old[-1].sample.wall_us <= 5 * SECOND_US
    assert all(later == earlier + 1 for earlier, later in pairwise(frames_of(old)))
    first = everything[len(old)].sample
    assert SampleFlag.KEY in first.flags
    assert SampleFlag.DISCONTINUITY in first.flags
    gaps = (await recorder.ask_reader({"op": "gaps", "channel": 1, "start_us": 0, "end_us": now_us()}))["gaps"]
    assert ("restarted", old[-1].sample.wall_us + 1, first.wall_us) in [
        (gap["reason"], gap["start_us"], gap["end_us"]) for gap in gaps
    ]


def seal(recorder, password):
    return Sealer(recorder.instance).seal(password)


def count_refusals(cameras):
    """Count the logins that the cameras refuse from now on."""
    guard, refused = cameras.server.ward.guard, []
    check = guard.check

    def counted(*request):
        checked = check(*request)
        if checked.verdict is Verdict.REFUSED:
            refused.append(request)
        return checked

    guard.check = counted
    return lambda: len(refused)


async def test_a_refused_password_is_tried_twice_for_all_streams_and_then_waits_for_a_new_one(recorder, cameras):
    made = await cameras(auth="digest", user=USER, password=PASSWORD)
    recorder.disk()
    recorder.plan()
    await recorder.start("media")
    refused = count_refusals(made)
    control = await recorder.connect("media")
    wrong = seal(recorder, "wrong")
    plan = recorder.plan(channel(1, made.url(1), sub_url=made.url(1, "sub"), user=USER, password=wrong), revision=2)
    assert (await control.ask({"op": "plan", "plan": plan}, "planned"))["revision"] == 2
    watch = await recorder.watch()
    for name in ("main", "sub"):
        stream = await watch.stream(
            lambda one: one.state is StreamState.WRONG_PASSWORD and one.next_try_us is None, stream=name
        )
        assert stream.tries == 2
        assert "wrong" not in stream.reason.split()
    await asyncio.sleep(2)
    assert refused() == 2
    right = seal(recorder, PASSWORD)
    plan = recorder.plan(channel(1, made.url(1), sub_url=made.url(1, "sub"), user=USER, password=right), revision=3)
    await control.ask({"op": "plan", "plan": plan}, "planned")
    await watch.stream(playing)
    await watch.stream(lambda one: one.state is StreamState.PLAYING, stream="sub")
    assert refused() == 2


async def test_a_stall_is_told_recovered_and_recorded_as_a_hole(recorder, cameras):
    made = await cameras()
    recorder.disk()
    recorder.plan(channel(1, made.url(1, stall="2:100")))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    stalled = await watch.stream(lambda one: one.state is StreamState.STALLED, timeout_s=60)
    assert not stalled.recording
    await watch.stream(playing, timeout_s=60)
    await recorder.kill("media", signal.SIGTERM)
    recorded = await recorder.recorded(1)
    (first, last) = breaks(recorded)[0]
    gaps = (await recorder.ask_reader({"op": "gaps", "channel": 1, "start_us": 0, "end_us": now_us()}))["gaps"]
    assert ("camera_offline", first.wall_us + 1, last.wall_us) in [
        (gap["reason"], gap["start_us"], gap["end_us"]) for gap in gaps
    ]


async def test_a_camera_that_hangs_up_is_back_at_its_next_key_frame(recorder, cameras):
    made = await cameras()
    recorder.disk()
    recorder.plan(channel(1, made.url(1, drop="2")))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    await watch.stream(lambda one: one.state is StreamState.UNREACHABLE)
    await watch.stream(playing)
    await recorder.kill("media", signal.SIGTERM)
    recorded = await recorder.recorded(1)
    (before, after) = breaks(recorded)[0]
    assert after.wall_us - before.wall_us < (0.5 + 2 + 0.5) * SECOND_US, "first pause, one GOP of the camera, slack"
    assert SampleFlag.KEY in after.flags


async def test_a_change_of_resolution_or_a_jump_of_its_clock_loses_no_picture(recorder, cameras):
    made = await cameras()
    recorder.disk()
    recorder.plan(channel(1, made.url(1, resolution="2")), channel(2, made.url(1, jump="2")))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(playing)
    await watch.stream(lambda one: one.width not in {0, 320}, timeout_s=60)
    await watch.stream(lambda one: one.ring_bytes and one.recording, channel=2)
    await asyncio.sleep(2)
    await recorder.kill("media", signal.SIGTERM)
    for number in (1, 2):
        recorded = await recorder.recorded(number)
        found = frames_of(recorded)
        assert found == list(range(found[0], found[0] + len(found)))
        times = [one.sample.wall_us for one in recorded]
        assert all(0 < later - earlier < 200_000 for earlier, later in pairwise(times))
    assert len({one.epoch for one in await recorder.recorded(1)}) == 2


async def test_lost_packets_are_counted_and_damaged_pictures_flagged(recorder, cameras):
    made = await cameras(main_bits_per_s=4_000_000)
    recorder.disk()
    recorder.plan(channel(1, made.url(1, loss="0.05")))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    client = await recorder.connect("media")
    await client.ask({"op": "subscribe", "id": 1, "channel": 1}, "opened", "failed")
    await client.until(lambda got: isinstance(got, Arrived) and SampleFlag.DAMAGED in got.sample.flags)
    await watch.stream(lambda one: one.lost_packets > 0 and one.damaged_samples > 0)
    await recorder.kill("media", signal.SIGTERM)
    damaged = next(one.sample for one in client.samples if SampleFlag.DAMAGED in one.sample.flags)
    recorded = {one.sample.wall_us: one.sample.flags for one in await recorder.recorded(1)}
    assert SampleFlag.DAMAGED in recorded[damaged.wall_us]


async def test_whatever_is_wrong_with_an_address_is_told_within_ten_seconds(recorder, cameras):
    made = await cameras()
    wrong = {
        "rtsp://127.0.0.1:1/a": StreamState.UNREACHABLE,
        "rtsp://127.0.0.1:99999/a": StreamState.FAULTY,
        "no url at all": StreamState.UNREACHABLE,
        "rtsp://host.invalid/a": StreamState.UNREACHABLE,
        made.url(1).replace("/main", "/nothing"): StreamState.NOT_FOUND,
    }
    recorder.plan(*(channel(number, url) for number, url in enumerate(wrong, 1)))
    await recorder.start("media")
    watch = await recorder.watch()
    for number, state in enumerate(wrong.values(), 1):
        told = await watch.stream(lambda one: one.state is not StreamState.CONNECTING, channel=number)
        assert told.state is state
        assert told.reason


async def test_a_damaged_plan_on_disk_is_told_and_the_next_one_followed(recorder, cameras):
    made = await cameras()
    recorder.disk()
    (recorder.instance.state / "plan.json").write_bytes(b"{")
    await recorder.start("media")
    watch = await recorder.watch()
    assert (await watch.status()).plan_revision == 0
    control = await recorder.connect("media")
    plan = {"revision": 5, "channels": [{"number": 1, "name": "a", "streams": [{"stream": "main", "url": "x:"}]}]}
    assert (await control.ask({"op": "plan", "plan": plan}, "planned"))["revision"] == 5
    assert (await control.ask({"op": "plan", "plan": {"revision": "x"}}, "planned"))["code"] == "DamagedPlan"
    url = made.url(1)
    await control.ask({"op": "plan", "plan": recorder.plan(channel(1, url), revision=6)}, "planned")
    await watch.stream(playing)
    assert (await control.ask({"op": "hello"}, "hello"))["plan_revision"] == 6


async def test_a_stream_that_leaves_the_plan_ends_for_those_who_watch_it(recorder, cameras):
    made = await cameras(cameras=2)
    recorder.disk()
    recorder.plan(channel(1, made.url(1)), channel(2, made.url(2)))
    await recorder.start("media")
    client = await recorder.connect("media")
    client.send({"op": "subscribe", "id": 1, "channel": 1})
    client.send({"op": "subscribe", "id": 2, "channel": 2})
    await client.until(lambda _got: {one.id for one in client.samples} == {1, 2})
    before = len([one for one in client.samples if one.id == 2])
    client.send({"op": "plan", "plan": recorder.plan(channel(2, made.url(2)), revision=2)})
    await client.until(lambda got: isinstance(got, dict) and got["op"] == "ended" and got["id"] == 1)
    await client.until(lambda _got: len([one for one in client.samples if one.id == 2]) > before + 10)
    kept = [one.sample for one in client.samples if one.id == 2]
    assert not any(SampleFlag.DISCONTINUITY in one.flags for one in kept[1:]), "the other stream goes on untouched"


async def test_a_mark_records_from_before_its_event_and_is_acknowledged_when_durable(recorder, cameras):
    made = await cameras()
    recorder.disk()
    due = Due(now_us() - DAY_US, now_us() + DAY_US, RecordType.MOTION, pre_s=2)
    recorder.plan(channel(1, made.url(1), record=(due,)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    await watch.stream(lambda one: one.state is StreamState.PLAYING)
    await asyncio.sleep(5)
    control = await recorder.connect("media")
    event = now_us()
    mark = {"op": "mark", "id": "m1", "streams": [{"channel": 1, "stream": "main"}], "event_us": event, "pre_s": 2}
    mark |= {"until_us": event + 2 * SECOND_US, "type": "motion"}
    for _ in range(3):
        assert (await control.ask(mark, "marked"))["op"] == "marked"
    await watch.stream(lambda one: one.recording)
    await watch.stream(lambda one: not one.recording)
    await recorder.kill("media", signal.SIGTERM)
    times = [one.sample.wall_us for one in await recorder.recorded(1)]
    assert event - 4.5 * SECOND_US <= times[0] <= event - 2 * SECOND_US
    assert event + 2 * SECOND_US - 50_000 <= times[-1] <= event + 4.5 * SECOND_US
    assert all(0 < later - earlier < 100_000 for earlier, later in pairwise(times)), "once each"
    spans = (await recorder.ask_reader({"op": "spans", "channel": 1, "start_us": 0, "end_us": now_us()}))["spans"]
    assert "motion" in {span["type"] for span in spans}


@pytest.mark.covers("V-REC-07")
async def test_key_frames_are_recorded_until_a_mark_wants_everything(recorder, cameras):
    made = await cameras()
    recorder.disk()
    due = Due(now_us() - DAY_US, now_us() + DAY_US, RecordType.MOTION, pre_s=1, keys_between=True)
    recorder.plan(channel(1, made.url(1), record=(due,)))
    await recorder.start("media", "reader")
    watch = await recorder.watch()
    began = now_us()
    await watch.stream(lambda one: one.state is StreamState.PLAYING and one.recording)
    await watch.status(lambda one: one.time_us > began + 12 * SECOND_US, timeout_s=60)
    control = await recorder.connect("media")
    event = now_us()
    mark = {"op": "mark", "id": "m1", "streams": [{"channel": 1, "stream": "main"}], "event_us": event, "pre_s": 1}
    assert (await control.ask(mark | {"until_us": event + 2 * SECOND_US, "type": "motion"}, "marked"))["op"] == "marked"
    await watch.status(lambda one: one.time_us > event + 12 * SECOND_US, timeout_s=60)
    await recorder.kill("media", signal.SIGTERM)
    samples = [one.sample for one in await recorder.recorded(1)]
    times = [one.wall_us for one in samples]
    assert times == sorted(set(times)), "once each, in order"
    full = [at for at in times if event - SECOND_US <= at < event + 2 * SECOND_US]
    assert len(full) > 60
    assert all(later - earlier < 100_000 for earlier, later in pairwise(full))
    rest = [one for one in samples if not event - 4 * SECOND_US < one.wall_us < event + 5 * SECOND_US]
    assert len(rest) >= 6
    assert all(SampleFlag.KEY in one.flags for one in rest)
    spans = (await recorder.ask_reader({"op": "spans", "channel": 1, "start_us": 0, "end_us": now_us()}))["spans"]
    # Around what the mark wants, all is kept from key to key: nothing more where it begins or ends at one.
    frames = [one["frames"] for one in spans if one["type"] == "general"]
    assert [kind for kind, _spans in groupby(frames)] == ["keys", "all", "keys"]
    gaps = (await recorder.ask_reader({"op": "gaps", "channel": 1, "start_us": began, "end_us": event + SECOND_US}))[
        "gaps"
    ]
    assert [one for one in gaps if one["start_us"] > times[0]] == []


async def test_a_disk_that_is_not_there_is_told_and_nothing_crashes(recorder, cameras):
    made = await cameras()
    recorder.plan(channel(1, made.url(1)))
    (recorder.instance.disks / "disk1").mkdir(parents=True)
    await recorder.start("media")
    watch = await recorder.watch()
    status = await watch.status(lambda one: one.streams and one.streams[0].state is StreamState.PLAYING)
    assert [disk.state for disk in status.disks] != ["writable"]


NONSENSE = (
    b"\xff" * 64,
    b"\0\0\0\0\0",
    b"\0\0\0\x05\1abcd",
    b"\0\0\0\x02\0{",
    b"\0\0\0\x03\0[]",
    wire.encode({"op": 7}),
)


async def test_clients_that_send_nonsense_are_hung_up_on_and_no_other(recorder):
    recorder.plan()
    await recorder.start("media")
    watch = await recorder.watch()
    for data in NONSENSE:
        client = await recorder.connect("media")
        client.send_bytes(data)
        assert await client.hung_up(), data
    await watch.status()
    await watch.status()


MARK = {"op": "mark", "id": "a", "streams": [], "event_us": 9, "pre_s": 0, "until_us": None, "type": "motion"}
SENSELESS = (
    {"op": "nothing"},
    {"op": "subscribe"},
    {"op": "subscribe", "id": -1, "channel": 1},
    {"op": "subscribe", "id": 1 << 40, "channel": 1},
    {"op": "subscribe", "id": 1, "channel": "1"},
    {"op": "subscribe", "id": 1, "channel": 1, "mode": "sideways"},
    {"op": "subscribe", "id": 1, "channel": 1, "from_us": 5},
    {"op": "subscribe", "id": 1, "channel": 99},
    {"op": "subscribe", "id": 1, "channel": 1, "grant": "x.y"},
    {"op": "plan"},
    {"op": "plan", "plan": {"channels": [{}]}},
    MARK | {"id": ""},
    MARK | {"until_us": 1},
    MARK | {"pre_s": 9999},
    MARK | {"event_us": 1 << 70},
)


async def test_requests_that_make_no_sense_are_refused_in_words(recorder):
    recorder.plan(channel(1, "rtsp://127.0.0.1:1/none"))
    await recorder.start("media")
    client = await recorder.connect("media")
    for message in SENSELESS:
        answer = await client.ask(message, "opened", "planned", "marked")
        assert answer["op"] == "failed", message
        assert answer["words"]
    assert (await client.ask({"op": "hello"}, "hello"))["op"] == "hello"


async def test_live_pictures_under_a_grant_are_those_of_the_grant(recorder, cameras):
    made = await cameras(cameras=2)
    recorder.plan(channel(1, made.url(1)), channel(2, made.url(2)))
    key = private_key(recorder.instance)
    await recorder.start("media")
    client = await recorder.connect("media")
    grant = Grant(
        (1,), (StreamName.MAIN,), audio=False, start_us=None, end_us=None, live=True, expires_us=now_us() + DAY_US
    )
    asked = {"op": "subscribe", "id": 1, "channel": 1, "grant": mint(grant, key)}
    assert (await client.ask(asked, "opened"))["op"] == "opened"
    assert (await client.ask(asked | {"channel": 2}, "opened"))["code"] == "BadGrant"
    assert (await client.ask(asked | {"audio": True}, "opened"))["code"] == "BadGrant"
    old = mint(replace(grant, expires_us=now_us() - 1), key)
    assert (await client.ask(asked | {"grant": old}, "opened"))["code"] == "BadGrant"
