"""JPEG over RTP (RFC 2435): files taken apart, their quantisation tables in the first packet of each picture."""

from collections.abc import Iterator

from recorder.codec import jpeg
from recorder.codec.errors import BadBitstream
from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Packets, Payload, lay_out

_TYPES = {0x21: 0, 0x22: 1}
_RESTARTS = 0x40
_TABLES_IN_BAND = 255
_LARGEST_SIDE = 2040


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one JPEG file into packets; one that the format cannot carry gives none (§3.1.3, §3.1.4).

    That is all but baseline pictures in YCbCr 4:2:0 or 4:2:2 with the Huffman tables of Annex K. A side above 2040 is
    sent as 0, and stands in the session description.
    """
    try:
        parts = jpeg.take_apart(sample)
        kind = _TYPES[parts.luma]
    except (BadBitstream, KeyError):
        return Packets(b"", ())
    return lay_out(_payloads(parts, kind), payload_type)


def _payloads(parts: jpeg.Parts, kind: int) -> Iterator[Payload]:
    frame, interval = parts.frame, parts.restart_interval
    across, down = (-(-side // 8) if side <= _LARGEST_SIDE else 0 for side in (frame.width, frame.height))
    shape = bytes((kind | _RESTARTS if interval else kind, _TABLES_IN_BAND, across, down))
    # First, last and count all ones: fragments are cut anywhere, only whole pictures are decoded (§3.1.7).
    restarts = interval.to_bytes(2) + b"\xff\xff" if interval else b""
    precision = sum((len(one) == 128) << number for number, one in enumerate(parts.tables))
    tables = b"".join(parts.tables)
    quantisation = bytes((0, precision)) + len(tables).to_bytes(2) + tables
    at, scan = 0, parts.scan
    while at < len(scan):
        header = at.to_bytes(4) + shape + restarts + (b"" if at else quantisation)
        room = LONGEST_PAYLOAD - len(header)
        yield header, scan[at : at + room]
        at += room
