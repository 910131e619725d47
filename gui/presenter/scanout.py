"""Memory that a display controller reads: rows are copied into it and never read back, for it may be uncached."""

from typing import Any

from pygame import Rect, Surface

RGB565 = (0xF800, 0x07E0, 0x001F, 0)


class Scanout:
    """A picture of 32 or 16 bits a pixel (XRGB8888, RGB565) in somebody's memory; `pitch` is the bytes of a row."""

    def __init__(self, memory: memoryview, size: tuple[int, int], pitch: int, bits: int = 32) -> None:
        """Raises ValueError where the picture does not fit, or is of another kind."""
        self._bytes = bits // 8
        if bits not in {16, 32} or pitch < size[0] * self._bytes or len(memory) < pitch * size[1]:
            raise ValueError(f"{size[0]}x{size[1]} of {bits} bits, {pitch} bytes a row, {len(memory)} bytes")
        self.size = size
        self._memory = memory
        self._pitch = pitch

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.release()

    def put(self, source: Surface, area: Rect, at: tuple[int, int]) -> None:
        """Copy an area of a surface of 32 bits to a place; what lies outside of either is left out."""
        area = area.clip(source.get_rect())
        area.size = area.clip(Rect(area.topleft, (self.size[0] - at[0], self.size[1] - at[1]))).size
        if not area.w or not area.h:
            return
        if self._bytes == 2:
            narrow = Surface(area.size, 0, 16, RGB565)
            narrow.blit(source, (0, 0), area)
            source, area = narrow, narrow.get_rect()
        pitch, each = source.get_pitch(), self._bytes
        into, pitch_in = self._memory, self._pitch
        start, begin, length = area.y * pitch + area.x * each, at[1] * pitch_in + at[0] * each, area.w * each
        pixels: Any = source.get_buffer()
        with memoryview(pixels) as rows:
            if pitch == pitch_in == length:
                into[begin : begin + pitch * area.h] = rows[start : start + pitch * area.h]
                return
            for _row in range(area.h):
                into[begin : begin + length] = rows[start : start + length]
                start, begin = start + pitch, begin + pitch_in
