"""All broken cameras of the corpus at once, beside a good one; and sixty-four cameras that reboot together."""

import asyncio
import contextlib
import math
import signal
from pathlib import Path

import pytest

from recorder.client.status import StreamState
from recorder.client.stream import SampleFlag
from recorder.media.backoff import FIRST_S
from recorder.sealing import Sealer
from tests.corpus.player import CASES, BrokenCamera
from tests.recorder.running import channel

pytestmark = [pytest.mark.long, pytest.mark.anyio]

GROWTH = 96 << 20
"""Rings that fill up, and what an allocator keeps, between the second and the later rounds."""
STORM = 64
LEAST_SHARE = 0.6
"""Of its longest, a pause may be so short (`Backoff`)."""


def resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


async def test_broken_cameras_cost_a_good_one_no_picture_and_media_no_memory(recorder, cameras):
    made = await cameras(cameras=1)
    recorder.disk(size_mb=512)
    async with contextlib.AsyncExitStack() as stack:
        broken = [await stack.enter_async_context(BrokenCamera(case)) for case in CASES]
        # Broken ones are not recorded: what is looked at is the way up to there.
        sealed = Sealer(recorder.instance).seal("p")
        rest = (channel(number, one.url, user="u", password=sealed, record=()) for number, one in enumerate(broken, 2))
        recorder.plan(channel(1, made.url(1)), *rest)
        await recorder.start("media", "reader")
        watch = await recorder.watch()
        await watch.stream(lambda one: one.state is StreamState.PLAYING and one.recording)
        pid = recorder.pid("media")

        def met(rounds):
            """Every camera was met, and all together so often that each could have been so many times."""
            knocks = [one.knocks for one in broken]
            return all(knocks) and sum(knocks) >= rounds * len(broken)

        await watch.status(lambda _: met(2), timeout_s=90)
        early = resident(pid)
        status = await watch.status(lambda _: met(4), timeout_s=120)
        assert resident(pid) - early < GROWTH
        by_case = {case.name: one for case, one in zip(CASES, status.streams[1:], strict=True)}
        assert by_case["20-headers-that-lie"].malformed >= 5
        assert by_case["20-fragments-cut-off"].damaged_samples >= 1
        assert by_case["25-wrong-password"].state is StreamState.WRONG_PASSWORD
        assert status.streams[0].state is StreamState.PLAYING
        assert status.streams[0].lost_packets == 0
        found = [one.sample for one in await recorder.recorded(1)]
    # One span: the good camera never broke off, however busy the others kept us.
    assert [bool(one.flags & SampleFlag.DISCONTINUITY) for one in found].count(True) == 1


async def test_sixty_four_cameras_that_reboot_together_are_met_without_a_storm(recorder, cameras):
    knocks = 0

    async def boot(_reader, writer):
        nonlocal knocks
        knocks += 1
        writer.close()

    loop = asyncio.get_running_loop()
    booting = await asyncio.start_server(boot, "127.0.0.1", 0)
    port = booting.sockets[0].getsockname()[1]
    try:
        began = loop.time()
        recorder.disk()
        urls = {number: f"rtsp://127.0.0.1:{port}/cam{number}/sub" for number in range(1, STORM + 1)}
        recorder.plan(*(channel(number, url, record=()) for number, url in urls.items()))
        await recorder.start("media")
        watch = await recorder.watch()
        await watch.status(lambda status: all(one.tries >= 3 for one in status.streams), timeout_s=60)
        passed_s = loop.time() - began
    finally:
        booting.close()
    # Pauses double: the sum of n of them is known, and so is how many fit into the time that passed.
    most = 2 + math.log2(passed_s / (LEAST_SHARE * FIRST_S) + 1)
    assert 3 * STORM <= knocks <= STORM * most
    await cameras(cameras=STORM, port=port)
    await watch.status(lambda status: all(one.state is StreamState.PLAYING for one in status.streams), timeout_s=90)


async def test_a_stream_whose_key_frames_never_come_is_recorded_on_from_block_to_block(recorder):
    case = next(one for one in CASES if one.name == "22-endless-gop")
    recorder.disk(size_mb=128)
    async with BrokenCamera(case) as camera:
        recorder.plan(channel(1, camera.url))
        await recorder.start("media", "reader")
        watch = await recorder.watch()
        await watch.status(lambda status: status.streams and status.streams[0].tries, timeout_s=60)
    await recorder.kill("media", signal.SIGTERM)
    found = [one.sample for one in await recorder.recorded(1)]
    first = found[: next((at for at, one in enumerate(found[1:], 1) if one.flags & SampleFlag.KEY), len(found))]
    assert len(first) == case.expect["samples"]
    # Forty megabytes in blocks of four: no block but the first has a key frame.
    assert sum(len(one.data) for one in first) > 9 * (4 << 20)
