"""A clip as packets, and in which order its GOPs are played while it is still being made."""

import asyncio
from pathlib import Path

from recorder.client.stream import Codec
from recorder.rtsp.packetise import g726, packetise
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.source import SourceNotReady
from recorder.simulate import stamp
from recorder.simulate.clip import ClipReader, ClipSpec, Head
from recorder.simulate.sound import G726_BITS
from recorder.simulate.workshop import Workshop

READY_TIMEOUT_S = 30.0
_LOOK_EVERY_S = 0.05
_BLANK = stamp.Stamp(0, 0, 0)
_PARAMETER_KINDS = {Codec.H264: range(7, 10), Codec.H265: range(32, 36)}


class Reel:
    """One clip. Packets are cut at a frame's first showing and kept."""

    def __init__(self, spec: ClipSpec, workshop: Workshop, payload_type: int) -> None:
        self.spec = spec
        self._workshop = workshop
        self._payload_type = payload_type
        self._reader: ClipReader | None = None
        self._packets: dict[int, Packets] = {}

    async def ready(self) -> Head:
        """Wait until one GOP is there; raises `SourceNotReady`."""
        for _ in range(round(READY_TIMEOUT_S / _LOOK_EVERY_S)):
            self.refresh()
            if self._reader is not None and self._reader.head is not None and self._reader.gops:
                return self._reader.head
            await self._workshop.want(self.spec)
            if self._workshop.failed(self.spec):
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        raise SourceNotReady(path=self.spec.scene)

    @property
    def gops(self) -> int:
        """How many GOPs can be played."""
        return self._reader.gops if self._reader is not None else 0

    @property
    def frames(self) -> int:
        """How many frames can be played."""
        return self.gops * self.spec.gop_frames

    @property
    def complete(self) -> bool:
        """Whether the whole loop is there."""
        return self._reader is not None and self._reader.complete

    def refresh(self) -> None:
        """Take in what was made since."""
        if self.complete:
            return
        if self._reader is not None:
            self._reader.refresh()
        whole, growing = self.spec.place(self._workshop.cache), self.spec.growing_place(self._workshop.cache)
        # Whoever made it may have died half way, and somebody else began anew in another file. That one is taken when
        # it is whole, or at once where there is nothing to play yet.
        if not self.complete and (self._reader is None or not self._reader.reads(whole)):
            self._open(whole)
        if not self.gops and (self._reader is None or not self._reader.reads(growing)):
            self._open(growing)

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.close()

    def packets(self, loop_frame: int, told: stamp.Stamp | None) -> Packets:
        """Give a copy of the packets of a frame, carrying this stamp; it belongs to the caller."""
        cut = self._packets.get(loop_frame)
        if cut is None:
            cut = self._packets[loop_frame] = self._cut(loop_frame)
        data = bytearray(cut.data)
        if told is not None and (at := stamp.place_of_numbers(data)) is not None:
            numbers = stamp.numbers(told)
            data[at : at + len(numbers)] = numbers
        return Packets(data, cut.offsets, cut.ticks)

    def _open(self, place: Path) -> None:
        try:
            fresh = ClipReader(place)
        except (FileNotFoundError, NotADirectoryError):
            return
        self.close()
        self._packets.clear()
        self._reader = fresh
        fresh.refresh()

    def _cut(self, loop_frame: int) -> Packets:
        assert self._reader is not None
        sample = self._reader.samples[loop_frame]
        if self.spec.codec is Codec.G726:
            return g726.packetise(sample, self._payload_type, G726_BITS)
        return packetise(with_stamp(self.spec.codec, sample, _BLANK), self.spec.codec, self._payload_type)


def with_stamp(codec: Codec, sample: bytes, told: stamp.Stamp) -> bytes:
    """Put a stamp behind the parameter sets of a picture and before its first slice."""
    kinds = _PARAMETER_KINDS.get(codec)
    if kinds is None:
        return sample
    at = 0
    while at + 4 < len(sample):
        kind = sample[at + 4] & 0x1F if codec is Codec.H264 else sample[at + 4] >> 1 & 0x3F
        if kind not in kinds:
            break
        at += 4 + int.from_bytes(sample[at : at + 4])
    unit = stamp.unit(codec, told)
    return sample[:at] + len(unit).to_bytes(4) + unit + sample[at:]


class LoopOrder:
    """Which GOP of the loop a camera shows as its `n`th: the same for all its viewers.

    While the clip grows, what is there is shown over and over. Once it is complete the loop runs by the number of the
    GOP alone, so that the main and the sub stream of a camera, whose GOPs are of one length, show the same moment.
    """

    def __init__(self, reel: Reel, phase: int) -> None:
        self._reel = reel
        self._phase = phase
        self._before: dict[int, int] = {}

    def loop_gop(self, gop: int) -> int:
        """Give the place in the loop of the camera's GOP `gop`."""
        if gop in self._before:
            return self._before[gop]
        self._reel.refresh()
        there = max(self._reel.gops, 1)
        if self._reel.complete:
            at = (gop + self._phase) % there
        else:
            at = (self._before[max(self._before)] + 1) % there if self._before else 0
        self._before[gop] = at
        # Viewers of one camera are never further apart than their timers.
        while len(self._before) > 8:
            del self._before[min(self._before)]
        return at
