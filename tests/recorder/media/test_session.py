"""A session with a camera by script: when it is read calmly."""

import pytest

from recorder.client.clock import ManualClock
from recorder.client.status import StreamState
from recorder.client.stream import StreamKey, StreamName
from recorder.media import session as session_module
from recorder.media.account import Accounts
from recorder.media.backoff import Pacer
from recorder.media.certificates import Certificates
from recorder.media.feed import Feed
from recorder.media.plan import StreamPlan
from recorder.media.session import Session, Surroundings
from recorder.rtsp.intake import Intake
from tests.recorder.rtsp.camera import Camera, until

pytestmark = pytest.mark.anyio


class Watcher:
    def __init__(self):
        self.samples = []

    def take(self, sample, _epoch):
        self.samples.append(sample)


async def test_a_stream_is_read_calmly_while_nobody_watches_and_it_sends_little(monkeypatch, tmp_path):
    clock, intake, watcher = ManualClock(), Intake(pause_s=0.001), Watcher()
    feed = Feed(StreamKey(1), clock)
    around = Surroundings(clock, Accounts(), Pacer(), intake, Certificates(tmp_path / "certificates"), lambda: None)
    async with Camera() as camera:
        session = Session(feed, StreamPlan(StreamName.MAIN, camera.url), "", around)
        session.start()
        await camera.playing.wait()
        camera.gop()
        await until(lambda: session.status().state is StreamState.PLAYING)
        session.tick()
        # Its times are settling: it is read as often as can be.
        assert not intake._turn_of
        monkeypatch.setattr(session_module, "CALM_AFTER_US", 0)
        session.tick()
        assert intake._turn_of
        feed.watch(watcher)
        assert not intake._turn_of
        session.tick()
        assert not intake._turn_of
        camera.gop(timestamp=90_000)
        await until(lambda: len(watcher.samples) == 3)
        feed.leave(watcher)
        feed.leave(watcher)
        session.tick()
        assert intake._turn_of
        monkeypatch.setattr(session_module, "CALM_BITS_PER_S", -1)
        session.tick()
        assert not intake._turn_of
        await session.stop()
