"""H.264 over RTP (RFC 6184): access units from packets, in single NAL unit and non-interleaved mode."""

from functools import lru_cache

from recorder.codec import h264
from recorder.rtsp.errors import Malformed
from recorder.rtsp.payload.video import VideoDepacketiser

AGGREGATION, FRAGMENT = 24, 28
"""STAP-A and FU-A (RFC 6184 §5.2); the others belong to interleaved mode, which no camera uses."""
LAST_SINGLE = 23
RECOVERY_POINT = 6
IDR, SEI = h264.IDR, h264.SEI
_SLICES, _SETS = frozenset((h264.SLICE, h264.IDR)), frozenset((h264.SPS, h264.PPS))
_LEADING = _SETS | {h264.DELIMITER}


class H264Depacketiser(VideoDepacketiser):
    """Access units of H.264."""

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload; see `Depacketiser`."""
        size = len(payload)
        if size < 2:
            raise Malformed(reason="an H.264 packet without content")
        if self.size + size + 8 > self._room and not self._make_room(size + 8):
            if marker:
                self._end()
            return
        kind = payload[0] & 31
        if kind == FRAGMENT:
            flags = payload[1]
            if flags & 0x80:
                self._begin_fragment(payload)
            elif not self.is_open:
                # Its beginning was lost, and that was told; or it never had one.
                self._damaged = self._spoilt = True
                if marker:
                    self._end()
                return
            else:
                self._pieces.append(payload[2:].tobytes())
                self.size += size - 2
            if flags & 0x40:
                if flags & 31 in _SLICES:
                    self._close()
                else:
                    self._close_and_look()
        elif 0 < kind <= LAST_SINGLE:
            self._add(payload)
        elif kind == AGGREGATION:
            self._add_all(payload)
        else:
            raise Malformed(reason=f"an H.264 packet of type {kind}")
        if marker:
            self._end()

    def _begin_fragment(self, payload: memoryview) -> None:
        kind = payload[1] & 31
        first, middle, last = _heads(payload[0], kind)
        self._open_unit(first + payload[2:], middle, last)
        if 0 < kind <= IDR:
            self._slice(payload[2] if len(payload) > 2 else 0, kind == IDR)

    def _look(self, unit: memoryview) -> None:
        """Note what a whole NAL unit says about its access unit."""
        kind = unit[0] & 31
        if 0 < kind <= IDR:
            self._slice(unit[1] if len(unit) > 1 else 0, kind == IDR)
        elif kind in _LEADING and self._split(unit):
            pass
        elif kind in _SETS:
            self.sets.offer(unit)
        elif kind == SEI and len(unit) > 3 and unit[1] == RECOVERY_POINT and unit[3] & 0x80:
            # Recovery with this very picture (Annex D.2.8, recovery_frame_cnt 0): open GOPs begin so.
            self._key = True

    def _add_all(self, payload: memoryview) -> None:
        at, end = 1, len(payload)
        if self.size + 2 * end + 8 > self._room and not self._make_room(2 * end + 8):
            return
        while at < end:
            size = payload[at] << 8 | payload[at + 1] if at + 2 <= end else end
            at += 2
            if at + size > end:
                raise Malformed(reason="an aggregation packet that is cut off")
            if size:
                if not 0 < payload[at] & 31 <= LAST_SINGLE:
                    raise Malformed(reason="an aggregation packet within another")
                self._add(payload[at : at + size])
            at += size


@lru_cache(maxsize=1 << 13)
def _heads(indicator: int, kind: int) -> tuple[bytes, bytes, bytes]:
    """Give the header of a fragmented NAL unit, and how its middle fragments begin, and its last (RFC 6184 §5.8)."""
    last = bytes((indicator, 0x40 | kind)) if kind in _SLICES else b""
    return bytes((indicator & 0xE0 | kind,)), bytes((indicator, kind)), last
