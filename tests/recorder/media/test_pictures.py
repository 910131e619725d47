"""Pictures come over media's socket, within bounds, and back out of the reader as they were."""

import asyncio
import base64
import time

import pytest

from recorder.client.recording import RecordType
from recorder.client.status import StreamState
from recorder.media.pictures import MOST_BYTES
from recorder.media.plan import Due
from tests.recorder.running import DAY_US, channel, now_us

pytestmark = pytest.mark.anyio

SECOND_US = 1_000_000
PATIENCE_S = 20.0


def jpeg(number, size=3000):
    return b"\xff\xd8" + bytes([number]) * size + b"\xff\xd9"


def brought(number, at_us, **more):
    return {"op": "picture", "id": 1, "channel": 3, "at_us": at_us, "jpeg": jpeg(number)} | more


async def pictures(recorder, start=0, end=1 << 60):
    found = await recorder.ask_reader({"op": "pictures", "channel": 3, "start_us": start, "end_us": end})
    return [one["at_us"] for one in found["pictures"]]


async def newest_is(recorder, at_us):
    """Wait for it: the reader looks at the end of an open block twice a second."""
    over = time.monotonic() + PATIENCE_S
    while (await pictures(recorder))[-1] != at_us:
        assert time.monotonic() < over, await pictures(recorder)
        await asyncio.sleep(0.05)


async def picture(recorder, at_us):
    found = await recorder.ask_reader({"op": "picture", "channel": 3, "at_us": at_us})
    return found["at_us"], base64.b64decode(found["jpeg"])


async def test_pictures_are_recorded_found_by_time_and_survive_a_restart(recorder):
    recorder.disk()
    recorder.plan()
    await recorder.start("media", "reader")
    media = await recorder.connect("media")
    at = now_us() - 7200 * SECOND_US
    moments = [at + n * 60 * SECOND_US for n in range(20)]
    for number, moment in enumerate(moments):
        assert (await media.ask(brought(number, moment), "pictured"))["op"] == "pictured"
    earlier = at - 3600 * SECOND_US
    await media.ask(brought(99, earlier), "pictured")
    await media.ask(brought(20, moments[-1] + SECOND_US), "pictured")
    await recorder.kill("media", 15)
    assert await pictures(recorder) == [earlier, *moments, moments[-1] + SECOND_US]
    assert await pictures(recorder, moments[3], moments[5]) == moments[3:5]
    assert await picture(recorder, moments[4] + 30 * SECOND_US) == (moments[4], jpeg(4))
    assert await picture(recorder, earlier) == (earlier, jpeg(99))
    assert await picture(recorder, moments[-1] + 9 * SECOND_US) == (moments[-1] + SECOND_US, jpeg(20))
    nothing = await recorder.ask_reader({"op": "picture", "channel": 3, "at_us": earlier - 1})
    assert nothing["op"] == "failed"
    await recorder.start("media")
    media = await recorder.connect("media")
    late = now_us()
    await media.ask(brought(1, late), "pictured")
    await recorder.kill("media", 15)
    await newest_is(recorder, late)
    gaps = await recorder.ask_reader(
        {"op": "gaps", "channel": 3, "stream": "picture", "start_us": 0, "end_us": 1 << 60}
    )
    assert gaps["gaps"] == []


async def test_what_is_no_picture_or_too_large_is_refused(recorder):
    recorder.disk()
    recorder.plan()
    await recorder.start("media", "reader")
    media = await recorder.connect("media")
    at = now_us()
    for wrong in (
        {"jpeg": b"GIF89a"},
        {"jpeg": b""},
        {"jpeg": jpeg(1)[:-1]},
        {"jpeg": jpeg(1, MOST_BYTES)},
        {"channel": 0},
        {"channel": 1 << 20},
        {"at_us": at + 3600 * SECOND_US},
        {"at_us": -1},
        {"jpeg": 7},
    ):
        refused = await media.ask(brought(1, at) | wrong, "pictured")
        assert refused["op"] == "failed", wrong
    assert (await media.ask(brought(1, at), "pictured"))["op"] == "pictured"


async def test_who_watches_hears_of_every_mark_once(recorder, cameras):
    made = await cameras()
    recorder.disk()
    due = Due(now_us() - DAY_US, now_us() + DAY_US, RecordType.MOTION)
    recorder.plan(channel(1, made.url(1), record=(due,)))
    await recorder.start("media")
    watch = await recorder.watch()
    await watch.stream(lambda one: one.state is StreamState.PLAYING)
    control = await recorder.connect("media")
    mark = {"op": "mark", "id": "m1", "streams": [{"channel": 1, "stream": "main"}], "event_us": now_us(), "pre_s": 1}
    for _again in range(2):
        await control.ask(mark | {"until_us": None, "type": "motion"}, "marked")
    await control.ask(mark | {"id": "m2", "until_us": None, "type": "motion"}, "marked")
    await watch.client.until(lambda one: isinstance(one, dict) and one["op"] == "event" and one["mark"] == "m2")
    heard = [one for one in watch.client.messages if one["op"] == "event"]
    assert [(one["mark"], one["channels"]) for one in heard] == [("m1", [1]), ("m2", [1])]
