"""A camera that does what a file of the corpus says.

    rtp [ts=N|+N] [seq=N|+N] [ssrc=N] [pt=N] [m=0|1] [ch=N] [first=N] CONTENT   an RTP packet inside the connection
    frame ch=N length=N CONTENT                            a frame whose length may lie
    raw CONTENT                                            bytes
    times N LINE                                           the line N times
    pass SECONDS                                           time goes by
    drip SECONDS CONTENT                                   a byte, a pause, a byte
    hang-up

Sequence numbers count up by themselves, timestamps stay. CONTENT is words one behind the other: `key` and `slice` are
whole pictures, `hex:…`, `text:…` (with \\r, \\n, and \\_ for a space), `zeros:N`.
"""

import asyncio
import contextlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from tests.recorder.rtsp.camera import AUDIO, IDR, SDP, SLICE, Camera, reply

FOLDER = Path(__file__).parent
LAST = 4242
WORDS = {"key": IDR, "slice": SLICE}


@dataclass(frozen=True)
class Case:
    """One file."""

    name: str
    case: int
    wrong: str
    script: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    replies: dict[str, str | list[str]] = field(default_factory=dict)
    sdp: str = SDP
    expect: dict = field(default_factory=dict)


def load(path):
    found = tomllib.loads(path.read_text())
    if found.pop("sound", False):
        found["sdp"] = SDP + AUDIO
    return Case(path.stem, **found)


CASES = [load(path) for path in sorted(FOLDER.glob("*.toml"))]


def content(words):
    out = b""
    for word in words:
        kind, _, rest = word.partition(":")
        if kind in WORDS:
            out += WORDS[kind]
        elif kind == "hex":
            out += bytes.fromhex(rest)
        elif kind == "zeros":
            out += bytes(int(rest))
        else:
            assert kind == "text", word
            out += rest.replace("\\r", "\r").replace("\\n", "\n").replace("\\_", " ").encode()
    return out


class BrokenCamera(Camera):
    """Plays one case to every client that comes."""

    def __init__(self, case):
        answers = {
            method: [_answer(one) for one in text] if isinstance(text, list) else _answer(text)
            for method, text in case.replies.items()
        }
        super().__init__(case.sdp, **answers)
        self.case = case
        self.tasks = set()
        self.knocks = 0
        """Connections, also those that end before anything is said."""
        self.spoken = asyncio.Event()
        """Everything was sent once."""

    def done(self):
        """Everything was read."""
        return any(one.cseq == LAST for one in self.answers)

    async def serve(self, reader, writer):
        self.writers.append(writer)
        self.knocks += 1
        try:
            await _Stage(writer).play(self.case.early)
        except ConnectionError:
            return
        await super().serve(reader, writer)

    async def converse(self, reader):
        writer = self.writer
        self.playing.clear()
        acting = asyncio.get_running_loop().create_task(self._act(writer))
        self.tasks.add(acting)
        try:
            await super().converse(reader)
        finally:
            acting.cancel()
            self.tasks.discard(acting)

    async def _act(self, writer):
        await self.playing.wait()
        with contextlib.suppress(ConnectionError):
            await _Stage(writer).play(self.case.script)
            # Whoever answers this has read all that came before.
            writer.write(f"OPTIONS * RTSP/1.0\r\nCSeq: {LAST}\r\n\r\n".encode())
        self.spoken.set()


class _Stage:
    def __init__(self, writer):
        self.writer = writer
        self.timestamp = 0
        self.sequences = {}
        """The newest of each channel."""

    async def play(self, lines):
        for line in lines:
            await self.line(line.split())

    async def line(self, words):
        match words:
            case ["times", count, *rest]:
                for _ in range(int(count)):
                    await self.line(rest)
            case ["rtp", *rest]:
                self.rtp(rest)
                await self.writer.drain()
            case ["frame", channel, length, *rest]:
                head = bytes((0x24, int(channel[3:]))) + int(length[7:]).to_bytes(2)
                self.writer.write(head + content(rest))
            case ["raw", *rest]:
                self.writer.write(content(rest))
                await self.writer.drain()
            case ["pass", seconds]:
                await asyncio.sleep(float(seconds))
            case ["drip", seconds, *rest]:
                for byte in content(rest):
                    self.writer.write(bytes((byte,)))
                    await asyncio.sleep(float(seconds))
            case ["hang-up"]:
                self.writer.close()
            case _:
                raise ValueError(words)

    def rtp(self, words):
        given = dict(word.split("=") for word in words if "=" in word and ":" not in word)
        payload = content([word for word in words if "=" not in word or ":" in word])
        self.timestamp = _moved(self.timestamp, given.get("ts", "+0"))
        channel = int(given.get("ch", 0))
        sequence = self.sequences[channel] = _moved(self.sequences.get(channel, 0), given.get("seq", "+1"))
        second = int(given.get("pt", 96)) | int(given.get("m", 1)) << 7
        packet = bytes((int(given.get("first", "0x80"), 0), second)) + (sequence & 0xFFFF).to_bytes(2)
        packet += (self.timestamp & 0xFFFFFFFF).to_bytes(4) + int(given.get("ssrc", 5)).to_bytes(4) + payload
        self.writer.write(bytes((0x24, channel)) + len(packet).to_bytes(2) + packet)


def _moved(now, text):
    return now + int(text) if text[0] in "+-" else int(text)


def _answer(text):
    """A status and headers between bars; what begins with ! is sent as it is, and nothing is no answer."""
    if not text:
        return ""
    if text.startswith("!"):
        return text[1:].encode().decode("unicode_escape")
    return reply(*(part.strip() for part in text.split("|")))
