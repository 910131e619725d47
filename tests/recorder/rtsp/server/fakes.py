"""A library with one source, a link without sockets, and how a dialogue is asked."""

import asyncio
import contextlib
import itertools

from recorder.client.clock import ManualClock
from recorder.client.stream import Codec, TrackKind, TrackParameters
from recorder.rtsp.message import Headers, Request
from recorder.rtsp.packetise.packets import Packets, lay_out
from recorder.rtsp.server.dialogue import Dialogue, Limits, Ward
from recorder.rtsp.server.source import MediaSource, NoSuchSource, OfferedTrack, Unit

SPS, PPS = bytes.fromhex("6742c015d90141fb016a0c0c0d4a000003000200000300651e2c5c90"), bytes.fromhex("68cb8cb2")
VIDEO = OfferedTrack(
    TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (SPS, PPS), 640, 360), payload_type=96, frames_per_s=25
)
AUDIO = OfferedTrack(TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8000, channels=1), payload_type=8)
URL = "rtsp://recorder/cam1/main"


def unit(time=0, *, key=False, track=0, wall_us=0, size=100, count=1):
    packets = lay_out(((bytes(size),) for _ in range(count)), 96)
    return Unit(track, time, wall_us, key, packets)


class Source(MediaSource):
    name = "test"

    def __init__(self, tracks=(VIDEO, AUDIO)):
        self.tracks = tracks
        self.sinks = []

    async def describe(self):
        return self.tracks

    def subscribe(self, sink, tracks):
        self.sinks.append(sink)
        self.wanted = tracks
        return contextlib.ExitStack()  # anything with close()


class Library:
    def __init__(self, source=None):
        self.source = source or Source()

    def find(self, request):
        if request.path != "cam1/main":
            raise NoSuchSource(path=request.path)
        return self.source


class Outlet:
    def __init__(self, channel=0):
        self.channel = channel
        self.rtp: list[Packets] = []
        self.rtcp: list[bytes] = []
        self.closed = False

    def send_rtp(self, packets, unsent):
        self.rtp.append(packets)

    def send_rtcp(self, report):
        self.rtcp.append(report)

    def close(self):
        self.closed = True


class Link:
    """The connection below a dialogue."""

    congested = False
    peer = "192.0.2.7"

    def __init__(self):
        self.outlets = []
        self.taken = set()
        self.aborted = False

    def abort(self):
        self.aborted = True

    def open_channels(self, session, wanted):
        channels = wanted or next((n, n + 1) for n in range(0, 256, 2) if n not in self.taken)
        if self.taken & set(channels):
            return None
        self.taken |= set(channels)
        self.outlets.append(Outlet(channels[0]))
        return self.outlets[-1], channels

    def open_ports(self, session, client):
        self.outlets.append(Outlet())
        return self.outlets[-1], (5000, 5001)


class Caller:
    """Asks a dialogue as a client would, without a socket."""

    def __init__(self, guard=None, *, limits=None, clock=None, source=None, ward=None):
        self.clock = clock or ManualClock()
        self.source = source or Source()
        self.ward = ward or Ward(Library(self.source), self.clock, guard, limits or Limits())
        self.link = Link()
        self.dialogue = Dialogue(self.ward, self.link)
        self.numbers = itertools.count(1)

    def ask(self, method, url=URL, body=b"", **headers):
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.send(Request(method, url, Headers([("CSeq", str(next(self.numbers))), *named]), body))

    def send(self, request):
        return asyncio.run(self.dialogue.answer(request))

    def setup(self, track=0, transport="RTP/AVP/TCP;unicast;interleaved=0-1", **headers):
        return self.ask("SETUP", f"{URL}/trackID={track}", Transport=transport, **headers)

    def playing(self):
        session = self.setup().headers.get("Session").partition(";")[0]
        assert self.ask("PLAY", Session=session).status == 200
        return self.ward.sessions[session]
