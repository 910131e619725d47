"""RTP packets (RFC 3550 §5): the fixed header, and what may stand around the payload."""

import struct
from dataclasses import dataclass

from recorder.rtsp.errors import Malformed

HEADER = struct.Struct(">BBHII")
"""Version and flags, marker and payload type, sequence, timestamp, SSRC."""
HEADER_BYTES = HEADER.size
PLAIN = 0x80
"""The first byte of a packet without padding, extension and contributors."""
MARKER = 0x80


@dataclass(frozen=True)
class Packet:
    """One packet, whole: for sides where speed does not matter."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def __bytes__(self) -> bytes:
        """Give the packet as it is sent."""
        second = self.payload_type | (MARKER if self.marker else 0)
        return HEADER.pack(PLAIN, second, self.sequence, self.timestamp, self.ssrc) + self.payload


def parse(data: bytes | bytearray | memoryview) -> Packet:
    """Read one packet; raises `Malformed`."""
    view = memoryview(data)
    if len(view) < HEADER_BYTES:
        raise Malformed(reason="a short RTP packet")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(view)
    payload = bytes(payload_of(first, view[HEADER_BYTES:]))
    return Packet(second & 127, sequence, timestamp, ssrc, payload, bool(second & MARKER))


def payload_of(first: int, rest: memoryview) -> memoryview:
    """Give the payload in what follows the fixed header, by the packet's first byte; raises `Malformed`."""
    if first == PLAIN:
        return rest
    if first >> 6 != 2:
        raise Malformed(reason="an RTP packet of another version")
    at, end = 4 * (first & 15), len(rest)
    if first & 0x10:
        if at + 4 > end:
            raise Malformed(reason="an RTP header extension that is cut off")
        at += 4 + 4 * (rest[at + 2] << 8 | rest[at + 3])
    if first & 0x20 and end:
        padding = rest[end - 1]
        if not padding:
            raise Malformed(reason="RTP padding of no bytes")
        end -= padding
    if at > end:
        raise Malformed(reason="an RTP packet that is cut off")
    return rest[at:end]
