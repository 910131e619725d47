"""A session with a camera by script: when it is read calmly, what it says while it waits, when it tries again."""

import asyncio

import pytest

from recorder.client.clock import ManualClock
from recorder.client.status import StreamState
from recorder.client.stream import StreamKey, StreamName
from recorder.media import backoff as backoff_module
from recorder.media import session as session_module
from recorder.media.account import Accounts
from recorder.media.backoff import Pacer
from recorder.media.certificates import Certificates
from recorder.media.feed import Feed
from recorder.media.plan import StreamPlan
from recorder.media.session import Session, Surroundings
from recorder.rtsp import playing as playing_module
from recorder.rtsp.intake import Intake
from tests.recorder.rtsp.camera import SDP, SLICE, Camera, reply, until

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


@pytest.fixture
def around(tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    return Surroundings(ManualClock(), Accounts(), Pacer(), Intake(pause_s=0.001), certificates, lambda: None)


async def test_who_waits_for_a_key_frame_says_so_and_keeps_the_connection(monkeypatch, around):
    monkeypatch.setattr(playing_module, "TICK_S", 0.01)
    async with Camera() as camera:
        session = Session(Feed(StreamKey(1), around.clock), StreamPlan(StreamName.MAIN, camera.url), "", around)
        session.start()
        await camera.playing.wait()
        await until(lambda: camera.reports)
        for second in range(20):
            camera.frame(SLICE, 90_000 * second)
            await until(lambda second=second: session.status().packets == second + 1)
            await asyncio.sleep(0.03)
            around.clock.advance(1)
            session.tick()
        status = session.status()
        assert (status.state, status.next_try_us) == (StreamState.STALLED, None)
        assert "no key frame" in status.reason
        camera.gop(90_000 * 20)
        await until(lambda: session.status().state is StreamState.PLAYING)
        session.tick()
        assert session.status().state is StreamState.PLAYING
        assert (session.status().reason, camera.connections) == ("", 1)
        await session.stop()


async def test_a_camera_that_lets_nobody_in_is_tried_again_for_no_password_was_refused(monkeypatch, around):
    monkeypatch.setattr(backoff_module, "FIRST_S", 0.01)
    monkeypatch.setattr(backoff_module, "LONGEST_S", 0.01)
    barred = [reply("403 Forbidden")] * 4
    async with Camera(DESCRIBE=[*barred, reply("200 OK", body=SDP)]) as camera:
        plan = StreamPlan(StreamName.MAIN, camera.url, user="u")
        session = Session(Feed(StreamKey(1), around.clock), plan, "p", around)
        session.start()
        await until(lambda: camera.connections >= 2)
        assert session.status().state is StreamState.WRONG_PASSWORD
        assert "before any login" in session.status().reason
        await camera.playing.wait()
        camera.gop()
        await until(lambda: session.status().state is StreamState.PLAYING)
        assert camera.connections == 5
        await session.stop()
