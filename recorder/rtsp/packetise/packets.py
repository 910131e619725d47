"""The RTP packets of one access unit, ready to be numbered and sent.

A packet stands behind the four bytes of RTSP interleaving (RFC 2326 §10.12: `$`, channel, length), so that over TCP a
whole access unit is one write and over UDP every packet is a slice of it. Channel, sequence number, timestamp and SSRC
are zero until `recorder.rtsp.server.numbering` writes them, into a copy where others use the packets too.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_PAYLOAD = 1400
"""Bytes behind the RTP header; with it, UDP, IPv6 and a VPN's headers a packet stays below 1500."""

PREFIX_BYTES = 4
RTP_HEADER_BYTES = 12
OVERHEAD_BYTES = PREFIX_BYTES + RTP_HEADER_BYTES

_HEADER = struct.Struct(">BBHBBHII")
_MARKER = 0x80
_VERSION_2 = 0x80

Payload = tuple[bytes | memoryview, ...]
"""The payload of one packet, in pieces."""


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets one behind another; `offsets` says where the prefix of each begins.

    `ticks`, where given, is how much later than the first each packet is stamped, in the units of the track's clock:
    sound that is longer than one packet (RFC 3551 §4.2) is stamped by its samples, pictures share one timestamp.
    """

    data: bytes | bytearray
    offsets: tuple[int, ...]
    ticks: tuple[int, ...] = ()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each packet begins, with its prefix, and where it ends."""
        return list(zip(self.offsets, (*self.offsets[1:], len(self.data)), strict=False))

    @property
    def payload_bytes(self) -> int:
        """Bytes of payload in all packets, as sender reports count them (RFC 3550 §6.4.1)."""
        return len(self.data) - OVERHEAD_BYTES * len(self.offsets)


def lay_out(
    payloads: Iterable[Payload], payload_type: int, *, marker: bool = True, ticks: tuple[int, ...] = ()
) -> Packets:
    """Put payloads behind their headers; `marker` marks the last packet as the end of its access unit."""
    pieces: list[bytes | memoryview] = []
    offsets: list[int] = []
    at = last = length = 0
    for payload in payloads:
        length = RTP_HEADER_BYTES
        for piece in payload:
            length += len(piece)
        last = len(pieces)
        pieces.append(_HEADER.pack(0x24, 0, length, _VERSION_2, payload_type, 0, 0, 0))
        pieces += payload
        offsets.append(at)
        at += PREFIX_BYTES + length
    if marker and offsets:
        pieces[last] = _HEADER.pack(0x24, 0, length, _VERSION_2, payload_type | _MARKER, 0, 0, 0)
    return Packets(b"".join(pieces), tuple(offsets), ticks)
