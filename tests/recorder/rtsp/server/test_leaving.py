"""A receiver by UDP that leaves takes its session with it, however it leaves."""

import asyncio
import contextlib
import socket

import pytest

from recorder.rtsp.guard import Checked, Verdict
from recorder.rtsp.message import Headers, MessageReader, Request
from recorder.rtsp.server.server import RtspServer
from recorder.rtsp.server.session import State
from tests.recorder.rtsp.server.fakes import URL, Library, unit

pytestmark = pytest.mark.anyio


class SlowGuard:
    """Lets everybody in, once `open` is set: whom it asks answers late."""

    def __init__(self):
        self.open = asyncio.Event()
        self.open.set()
        self.asked = []

    def challenges(self, *, stale=False):
        return []

    async def admit(self, authorization, method, url, source):
        self.asked.append(method)
        await self.open.wait()
        return Checked(Verdict.ACCEPTED)


class Receiver:
    """A player by UDP with its two sockets and its connection."""

    def __init__(self, port):
        self.port = port

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.messages, self.numbers = MessageReader(), 0
        while True:
            self.rtp, self.rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
            self.rtp.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                self.rtcp.bind(("127.0.0.1", self.rtp.getsockname()[1] + 1))
                break
        return self

    async def __aexit__(self, *_how):
        self.stop_listening()
        self.writer.close()

    def stop_listening(self):
        self.rtp.close()
        self.rtcp.close()

    def send(self, method, url=URL, **headers):
        self.numbers += 1
        named = [("CSeq", str(self.numbers)), *headers.items()]
        self.writer.write(bytes(Request(method, url, Headers(named))))

    async def ask(self, *asked, **headers):
        self.send(*asked, **headers)
        while True:
            if found := self.messages.feed(await self.reader.read(4096)):
                return found[0]

    async def play(self):
        port = self.rtp.getsockname()[1]
        transport = f"RTP/AVP;unicast;client_port={port}-{port + 1}"
        answer = await self.ask("SETUP", f"{URL}/trackID=0", Transport=transport)
        session = answer.headers.get("Session").partition(";")[0]
        assert (await self.ask("PLAY", Session=session)).status == 200
        return session


async def until(look):
    async with asyncio.timeout(30):
        while not look():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)


async def turns(count):
    """Let the loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
async def server():
    async with RtspServer(Library(), guard=SlowGuard()) as one:
        yield one


@pytest.mark.parametrize("before", [0, 1])
async def test_a_session_is_over_though_its_player_hung_up_before_the_end_was_answered(server, before):
    guard = server.ward.guard
    async with Receiver(server.port) as player:
        session = server.ward.sessions[await player.play()]
        guard.open.clear()
        for _ in range(before):
            player.send("GET_PARAMETER", Session=session.id)
        player.send("TEARDOWN", Session=session.id)
        await player.writer.drain()
        await until(lambda: len(guard.asked) > 2)
    await until(lambda: not server.connections)
    guard.open.set()
    await until(lambda: session.state is State.OVER)
    assert not server.ward.sessions


async def test_nothing_is_set_up_for_a_player_that_hung_up(server):
    guard = server.ward.guard
    guard.open.clear()
    async with Receiver(server.port) as player:
        for port in (40000, 40002):
            transport = f"RTP/AVP;unicast;client_port={port}-{port + 1}"
            player.send("SETUP", f"{URL}/trackID=0", Transport=transport)
        await player.writer.drain()
        await until(lambda: guard.asked)
    await until(lambda: not server.connections)
    guard.open.set()
    await turns(20)
    assert not server.ward.sessions
    assert guard.asked == ["SETUP"]


async def test_a_player_by_udp_that_fell_over_is_sent_nothing_for_long(server):
    async with Receiver(server.port) as player:
        session = server.ward.sessions[await player.play()]
        player.stop_listening()
    (sink,) = server.ward.library.source.sinks
    for number in range(1000):
        sink.put(unit(number, key=not number))
        # What its machine says comes in between.
        await turns(2)
        if session.state is State.OVER:
            break
    assert session.state is State.OVER
    assert not server.ward.sessions


async def test_a_player_that_leaves_its_report_port_closed_is_sent_pictures_all_the_same(server):
    async with Receiver(server.port) as player:
        session = server.ward.sessions[await player.play()]
        player.rtcp.close()
        (sink,) = server.ward.library.source.sinks
        for number in range(200):
            sink.put(unit(number, key=not number))
            session.senders[0].outlet.send_rtcp(bytes(8))
            await turns(2)
        assert session.state is State.PLAYING
