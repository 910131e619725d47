"""The numbers of a track's packets (SSRC, sequence numbers, timestamps: RFC 3550 §5.1), and packets that have them."""

import secrets
import struct
from dataclasses import dataclass
from itertools import repeat

from recorder.rtsp.packetise.packets import PREFIX_BYTES, Packets

_IDENTITY = struct.Struct(">HII")
_SEQUENCE_AT = PREFIX_BYTES + 2
_SIXTEEN_BITS = (0xFFFF).__and__
_CYCLE = 1 << 32


@dataclass(frozen=True, slots=True)
class Entry:
    """The first sequence number and timestamp that a receiver which joins gets, None where nobody knows yet."""

    sequence: int | None
    timestamp: int | None = None


class Numbering:
    """Numbers the packets of one track. Sequence numbers and timestamps begin anywhere, as RFC 3550 asks."""

    def __init__(self) -> None:
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        """The next one."""
        self.joins_at: Entry | None = None
        """Where who joins begins, where that is not with the next packet."""
        self._base = secrets.randbits(32)

    @property
    def entry(self) -> Entry:
        """Where a receiver that joins now begins."""
        return self.joins_at or Entry(self.sequence)

    def timestamp(self, time: int) -> int:
        """Give the timestamp of a moment, which counts in the track's clock."""
        return (self._base + time) % _CYCLE

    def number(self, packets: Packets, time: int, channel: int) -> Packets:
        """Number a unit's packets. A `bytearray` is numbered in place; `bytes` belong to everybody and are copied."""
        data = packets.data if isinstance(packets.data, bytearray) else bytearray(packets.data)
        sequence, ssrc, timestamp = self.sequence, self.ssrc, self.timestamp(time)
        if packets.ticks:
            for offset, ticks in zip(packets.offsets, packets.ticks, strict=True):
                data[offset + 1] = channel
                _IDENTITY.pack_into(data, offset + _SEQUENCE_AT, sequence, self.timestamp(time + ticks), ssrc)
                sequence = sequence + 1 & 0xFFFF
        else:
            for run in packets.runs or [range(one, one + 1) for one in packets.offsets]:
                count = len(run)
                data[run.start + 1 : run.stop + 1 : run.step] = bytes((channel,)) * count
                places = range(run.start + _SEQUENCE_AT, run.stop + _SEQUENCE_AT, run.step)
                numbers = map(_SIXTEEN_BITS, range(sequence, sequence + count))
                # Nothing is found, and all are packed, without a loop that is interpreted for each.
                any(map(_IDENTITY.pack_into, repeat(data), places, numbers, repeat(timestamp), repeat(ssrc)))
                sequence = sequence + count & 0xFFFF
        self.sequence = sequence
        return Packets(data, packets.offsets)

    def skip(self, packets: Packets) -> None:
        """Leave packets out. They keep their numbers, so that the receiver sees the hole."""
        self.sequence = self.sequence + len(packets.offsets) & 0xFFFF


class Numbered:
    """Packets that have their numbers, for any count of receivers; nobody writes into them any more.

    Receivers on channel 0 and by UDP are all sent the same bytes. Those of the channel asked for last are kept beside
    them, as nearly all players choose alike.
    """

    __slots__ = ("_other", "_packets")

    def __init__(self, packets: Packets) -> None:
        self._packets = packets
        """With channel 0."""
        self._other: tuple[int, Packets] | None = None

    def over(self, channel: int) -> Packets:
        """Give them with this channel in their prefixes."""
        if not channel:
            return self._packets
        if self._other is None or self._other[0] != channel:
            data = bytearray(self._packets.data)
            for offset in self._packets.offsets:
                data[offset + 1] = channel
            self._other = channel, Packets(data, self._packets.offsets)
        return self._other[1]
