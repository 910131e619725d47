"""The kernel's framebuffer as the screen, where a driver offers no more; a picture may be seen half drawn."""

import fcntl
import mmap
import os
import struct
from collections.abc import Sequence
from pathlib import Path

from pygame import Rect, Surface

from gui.presenter.output import Patch
from gui.presenter.scanout import Scanout

GET_VARIABLE, GET_FIXED = 0x4600, 0x4602
VARIABLE = struct.Struct("=7I132x")
"""struct fb_var_screeninfo of linux/fb.h: its first two fields are the size, its seventh the bits of a pixel."""
FIXED = struct.Struct("@16sLIIIIHHHILIIH2H0L")
"""struct fb_fix_screeninfo: its third field is the length of the memory, its tenth the bytes of a row."""
SMALLEST, LARGEST = 64, 8192


class FramebufferOutput:
    """/dev/fbN, mapped."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where it is none, or of a kind that nobody can draw in."""
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            variable = VARIABLE.unpack(fcntl.ioctl(descriptor, GET_VARIABLE, bytes(VARIABLE.size)))
            fixed = FIXED.unpack(fcntl.ioctl(descriptor, GET_FIXED, bytes(FIXED.size)))
            across, down, bits = variable[0], variable[1], variable[6]
            length, pitch = fixed[2], fixed[9]
            if not (SMALLEST <= across <= LARGEST and SMALLEST <= down <= LARGEST):
                raise OSError(f"{path}: a picture of {across}x{down}")
            self._mapped = mmap.mmap(descriptor, length)
        except ValueError as error:
            raise OSError(f"{path}: {error}") from None
        finally:
            os.close(descriptor)
        self.size = (across, down)
        try:
            self._memory = Scanout(memoryview(self._mapped), self.size, pitch, bits)
        except ValueError as error:
            self._mapped.close()
            raise OSError(f"{path}: {error}") from None

    def show(self, canvas: Surface, rects: Sequence[Rect], over: Patch | None) -> None:
        """Copy what changed."""
        for part in rects:
            self._memory.put(canvas, part, part.topleft)
        if over is not None:
            self._memory.put(over[0], over[0].get_rect(), over[1])

    def close(self) -> None:
        """Let go; what was shown stays."""
        self._memory.close()
        self._mapped.close()
