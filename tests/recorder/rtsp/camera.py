"""A camera by script: says over a real socket, byte by byte, what a test wants a camera to say."""

import asyncio
import base64
import contextlib
import itertools
import socket

from recorder.client.clock import ManualClock
from recorder.rtsp import rtcp
from recorder.rtsp.client import RtspSource
from recorder.rtsp.message import Interleaved, MessageReader, Request, Response

SPS, PPS = bytes.fromhex("6742c015d90141fb016a0c0c0d4a000003000200000300651e2c5c90"), bytes.fromhex("68cb8cb2")
IDR, SLICE = b"\x65\x88" + bytes(range(100)), b"\x41\x9a" + bytes(range(50))
SETS = ",".join(base64.b64encode(one).decode() for one in (SPS, PPS))
SDP = f"""v=0
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;sprop-parameter-sets={SETS}
a=control:track1
"""
AUDIO = """m=audio 0 RTP/AVP 8
a=control:track2
"""
PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"


def reply(status="200 OK", *lines, body=""):
    """An answer as cameras write it; `{cseq}` is filled in when it is sent."""
    head = [f"RTSP/1.0 {status}", "CSeq: {cseq}", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", body])


def sender_report(ssrc, utc_us, timestamp):
    return rtcp.build(rtcp.SenderReport(ssrc, rtcp.ntp_from_us(utc_us), timestamp))


class Camera:
    """Answers each request by `replies[METHOD]`: a text, a list of texts one after the other, or a function of it.

    After PLAY it sends nothing by itself; `frame`, `send` and `datagram` do.
    """

    def __init__(self, sdp=SDP, **replies):
        self.requests: list[Request] = []
        self.answers: list[Response] = []
        self.reports: list[Interleaved] = []
        self.connections = 0
        self.writer: asyncio.StreamWriter | None = None
        self.writers: list[asyncio.StreamWriter] = []
        self.playing = asyncio.Event()
        self.port = 0
        self.client_port = 0
        self.replies = {
            "OPTIONS": reply("200 OK", f"Public: {PUBLIC}"),
            "DESCRIBE": reply("200 OK", "Content-Type: application/sdp", body=sdp),
            "SETUP": self.set_up,
            "PLAY": reply("200 OK", "Session: 12345678"),
            "GET_PARAMETER": reply(),
            "TEARDOWN": reply(),
        } | replies
        self._sequences = {}

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for writer in self.writers:
            writer.close()

    @property
    def url(self):
        return f"rtsp://127.0.0.1:{self.port}/stream"

    def methods(self):
        return [one.method for one in self.requests]

    def asked(self, method):
        return [one for one in self.requests if one.method == method]

    async def serve(self, reader, writer):
        self.connections += 1
        self.writer = writer
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await self.converse(reader)

    async def converse(self, reader):
        messages = MessageReader()
        while data := await reader.read(65536):
            for one in messages.feed(data):
                if isinstance(one, Interleaved):
                    self.reports.append(one)
                    continue
                if isinstance(one, Response):
                    self.answers.append(one)
                    continue
                self.requests.append(one)
                if text := self.answer(one):
                    self.send(text.replace("{cseq}", str(one.cseq)).encode())
                if one.method == "PLAY":
                    self.playing.set()

    def answer(self, request):
        chosen = self.replies.get(request.method, reply("501 Not Implemented"))
        if isinstance(chosen, list):
            chosen = chosen.pop(0) if len(chosen) > 1 else chosen[0]
        return chosen(request) if callable(chosen) else chosen

    def set_up(self, request):
        transport = request.headers.get("Transport")
        if "client_port" in transport:
            self.client_port = int(transport.partition("client_port=")[2].partition("-")[0])
            transport += ";server_port=0-0"
        return reply("200 OK", f"Transport: {transport}", "Session: 12345678;timeout=60")

    def send(self, data):
        self.writer.write(data)

    def packet(self, payload, timestamp, *, marker=True, kind=96, ssrc=5):
        sequence = next(self._sequences.setdefault(ssrc, itertools.count(65_530))) & 0xFFFF
        second = kind | marker << 7
        head = bytes((0x80, second)) + sequence.to_bytes(2) + (timestamp & 0xFFFFFFFF).to_bytes(4)
        return head + ssrc.to_bytes(4) + payload

    def frame(self, payload, timestamp, *, channel=0, **options):
        """Send one packet inside the connection."""
        self.send(bytes(Interleaved(channel, self.packet(payload, timestamp, **options))))

    def gop(self, timestamp=0, pictures=3):
        """Send a key frame and some after it."""
        self.frame(IDR, timestamp)
        for number in range(1, pictures):
            self.frame(SLICE, timestamp + 3600 * number)

    def datagram(self, payload, timestamp, source="127.0.0.1", **options):
        """Send one packet over UDP."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((source, 0))
            sender.sendto(self.packet(payload, timestamp, **options), ("127.0.0.1", self.client_port))


class Recorder:
    """A sink that keeps everything; `wait` waits for so many video samples."""

    def __init__(self):
        self.epochs = []
        self.units = []
        self.log = []
        self._news = asyncio.Event()

    def epoch(self, epoch):
        self.epochs.append(epoch)
        self.log.append(epoch.number)

    def samples(self, units):
        self.units += units
        self.log += [flags for _track, _pts_us, flags, _data in units]
        self._news.set()

    def of(self, track):
        return [one for one in self.units if one[0] == track]

    async def wait(self, count, track=0):
        async with asyncio.timeout(60):
            while len(self.of(track)) < count:
                self._news.clear()
                await self._news.wait()


async def until(condition):
    """Wait for what a real socket brings about."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


class Run:
    """A source that pulls a scripted camera."""

    def __init__(self, url, user="", password="", **options):
        self.clock = options.pop("clock", None) or ManualClock()
        self.sink = Recorder()
        options.setdefault("stall_after_s", 3600)
        self.source = RtspSource(url, user, password, sink=self.sink, clock=self.clock, **options)

    async def __aenter__(self):
        self.task = asyncio.create_task(self.source.run())
        return self

    async def __aexit__(self, *_):
        await self.source.close()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await self.task

    async def playing(self, camera):
        """Wait until the source watches over its stream: it begins with a report."""
        await until(lambda: camera.reports)

    async def playing_by(self, transport):
        """Wait until what plays now came by this transport."""
        await until(lambda: (one := self.source._playing) and one.transport == transport and one._watching)

    async def failure(self):
        """Wait for the source to give up, and give its error."""
        async with asyncio.timeout(60):
            await asyncio.wait([self.task])
        return self.task.exception()


async def failure_of(url, *login, **options):
    async with Run(url, *login, **options) as run:
        return await run.failure()
