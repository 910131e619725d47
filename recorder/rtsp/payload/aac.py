"""AAC over RTP (RFC 3640, modes AAC-hbr and AAC-lbr): frames from packets that hold several, or a part of one."""

from dataclasses import dataclass

from recorder.rtsp.errors import Malformed
from recorder.rtsp.payload.depacketiser import Emit, Fragments

# ISO/IEC 14496-3 §4.5.1.1: 768 bytes per channel; eight channels and some room.
LARGEST_FRAME = 8192
MOST_FRAMES = 64


@dataclass(frozen=True)
class AacLayout:
    """The widths of the fields of an AU-header in bits (RFC 3640 §4.1), and the ticks from frame to frame."""

    size_bits: int = 13
    index_bits: int = 3
    index_delta_bits: int = 3
    frame_ticks: int = 1024


class AacDepacketiser:
    """Frames of AAC without ADTS headers."""

    def __init__(self, layout: AacLayout, emit: Emit) -> None:
        self.dropped = 0
        self.malformed = 0
        self._layout = layout
        self._emit = emit
        self._frame = bytearray()
        self._whole = 0

    def push(self, payload: memoryview, marker: int) -> None:  # noqa: ARG002 - sizes say where frames end
        """Take one packet's payload; see `Depacketiser`."""
        sizes, data = self._headers(payload)
        if len(sizes) == 1 and sizes[0] > len(data):
            self._fragment(sizes[0], data)
            return
        self._forget()
        at = 0
        for number, size in enumerate(sizes):
            if at + size > len(data):
                raise Malformed(reason="an AAC frame that is cut off")
            if size:
                self._emit(number * self._layout.frame_ticks, False, False, data[at : at + size])
            at += size

    def turn(self) -> None:
        """A frame whose fragments did not all come is dropped: fragments share a timestamp (RFC 3640 §3.1)."""
        self._forget()

    def lost(self) -> None:
        """Part of the frame is missing, if one is gathered."""
        self._forget()

    def fragments(self) -> Fragments | None:
        """Sound has no NAL units."""
        return None

    def _headers(self, payload: memoryview) -> tuple[list[int], memoryview]:
        """Give the sizes of the frames that the AU-headers name, and what follows the headers."""
        layout = self._layout
        if len(payload) < 2:
            raise Malformed(reason="an AAC packet without headers")
        bits = payload[0] << 8 | payload[1]
        end = 2 + (bits + 7) // 8
        if end > len(payload):
            raise Malformed(reason="the headers of an AAC packet are cut off")
        headers = int.from_bytes(payload[2:end]) >> (-bits & 7)
        sizes: list[int] = []
        index_bits = layout.index_bits
        while bits >= layout.size_bits + index_bits and len(sizes) < MOST_FRAMES:
            bits -= layout.size_bits
            sizes.append(headers >> bits & (1 << layout.size_bits) - 1)
            bits -= index_bits
            index_bits = layout.index_delta_bits
        return sizes, payload[end:]

    def _fragment(self, whole: int, data: memoryview) -> None:
        if whole > LARGEST_FRAME:
            raise Malformed(reason="an AAC frame that is too large")
        if self._whole and whole != self._whole:
            self._forget()
        self._whole = whole
        self._frame += data
        if len(self._frame) >= whole:
            frame, self._frame, self._whole = self._frame, bytearray(), 0
            if len(frame) == whole:
                self._emit(0, False, False, memoryview(frame))
            else:
                self.dropped += 1

    def _forget(self) -> None:
        if self._whole:
            self._frame, self._whole = bytearray(), 0
            self.dropped += 1
