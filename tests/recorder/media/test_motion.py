"""Records of motion go over media's socket to the disk, one page a record, and the reader searches them."""

import asyncio
import base64

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.grid import WHOLE, cell, to_text
from recorder.client.motion import MOST_BYTES, MotionRecord, pack
from tests.recorder.running import now_us

pytestmark = pytest.mark.anyio
DOOR = cell(5, 7)


def brought(record, **more):
    return {"op": "motion", "id": 1, "channel": 3, "start_us": record.start_us, "record": pack(record)} | more


async def searched(recorder, start, end, region=WHOLE):
    found = await recorder.ask_reader(
        {"op": "motion", "channel": 3, "start_us": start, "end_us": end, "region": to_text(region)}
    )
    return [tuple(one) for one in found["moved"]], [tuple(one) for one in found["analysed"]]


@pytest.mark.covers("D-PLAY-13", "V-SRCH-03")
async def test_motion_is_recorded_searched_and_survives_restarts(recorder):
    recorder.disk()
    recorder.plan()
    await recorder.start("media", "reader")
    media = await recorder.connect("media")
    begin = now_us() // SECOND_US * SECOND_US - 1000 * SECOND_US
    first = MotionRecord(begin, 300, ((0, 300),), ((10, DOOR), (11, DOOR)))
    for seconds in (100, 200, 300):
        part = MotionRecord(begin, seconds, ((0, seconds),), first.moved)
        await media.ask(brought(part), "motion")
    growing = await media.ask({"op": "motion_growing", "id": 2, "channel": 3}, "motion_growing")
    assert (growing["start_us"], base64.b64decode(growing["record"])) == (begin, pack(first))
    later = begin + 400 * SECOND_US
    await media.ask(brought(MotionRecord(later, 20, ((0, 20),))), "motion")
    await recorder.kill("media", 15)
    moved, analysed = await searched(recorder, begin - SECOND_US, later + 900 * SECOND_US, DOOR)
    assert moved == [(begin + 10 * SECOND_US, begin + 12 * SECOND_US)]
    assert analysed == [(begin, begin + 300 * SECOND_US), (later, later + 20 * SECOND_US)]
    assert (await searched(recorder, begin, later, cell(0, 0)))[0] == []
    # From the middle of a record, and before anything was looked at.
    assert (await searched(recorder, begin + 11 * SECOND_US, later))[0] == [
        (begin + 11 * SECOND_US, begin + 12 * SECOND_US)
    ]
    assert await searched(recorder, begin - 99 * SECOND_US, begin) == ([], [])
    await recorder.start("media")
    media = await recorder.connect("media")
    whole = MotionRecord(later + 300 * SECOND_US, 10, ((0, 10),), ((3, DOOR),))
    await media.ask(brought(whole, whole=True), "motion")
    growing = await media.ask({"op": "motion_growing", "id": 2, "channel": 3}, "motion_growing")
    assert growing["start_us"] == 0
    await recorder.kill("media", 15)
    # The reader looks at what is new on a disk once a second.
    async with asyncio.timeout(60):
        while not (moved := (await searched(recorder, later, later + 900 * SECOND_US))[0]):  # noqa: ASYNC110 - a process tells no event
            await asyncio.sleep(0.1)
    assert moved == [(whole.start_us + 3 * SECOND_US, whole.start_us + 4 * SECOND_US)]
    gaps = await recorder.ask_reader({"op": "gaps", "channel": 3, "stream": "motion", "start_us": 0, "end_us": 1 << 60})
    assert gaps["gaps"] == []


async def test_what_is_no_record_of_motion_or_too_large_is_refused(recorder):
    recorder.disk()
    recorder.plan()
    await recorder.start("media", "reader")
    media = await recorder.connect("media")
    record = MotionRecord(now_us() // SECOND_US * SECOND_US, 1, ())
    for wrong in (
        {"record": b""},
        {"record": bytes(MOST_BYTES + 1)},
        {"channel": 0},
        {"channel": 1 << 20},
        {"start_us": now_us() + 3600 * SECOND_US},
        {"record": 7},
    ):
        assert (await media.ask(brought(record) | wrong, "motion"))["op"] == "failed", wrong
    for wrong in ({"region": "ff"}, {"end_us": 1 << 60}):
        question = {"op": "motion", "channel": 3, "start_us": 0, "end_us": 9, "region": to_text(WHOLE)}
        assert (await recorder.ask_reader(question | wrong))["op"] == "failed", wrong
