"""Streams as plans follow each other: one camera is asked by one connection at a time."""

import asyncio
from dataclasses import replace

import pytest

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.status import StreamState
from recorder.client.stream import StreamKey, StreamName
from recorder.media.account import Accounts
from recorder.media.backoff import Pacer
from recorder.media.certificates import Certificates
from recorder.media.plan import ChannelPlan, Plan, StreamPlan, Transport
from recorder.media.roster import Roster
from recorder.media.session import Surroundings
from recorder.rtsp.intake import Intake
from recorder.sealing import Sealer
from recorder.store import StorePolicy, StoreWriter
from tests.recorder.rtsp.camera import Camera, until
from tests.recorder.store.rig import BOOT

pytestmark = pytest.mark.anyio


@pytest.fixture
async def roster(tmp_path):
    clock = ManualClock()
    trusted = Certificates(tmp_path / "certificates")
    around = Surroundings(clock, Accounts(), Pacer(), Intake(pause_s=0.001), trusted, lambda: None)
    store = StoreWriter([], tmp_path / "index" / "index.db", clock, BOOT, StorePolicy(), threads=False)
    made = Roster(store, Sealer(Instance(tmp_path)), around, lambda _feed: None)
    yield made
    await made.stop()
    store.close()


async def test_plans_that_follow_each_other_quickly_leave_one_connection_that_brings_pictures(roster):
    # A camera that takes its time to say goodbye, as many do.
    async with Camera(TEARDOWN="") as camera:
        stream = StreamPlan(StreamName.MAIN, camera.url)
        plans = [
            Plan(number, channels=(ChannelPlan(1, "Door", (replace(stream, transport=transport),)),))
            for number, transport in enumerate((Transport.TCP, Transport.AUTO, Transport.TCP))
        ]
        roster.apply(plans[0], starting=False)
        await camera.playing.wait()
        camera.gop()
        feed = roster.feeds[StreamKey(1)]
        await until(lambda: feed.playing)
        camera.playing.clear()
        roster.apply(plans[1], starting=False)
        await asyncio.sleep(0)
        roster.apply(plans[2], starting=False)
        await camera.playing.wait()
        camera.gop(900_000)
        await until(lambda: roster.statuses()[0].state is StreamState.PLAYING)
        await asyncio.gather(*roster._ending)
        before = feed.meter.frames
        assert camera.connections == 2
        camera.gop(990_000)
        await until(lambda: feed.meter.frames > before)
