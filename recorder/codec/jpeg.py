"""JPEG files as cameras need them (ITU-T T.81): the frame header read, and a file's head built from size and tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recorder.codec.errors import BadBitstream

SIDE_LIMIT = 16384
_SOI, _EOI, _SOS, _DHT, _DQT, _DRI, _APP0 = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xE0
BEGIN, END = bytes((0xFF, _SOI)), bytes((0xFF, _EOI))
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all Huffman-coded: what decoders know."""
MOST_SEGMENTS = 64
_JFIF = b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"

# T.81 Annex K.3: counts of codes by length, then the values; for luminance and chrominance, DC and AC.
_DC_VALUES = bytes(range(12))
_HUFFMAN = (
    (0x00, bytes.fromhex("00010501010101010100000000000000"), _DC_VALUES),
    (
        0x10,
        bytes.fromhex("0002010303020403050504040000017d"),
        bytes.fromhex(
            "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435"
            "363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798"
            "999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4"
            "f5f6f7f8f9fa"
        ),
    ),
    (0x01, bytes.fromhex("00030101010101010101010000000000"), _DC_VALUES),
    (
        0x11,
        bytes.fromhex("00020102040403040705040400010277"),
        bytes.fromhex(
            "0001020311040521310612415107617113223281081442"
            "91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a63"
            "6465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2"
            "c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
        ),
    ),
)


@dataclass(frozen=True)
class Frame:
    """What we need of a frame header."""

    width: int
    height: int
    components: int


def parse_frame(segment: bytes | memoryview) -> Frame:
    """Read a frame header, its marker included (T.81 §B.2.2); raises `BadBitstream`."""
    if len(segment) < 10 or segment[0] != 0xFF or segment[1] not in _FRAMES:
        raise BadBitstream(problem="the frame header of a JPEG picture is missing")
    width, height = int.from_bytes(segment[7:9]), int.from_bytes(segment[5:7])
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT):
        raise BadBitstream(problem="a JPEG picture without area")
    if not 0 < segment[9] <= 4 or len(segment) < 10 + 3 * segment[9]:
        raise BadBitstream(problem="the frame header of a JPEG picture is cut off")
    return Frame(width, height, segment[9])


def frame_header(picture: bytes | memoryview) -> bytes:
    """Give the frame header of a JPEG file, its marker included; raises `BadBitstream`."""
    for marker, segment in _segments(memoryview(picture)):
        if marker in _FRAMES:
            return bytes(segment)
    raise BadBitstream(problem="a JPEG picture without a frame header")


def head(width: int, height: int, luma: int, tables: Sequence[bytes], restart_interval: int = 0) -> tuple[bytes, bytes]:
    """Give all that stands before the entropy-coded data of a picture in YCbCr, and its frame header alone.

    `luma` is the sampling of luminance (0x21 for 4:2:2, 0x22 for 4:2:0); `tables` are quantisation tables in zigzag
    order, of 64 bytes or of 64 numbers of two bytes, one for both or one each. Huffman tables are those of Annex K.
    """
    wide = any(len(one) == 128 for one in tables)
    chroma_table = min(1, len(tables) - 1)
    components = bytes((1, luma, 0, 2, 0x11, chroma_table, 3, 0x11, chroma_table))
    # Tables of two bytes an entry are for the extended process only (§B.2.4.1).
    frame = _segment(0xC1 if wide else 0xC0, b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x03" + components)
    parts = [BEGIN, _segment(_APP0, _JFIF)]
    parts += (_segment(_DQT, bytes((number | (len(one) == 128) << 4,)) + one) for number, one in enumerate(tables[:4]))
    parts.append(frame)
    parts += (_segment(_DHT, bytes((number,)) + counts + values) for number, counts, values in _HUFFMAN)
    if restart_interval:
        parts.append(_segment(_DRI, restart_interval.to_bytes(2)))
    parts.append(_segment(_SOS, bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0))))
    return b"".join(parts), frame


@dataclass(frozen=True)
class Parts:
    """A JPEG file taken apart: all that `head` needs, and the entropy-coded data behind it, with its end."""

    frame: Frame
    luma: int
    tables: tuple[bytes, ...]
    restart_interval: int
    scan: memoryview


def take_apart(picture: bytes | memoryview) -> Parts:
    """Take a file apart that is as `head` makes them, whatever else stands in its head; raises `BadBitstream`.

    That is: baseline, YCbCr with chrominance sampled once, tables for luminance and chrominance, Huffman tables of
    Annex K, no alternatives.
    """
    view = memoryview(picture)
    tables: dict[int, bytes] = {}
    huffman: dict[int, bytes] = {}
    components = b""
    frame: Frame | None = None
    interval, at = 0, 2
    for marker, segment in _segments(view):
        at += len(segment)
        body = bytes(segment[4:])
        if marker == _DQT:
            while body:
                size = 128 if body[0] >> 4 else 64
                tables[body[0] & 15], body = body[1 : 1 + size], body[1 + size :]
        elif marker == _DHT:
            while len(body) > 17:
                size = 17 + sum(body[1:17])
                huffman[body[0]], body = body[1:size], body[size:]
        elif marker == _DRI:
            interval = int.from_bytes(body[:2])
        elif marker in _FRAMES:
            frame, components = parse_frame(segment), body[6:15]
    if frame is None or frame.components != 3 or components[4] != 0x11 or components[7] != 0x11:
        raise BadBitstream(problem="a JPEG picture of another kind than cameras send")
    used = (tables.get(components[2], b""), tables.get(components[5], b""))
    known = {number: counts + values for number, counts, values in _HUFFMAN}
    if any(len(one) not in {64, 128} for one in used) or components[5] != components[8] or huffman != known:
        raise BadBitstream(problem="a JPEG picture with tables of its own")
    return Parts(frame, components[1], used, interval, view[at:])


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def _segments(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    if bytes(view[:2]) != BEGIN:
        raise BadBitstream(problem="a JPEG picture without its begin")
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at + 4 > len(view) or view[at] != 0xFF:
            raise BadBitstream(problem="a JPEG picture that is cut off")
        after = at + 2 + int.from_bytes(view[at + 2 : at + 4])
        if after > len(view) or after < at + 4:
            raise BadBitstream(problem="a segment of a JPEG picture that is cut off")
        yield view[at + 1], view[at:after]
        if view[at + 1] == _SOS:
            return
        at = after
    raise BadBitstream(problem="a JPEG picture of too many segments")
