"""A player that keeps every packet: RTSP inside one connection, read with nothing but the RFCs' layouts."""

import asyncio
import contextlib
import struct
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from recorder.simulate.stamp import read_stamp


@dataclass(frozen=True)
class Arrived:
    """One packet: when it came (the loop's clock), and its parts."""

    at: float
    channel: int
    data: bytes

    @property
    def sequence(self):
        return struct.unpack_from(">H", self.data, 2)[0]

    @property
    def timestamp(self):
        return struct.unpack_from(">I", self.data, 4)[0]

    @property
    def marker(self):
        return bool(self.data[1] & 0x80)

    @property
    def stamp(self):
        return read_stamp(self.data)


@dataclass
class RawPlayer:
    """Plays one URL; everything that arrives is in `packets`."""

    url: str
    tracks: int = 1
    packets: list[Arrived] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    closed: bool = False

    async def __aenter__(self):
        parts = urlsplit(self.url)
        self.reader, self.writer = await asyncio.open_connection(parts.hostname, parts.port)
        self.number = 0
        self.session = ""
        try:
            await self.play()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def play(self):
        await self.ask("DESCRIBE", self.url)
        for track in range(self.tracks):
            transport = f"Transport: RTP/AVP/TCP;unicast;interleaved={2 * track}-{2 * track + 1}"
            answer = await self.ask("SETUP", f"{self.url}/trackID={track}", transport)
            self.session = answer.split("Session: ")[1].split(";")[0]
        await self.ask("PLAY", self.url)

    async def __aexit__(self, *_):
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def ask(self, method, url, *headers):
        self.number += 1
        session = (f"Session: {self.session}",) if self.session else ()
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self.number}", *session, *headers, "", ""]
        self.writer.write("\r\n".join(lines).encode())
        while not self.answers or f"CSeq: {self.number}\r\n" not in self.answers[-1]:
            await self.receive()
        assert self.answers[-1].startswith("RTSP/1.0 200"), self.answers[-1]
        return self.answers[-1]

    async def receive(self):
        """Take one packet or one answer; raises at the end of the connection."""
        first = await self.reader.readexactly(1)
        if first == b"$":
            channel, length = struct.unpack(">BH", await self.reader.readexactly(3))
            data = await self.reader.readexactly(length)
            self.packets.append(Arrived(asyncio.get_running_loop().time(), channel, data))
            return
        head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("Content-Length:")), 0)
        self.answers.append(head + (await self.reader.readexactly(length)).decode())

    async def until(self, done, timeout_s=60):
        """Receive until `done()`, or until the other side hangs up."""
        async with asyncio.timeout(timeout_s):
            while not done():
                try:
                    await self.receive()
                except (asyncio.IncompleteReadError, ConnectionError):
                    self.closed = True
                    return

    @property
    def video(self):
        return [one for one in self.packets if one.channel == 0]

    @property
    def stamps(self):
        return [stamp for one in self.video if (stamp := one.stamp)]
