"""libswscale without PyAV around it: from a decoder's memory straight into the memory of whoever wants the picture.

PyAV makes a frame for every result, and that frame would have to be copied. The library is the one that PyAV itself is
linked with, so the two never differ. Functions: libswscale/swscale.h, libavutil/pixdesc.h and libavutil/imgutils.h of
FFmpeg 5 to 8.
"""

import ctypes
from ctypes import c_char_p, c_int, c_void_p

import av
import numpy as np
from av.video import reformatter
from numpy.typing import NDArray

from recorder.client.errors import NightjarError
from recorder.client.surface import Planar
from recorder.client.words import _

ALIGNED = 64
"""Rows begin at multiples of this, for the widest registers; a row's end may be written over up to the next one."""
_ONE = 1 << 16
"""Contrast and saturation that change nothing, in 16.16."""
_PLANES = 4
_CHROMA = (1, 2)
"""Planes that may have fewer rows; the fourth is transparency."""

_Pointers = c_void_p * _PLANES
_Strides = c_int * _PLANES


class NoConversion(NightjarError):
    """Pictures of this kind cannot be turned into what is wanted."""

    status = 415
    words = _("Pictures of this format ({format}) cannot be shown.")


# What PyAV's own module is linked with is found through it, whatever else has brought an FFmpeg into this process.
_linked = ctypes.CDLL(str(reformatter.__file__))
_format = _linked.av_get_pix_fmt
_format.argtypes, _format.restype = [c_char_p], c_int
_line = _linked.av_image_get_linesize
_line.argtypes, _line.restype = [c_int, c_int, c_int], c_int
_open = _linked.sws_getContext
_open.argtypes, _open.restype = [c_int] * 7 + [c_void_p] * 3, c_void_p
_close = _linked.sws_freeContext
_close.argtypes, _close.restype = [c_void_p], None
_coefficients = _linked.sws_getCoefficients
_coefficients.argtypes, _coefficients.restype = [c_int], c_void_p
_colour = _linked.sws_setColorspaceDetails
_colour.argtypes, _colour.restype = [c_void_p, c_void_p, c_int, c_void_p, c_int, c_int, c_int, c_int], c_int
_scale = _linked.sws_scale
_scale.argtypes, _scale.restype = [c_void_p, _Pointers, _Strides, c_int, c_int, _Pointers, _Strides], c_int


class Conversion:
    """From pictures of one size and format to another, the matrix and range of their colours being known.

    `matrix` is an `SWS_CS_…` number, `full` whether all values of a byte are used; planes keep their range, and RGB has
    the full one. Belongs to one thread. Raises `NoConversion`.
    """

    def __init__(
        self,
        source: tuple[int, int, str],
        target: tuple[int, int, str],
        *,
        how: int,
        matrix: int,
        full: bool,
        to_full: bool,
    ) -> None:
        sizes = (source[0], source[1], _format(source[2].encode()), target[0], target[1], _format(target[2].encode()))
        self._context: int | None = _open(*sizes, how, None, None, None)
        if not self._context:
            raise NoConversion(format=source[2])
        table = _coefficients(matrix)
        _colour(self._context, table, full, table, to_full, 0, _ONE, _ONE)
        self._lines = source[1]

    def run(self, source: "Planes", target: "Planes") -> None:
        """Convert one picture."""
        _scale(self._context, source.pointers, source.strides, 0, self._lines, target.pointers, target.strides)

    def __del__(self) -> None:
        """Give its tables back."""
        if getattr(self, "_context", None):
            _close(self._context)


class Planes:
    """Where the planes of a picture lie in memory, and how far apart their rows are."""

    def __init__(self) -> None:
        self.pointers = _Pointers()
        self.strides = _Strides()

    def of_frame(self, frame: av.VideoFrame, x: int = 0, y: int = 0) -> None:
        """Point at a frame, which must live as long as this is used; from a pixel of luma that has one of chroma."""
        pointers, strides = self.pointers, self.strides
        for number, plane in enumerate(frame.planes):
            pointers[number] = plane.buffer_ptr
            strides[number] = plane.line_size
        if x or y:
            self._begin_at(frame, x, y)

    def _begin_at(self, frame: av.VideoFrame, x: int, y: int) -> None:
        kind, number_of_kind = frame.format, _format(frame.format.name.encode())
        for number, stride in enumerate(self.strides[: len(frame.planes)]):
            rows = kind.chroma_height(y) if number in _CHROMA else y
            self.pointers[number] = (self.pointers[number] or 0) + rows * stride + _line(number_of_kind, x, number)


class Canvas(Planes):
    """Packed pixels (height x width x bytes) to be drawn on, in rows that libswscale can write: see `pixels`."""

    def __init__(self, memory: NDArray[np.uint8]) -> None:
        super().__init__()
        self.pixels = memory
        self.height, self.width = memory.shape[:2]
        self.pointers[0] = memory.__array_interface__["data"][0]
        self.strides[0] = memory.strides[0]
        if self.strides[0] % ALIGNED or self.pointers[0] % ALIGNED:
            raise ValueError("rows that libswscale cannot write")


class OwnPlanes(Planes):
    """Memory for a picture of 4:2:0, `planar.bytes` of it, which begin at a multiple of `ALIGNED`."""

    def __init__(self, planar: Planar, memory: NDArray[np.uint8]) -> None:
        super().__init__()
        self.width, self.height = planar.width, planar.height
        self._memory = memory
        begin = memory.__array_interface__["data"][0]
        for number, offset in enumerate(planar.begins):
            self.pointers[number] = begin + offset
            self.strides[number] = planar.stride // 2 if number else planar.stride


def pixels(width: int, height: int, size: int) -> NDArray[np.uint8]:
    """Give memory for a picture of so many bytes a pixel, its rows as libswscale likes them."""
    stride = -(-width * size // ALIGNED) * ALIGNED
    memory = np.zeros(stride * (height + 1) + ALIGNED, np.uint8)
    begin = -memory.__array_interface__["data"][0] % ALIGNED
    return memory[begin : begin + stride * height].reshape(height, stride // size, size)[:, :width]
