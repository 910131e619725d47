"""H.265 over RTP (RFC 7798): access units from packets, in transmission order (no DONL fields)."""

from functools import lru_cache

from recorder.codec import h265
from recorder.rtsp.errors import Malformed
from recorder.rtsp.payload.video import VideoDepacketiser

AGGREGATION, FRAGMENT = 48, 49
"""AP and FU (RFC 7798 §4.4)."""


class H265Depacketiser(VideoDepacketiser):
    """Access units of H.265."""

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload; see `Depacketiser`."""
        size = len(payload)
        if size < 3:
            raise Malformed(reason="an H.265 packet without content")
        if self.size + size + 8 > self._room and not self._make_room(size + 8):
            if marker:
                self._end()
            return
        kind = payload[0] >> 1 & 63
        if kind == FRAGMENT:
            flags = payload[2]
            if flags & 0x80:
                self._begin_fragment(payload)
            elif not self.is_open:
                # Its beginning was lost, and that was told; or it never had one.
                self._damaged = self._spoilt = True
                if marker:
                    self._end()
                return
            else:
                self._pieces.append(payload[3:].tobytes())
                self.size += size - 3
            if flags & 0x40:
                if flags & 63 < h265.FIRST_NON_PICTURE:
                    self._close()
                else:
                    self._close_and_look()
        elif kind < AGGREGATION:
            self._add(payload)
        elif kind == AGGREGATION:
            self._add_all(payload)
        else:
            raise Malformed(reason=f"an H.265 packet of type {kind}")
        if marker:
            self._end()

    def _begin_fragment(self, payload: memoryview) -> None:
        kind = payload[2] & 63
        header, middle, last = _heads(payload[0], payload[1], kind)
        self._open_unit(header + payload[3:], middle, last)
        if kind < h265.FIRST_NON_PICTURE:
            first = payload[3] if len(payload) > 3 else 0
            self._slice(first, h265.FIRST_KEY <= kind <= h265.LAST_KEY)

    def _look(self, unit: memoryview) -> None:
        """Note what a whole NAL unit says about its access unit."""
        kind = unit[0] >> 1 & 63
        if kind < h265.FIRST_NON_PICTURE:
            self._slice(unit[2] if len(unit) > 2 else 0, h265.FIRST_KEY <= kind <= h265.LAST_KEY)
        elif kind <= h265.DELIMITER and self._split(unit):
            pass
        elif kind <= h265.PPS:
            self.sets.offer(unit)

    def _add_all(self, payload: memoryview) -> None:
        at, end = 2, len(payload)
        if self.size + 2 * end + 8 > self._room and not self._make_room(2 * end + 8):
            return
        while at < end:
            size = payload[at] << 8 | payload[at + 1] if at + 2 <= end else end
            at += 2
            if at + size > end:
                raise Malformed(reason="an aggregation packet that is cut off")
            if size > 1:
                if payload[at] >> 1 & 63 >= AGGREGATION:
                    raise Malformed(reason="an aggregation packet within another")
                self._add(payload[at : at + size])
            at += size


@lru_cache(maxsize=1 << 13)
def _heads(first: int, second: int, kind: int) -> tuple[bytes, bytes, bytes]:
    """Give the header of a fragmented NAL unit, and how its middle fragments begin, and its last (RFC 7798 §4.4.3)."""
    last = bytes((first, second, 0x40 | kind)) if kind < h265.FIRST_NON_PICTURE else b""
    return bytes((first & 0x81 | kind << 1, second)), bytes((first, second, kind)), last
