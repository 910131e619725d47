"""A stream from media or reader as fragmented MP4, at the pace of the one who watches."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from recorder.client import wire
from recorder.client.errors import NightjarError, Unavailable
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamName, TrackParameters
from recorder.client.tap import Credit, Subscribe, unpack_sample
from recorder.client.words import _
from recorder.codec.errors import BadBitstream
from recorder.codec.parameters import codec_string
from recorder.web.fmp4 import ENTRIES, Timed, Timeline, fragment, init_segment

WINDOW = 4 << 20
LARGEST_FRAGMENT = 4 << 20
"""A GOP that is longer than this is cut: a camera may send no second key frame for hours."""


class TapRefused(NightjarError):
    """media or reader do not give this stream."""

    status = 403
    words = "{words}"


class NotForBrowsers(NightjarError):
    """The stream is coded in a way that MP4 in browsers does not know."""

    status = 415
    words = _("Browsers cannot show this stream.")


@dataclass(frozen=True)
class Opening:
    """What a player needs before the first fragment: comes first, and again where the codec changes."""

    codec: str
    width: int
    height: int
    init: bytes


class TappedStream:
    """One subscription. `parts` gives an `Opening`, then fragments, and an `Opening` again where the codec changes."""

    def __init__(self, path: Path, process: str, wanted: Subscribe) -> None:
        self._path = path
        self._process = process
        self._wanted = wanted

    @property
    def is_live(self) -> bool:
        """Whether it is what a camera sends now."""
        return self._wanted.from_us is None

    async def parts(self) -> AsyncGenerator[Opening | bytes]:
        """Give the stream until it ends; raises `Unavailable`, `TapRefused`, `NotForBrowsers`."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._path), limit=1 << 18)
        except OSError as error:
            raise Unavailable(process=self._process) from error
        try:
            writer.write(wire.encode(self._wanted))
            if not self.is_live:
                writer.write(wire.encode(Credit(self._wanted.id, WINDOW)))
            async for part in self._read(reader, writer):
                yield part
        except (OSError, asyncio.IncompleteReadError, wire.BadFrame) as error:
            raise Unavailable(process=self._process) from error
        finally:
            writer.close()

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AsyncGenerator[Opening | bytes]:
        packer = _Packer(live=self.is_live)
        while True:
            kind, payload = await wire.read_frame(reader)
            if kind == wire.MESSAGE:
                message = wire.decode(payload)
                match message["op"]:
                    case "epoch":
                        for part in packer.epoch(_epoch(message)):
                            yield part
                    case "ended":
                        for part in packer.finish():
                            yield part
                        return
                    case "failed":
                        raise TapRefused(words=str(message.get("words", "")))
                    case _:
                        pass
                continue
            sample = unpack_sample(payload).sample
            if not self.is_live:
                writer.write(wire.encode(Credit(self._wanted.id, len(sample.data))))
            for part in packer.sample(sample):
                yield part


class _Packer:
    """Gathers samples into fragments: one each where it is live, else a GOP each, or less of a very long one."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._timeline = Timeline()
        self._track: TrackParameters | None = None
        self._begun = False
        self._waiting: list[Timed] = []
        self._waiting_bytes = 0
        self._sequence = 0

    def epoch(self, epoch: Epoch) -> list[Opening | bytes]:
        """Codec parameters changed: what waits ends, and a new init segment follows."""
        track = epoch.video
        if track is None or track.codec not in ENTRIES:
            raise NotForBrowsers
        if track == self._track:
            return []
        finished = self.finish()
        self._track = track
        self._begun = False
        try:
            opening = Opening(codec_string(track), track.width, track.height, init_segment(track))
        except BadBitstream as error:
            raise NotForBrowsers from error
        return [*finished, opening]

    def sample(self, sample: Sample) -> list[Opening | bytes]:
        """Take a sample; nothing comes out before a key frame."""
        if self._track is None or sample.track != self._track.track:
            return []
        key = bool(sample.flags & SampleFlag.KEY)
        if not self._begun and not key:
            return []
        self._begun = True
        timed = self._timeline.push(sample)
        if timed is not None:
            self._waiting.append(timed)
            self._waiting_bytes += len(timed.data)
        return self._packed() if self._live or key or self._waiting_bytes >= LARGEST_FRAGMENT else []

    def finish(self) -> list[Opening | bytes]:
        """Give all that waits."""
        last = self._timeline.finish()
        if last is not None:
            self._waiting.append(last)
        return self._packed()

    def _packed(self) -> list[Opening | bytes]:
        if not self._waiting:
            return []
        self._sequence += 1
        packed = fragment(self._sequence, self._waiting)
        self._waiting = []
        self._waiting_bytes = 0
        return [packed]


def _epoch(message: dict[str, object]) -> Epoch:
    try:
        return msgspec.convert(message.get("epoch"), Epoch)
    except msgspec.ValidationError as error:
        raise wire.BadFrame(problem=str(error)) from error


def live(path: Path, channel: int, stream: StreamName, grant: str) -> TappedStream:
    """A live stream, from media."""
    return TappedStream(path, "media", Subscribe(1, channel, stream, grant=grant))


def recorded(path: Path, channel: int, stream: StreamName, start_us: int, end_us: int, grant: str) -> TappedStream:
    """A recorded stretch, from the reader."""
    return TappedStream(path, "reader", Subscribe(1, channel, stream, start_us, end_us, grant=grant))
