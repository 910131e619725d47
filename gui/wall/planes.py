"""Pictures that come as planes (4:2:0) turn into pixels on their way onto the screen, by SDL's own functions.

Planes are three eighths of the bytes that would be written by decode on one core and read here on another. The library
is the one that pygame itself is linked with. Functions: SDL_surface.h and SDL_cpuinfo.h of SDL 2.0.8 and later.
"""

import ctypes
from ctypes import c_int, c_uint32, c_void_p

import pygame

from recorder.client.surface import Planar
from recorder.client.views import Colours

IYUV, RGB888 = 0x56555949, 0x16161804
"""Of SDL_pixels.h: planes as `Planar` has them, and BGRX in the memory of a little-endian processor."""
_MODES = {Colours.JPEG: 0, Colours.BT601: 1, Colours.BT709: 2}

_linked = ctypes.CDLL(str(pygame.surface.__file__))
_convert = _linked.SDL_ConvertPixels
_convert.argtypes = [c_int, c_int, c_uint32, c_void_p, c_int, c_uint32, c_void_p, c_int]
_convert.restype = c_int
_mean = _linked.SDL_SetYUVConversionMode
_mean.argtypes, _mean.restype = [c_int], None

QUICK = bool(_linked.SDL_HasSSE2())
"""Whether SDL does it with vectors: it does so on x86 alone, elsewhere decode's libswscale is quicker."""


def draw(slot: pygame.Surface, colours: Colours, target: pygame.Surface, at: tuple[int, int]) -> None:
    """Draw planes in the memory of `slot`, of its size, onto a target of BGRX that has room for all of them there."""
    width, height = slot.get_size()
    pitch = target.get_pitch()
    begin = _address(target) + at[1] * pitch + at[0] * target.get_bytesize()
    _mean(_MODES[colours])
    _convert(width, height, IYUV, _address(slot), Planar(width, height).stride, RGB888, begin, pitch)


def _address(surface: pygame.Surface) -> int:
    """Where its memory begins; pygame's buffers tell it only of what may be written."""
    return surface._pixels_address  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
