"""H.265 over RTP (RFC 7798): access units from packets, in transmission order (no DONL fields)."""

from recorder.codec import h265
from recorder.codec.nal import LENGTH
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
        if self._at + size + 8 > self._room and not self._fits(size + 8):
            if marker:
                self._end()
            return
        kind = payload[0] >> 1 & 63
        if kind == FRAGMENT:
            at = self._at
            flags = payload[2]
            if flags & 0x80:
                at = self._begin_fragment(payload, at)
            elif self._open < 0:
                # Its beginning was lost, and that was told; or it never had one.
                self._damaged = self._spoilt = True
                if marker:
                    self._end()
                return
            self._at = stop = at + size - 3
            self._view[at:stop] = payload[3:]
            if flags & 0x40:
                begin = self._open
                self._close(stop)
                if flags & 63 >= h265.FIRST_NON_PICTURE:
                    self._look(self._unit[begin + 4 : stop])
        elif kind < AGGREGATION:
            self._add(payload)
        elif kind == AGGREGATION:
            self._add_all(payload)
        else:
            raise Malformed(reason=f"an H.265 packet of type {kind}")
        if marker:
            self._end()

    def _begin_fragment(self, payload: memoryview, at: int) -> int:
        if self._open >= 0:
            # The last fragment of the one before never came.
            self.lost()
        kind = payload[2] & 63
        self._open = at
        self._middle = bytes((payload[0], payload[1], kind))
        self._unit[at + 4] = payload[0] & 0x81 | kind << 1
        self._unit[at + 5] = payload[1]
        if kind < h265.FIRST_NON_PICTURE:
            first = payload[3] if len(payload) > 3 else 0
            self._slice(first, key=h265.FIRST_KEY <= kind <= h265.LAST_KEY)
        return at + 6

    def _add(self, unit: memoryview) -> None:
        """Take a whole NAL unit."""
        if self._open >= 0:
            self.lost()
        at, size = self._at, len(unit)
        LENGTH.pack_into(self._unit, at, size)
        self._at = stop = at + 4 + size
        self._view[at + 4 : stop] = unit
        self._look(unit)

    def _look(self, unit: memoryview | bytearray) -> None:
        """Note what a whole NAL unit says about its access unit."""
        kind = unit[0] >> 1 & 63
        if kind < h265.FIRST_NON_PICTURE:
            self._slice(unit[2] if len(unit) > 2 else 0, key=h265.FIRST_KEY <= kind <= h265.LAST_KEY)
        elif kind <= h265.PPS:
            self.sets.offer(memoryview(unit))

    def _add_all(self, payload: memoryview) -> None:
        at, end = 2, len(payload)
        if not self._fits(2 * end + 8):
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
