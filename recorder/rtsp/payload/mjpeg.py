"""JPEG over RTP (RFC 2435): whole JPEG files from packets that carry no headers of JPEG.

Pictures of more than 2040 pixels a side, whose size the format cannot tell, are as large as the session description
says (`a=x-dimensions`, `a=framesize`).
"""

import struct

from recorder.codec import jpeg
from recorder.rtsp.errors import Malformed
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT, Emit, Fragments
from recorder.rtsp.payload.single_set import SingleSet

_HEADER = struct.Struct(">IBBBB")
"""Type-specific and offset; then type, Q, width and height in blocks of 8 (§3.1)."""
_SAMPLING = {0: 0x21, 1: 0x22}
_WITH_RESTARTS = 0x40
_FIRST_DYNAMIC_TYPE = 128
_IN_BAND, _ALWAYS_IN_BAND = 128, 255
MOST_TABLES = 4
# Appendix A: the tables of T.81 Annex K.1, in zigzag order, that Q scales.
_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA = bytes.fromhex(
    "1112121815182f1a1a2f634238426363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363"
)


class MjpegDepacketiser:
    """JPEG files. Of a picture that lost packets, what came before the first hole is delivered, flagged."""

    def __init__(self, sets: SingleSet, emit: Emit, size: tuple[int, int] = (0, 0)) -> None:
        self.dropped = 0
        self._sets = sets
        self._emit = emit
        self._size = size
        self._tables: dict[int, tuple[bytes, ...]] = {}
        """Tables that came in packets, by Q: later pictures may leave them out (§3.1.8)."""
        self._unit = bytearray()
        self._begin = 0
        """Where the entropy-coded data begins."""
        self._frame = b""
        self._heads: tuple[tuple[object, ...], tuple[bytes, bytes]] | None = None
        self._open = False
        self._hole = False
        self._gap = False
        """Packets are missing, and nobody knows yet whether they were of the picture at hand."""
        self._headless = False
        """Packets of a picture came whose beginning did not."""

    @property
    def malformed(self) -> int:
        """There are no parameter sets in the stream."""
        return 0

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload; see `Depacketiser`."""
        if len(payload) < _HEADER.size:
            raise Malformed(reason="a JPEG packet without its header")
        first, kind, quality, across, down = _HEADER.unpack_from(payload)
        offset, at = first & 0xFFFFFF, _HEADER.size
        interval = 0
        if kind & _WITH_RESTARTS and kind < _FIRST_DYNAMIC_TYPE:
            if len(payload) < at + 4:
                raise Malformed(reason="a JPEG packet without its restart header")
            interval = payload[at] << 8 | payload[at + 1]
            at += 4
        if not offset:
            if self._open:
                # The picture before had no end.
                self._finish()
            at = self._begin_picture(payload, at, (kind, quality, across, down, interval))
        elif not self._open:
            self._headless = True
        if self._open and not self._hole:
            self._add(offset, payload[at:])
        if marker:
            self._end()

    def turn(self) -> None:
        """The next packet has another timestamp."""
        self._end()

    def lost(self) -> None:
        """Packets before the next one are missing: its offset says whether in the midst, and only this at the end."""
        self._gap = True

    def fragments(self) -> Fragments | None:
        """There are no NAL units."""
        return None

    def _begin_picture(self, payload: memoryview, at: int, shape: tuple[int, int, int, int, int]) -> int:
        kind, quality, across, down, interval = shape
        sampling = _SAMPLING.get(kind & ~_WITH_RESTARTS)
        if sampling is None or not quality:
            raise Malformed(reason=f"JPEG of type {kind} and quality {quality}")
        width, height = 8 * across or self._size[0], 8 * down or self._size[1]
        if not (0 < width <= jpeg.SIDE_LIMIT and 0 < height <= jpeg.SIDE_LIMIT):
            raise Malformed(reason="a JPEG picture whose size is not told")
        if quality >= _IN_BAND:
            tables, at = self._tables_of(payload, at, quality)
        else:
            tables = (_scaled(_LUMA, quality), _scaled(_CHROMA, quality))
        known = (width, height, sampling, tables, interval)
        if self._heads is None or self._heads[0] != known:
            self._heads = known, jpeg.head(width, height, sampling, tables, interval)
        head, self._frame = self._heads[1]
        self._unit = bytearray(head)
        self._begin = len(head)
        self._open, self._hole, self._gap, self._headless = True, False, False, False
        return at

    def _tables_of(self, payload: memoryview, at: int, quality: int) -> tuple[tuple[bytes, ...], int]:
        """Read the quantisation table header (§3.1.8); give the tables and where the data begins."""
        if len(payload) < at + 4:
            raise Malformed(reason="a JPEG packet without its table header")
        precision, length = payload[at + 1], payload[at + 2] << 8 | payload[at + 3]
        at += 4
        if not length:
            known = self._tables.get(quality)
            if known is None or quality == _ALWAYS_IN_BAND:
                raise Malformed(reason="a JPEG picture whose tables never came")
            return known, at
        end = at + length
        if end > len(payload):
            raise Malformed(reason="the tables of a JPEG picture are cut off")
        found: list[bytes] = []
        while at < end and len(found) < MOST_TABLES:
            size = 128 if precision >> len(found) & 1 else 64
            if at + size > end:
                raise Malformed(reason="a table of a JPEG picture is cut off")
            found.append(bytes(payload[at : at + size]))
            at += size
        tables = self._tables[quality] = tuple(found)
        return tables, end

    def _add(self, offset: int, data: memoryview) -> None:
        if offset != len(self._unit) - self._begin:
            self._hole = True
        elif len(self._unit) + len(data) > LARGEST_UNIT - len(jpeg.END):
            # Nothing of it is passed on: a picture without end is none.
            self._open, self._headless = False, True
        else:
            self._unit += data
            self._gap = False

    def _end(self) -> None:
        if self._open:
            self._finish()
        elif self._headless:
            self._headless = False
            self.dropped += 1

    def _finish(self) -> None:
        unit, self._unit = self._unit, bytearray()
        self._open = False
        if len(unit) <= self._begin:
            self.dropped += 1
            return
        if not unit.endswith(jpeg.END):
            unit += jpeg.END
        self._sets.offer(self._frame)
        self._emit(0, True, self._hole or self._gap, memoryview(unit))


def _scaled(table: bytes, quality: int) -> bytes:
    """Scale a table by Q from 1 to 99 (Appendix A); 100 to 127 are reserved, and taken for the best."""
    quality = min(quality, 99)
    factor = 5000 // quality if quality < 50 else 200 - 2 * quality
    return bytes(min(max((one * factor + 50) // 100, 1), 255) for one in table)
