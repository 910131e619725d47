"""The RTP packets of one access unit, ready to be numbered and sent.

A packet stands behind the four bytes of RTSP interleaving (RFC 2326 §10.12: `$`, channel, length), so that over TCP a
whole access unit is one write and over UDP every packet is a slice of it. Channel, sequence number, timestamp and SSRC
are zero until `recorder.rtsp.server.numbering` writes them, into a copy where others use the packets too.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

LONGEST_PAYLOAD = 1400
"""Bytes behind the RTP header; with it, UDP, IPv6 and a VPN's headers a packet stays below 1500."""

PREFIX_BYTES = 4
RTP_HEADER_BYTES = 12
OVERHEAD_BYTES = PREFIX_BYTES + RTP_HEADER_BYTES

_HEADER = struct.Struct(">BBHBBHII")
_MARKER = 0x80
_VERSION_2 = 0x80


@dataclass(frozen=True, slots=True)
class Fragments:
    """Payloads of one unit that is cut every `room` bytes, in two at least.

    What stands before each piece is equally long everywhere. Nearly all packets are such, and are laid out by the many.
    """

    first: bytes
    middle: bytes
    last: bytes
    content: memoryview
    room: int


Payload = tuple[bytes | memoryview, ...]
"""The payload of one packet, in pieces."""


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets one behind another; `offsets` says where the prefix of each begins.

    `ticks`, where given, is how much later than the first each packet is stamped, in the units of the track's clock:
    sound that is longer than one packet (RFC 3551 §4.2) is stamped by its samples, pictures share one timestamp.
    `runs`, where given, are the offsets again, those of packets of one size behind each other together.
    """

    data: bytes | bytearray
    offsets: tuple[int, ...]
    ticks: tuple[int, ...] = ()
    runs: tuple[range, ...] = ()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each packet begins, with its prefix, and where it ends."""
        return list(zip(self.offsets, (*self.offsets[1:], len(self.data)), strict=False))

    @property
    def payload_bytes(self) -> int:
        """Bytes of payload in all packets, as sender reports count them (RFC 3550 §6.4.1)."""
        return len(self.data) - OVERHEAD_BYTES * len(self.offsets)


def lay_out(
    payloads: Iterable[Payload | Fragments], payload_type: int, *, marker: bool = True, ticks: tuple[int, ...] = ()
) -> Packets:
    """Put payloads behind their headers; `marker` marks the last packet as the end of its access unit."""
    pieces: list[bytes | memoryview] = []
    runs: list[range] = []
    at = last = length = 0
    for payload in payloads:
        begin, count, stride = at, 1, 1
        if isinstance(payload, Fragments):
            count = -(-len(payload.content) // payload.room)
            stride = OVERHEAD_BYTES + len(payload.first) + payload.room
            pieces.append(_run(payload, payload_type, count))
            at += (count - 1) * stride
            payload = payload.last, payload.content[(count - 1) * payload.room :]  # noqa: PLW2901 - the rest of it
        length = RTP_HEADER_BYTES
        for piece in payload:
            length += len(piece)
        last = len(pieces)
        pieces.append(_HEADER.pack(0x24, 0, length, _VERSION_2, payload_type, 0, 0, 0))
        pieces += payload
        runs.append(range(begin, at + 1, stride))
        at += PREFIX_BYTES + length
    if marker and runs:
        pieces[last] = _HEADER.pack(0x24, 0, length, _VERSION_2, payload_type | _MARKER, 0, 0, 0)
    return Packets(b"".join(pieces), tuple(chain.from_iterable(runs)), ticks, tuple(runs))


def _run(unit: Fragments, payload_type: int, count: int) -> bytes:
    """Give all packets but the last of a unit that is cut in so many."""
    length = RTP_HEADER_BYTES + len(unit.first) + unit.room
    header = _HEADER.pack(0x24, 0, length, _VERSION_2, payload_type, 0, 0, 0)
    cut = map(unit.content.__getitem__, _cuts(count - 1, unit.room))
    return header + unit.first + (header + unit.middle).join(cut)


@lru_cache(maxsize=512)
def _cuts(count: int, room: int) -> tuple[slice, ...]:
    """Give where the first so many pieces of a unit lie."""
    return tuple(slice(at, at + room) for at in range(0, count * room, room))
