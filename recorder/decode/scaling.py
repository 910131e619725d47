"""From a decoded frame to a picture of the wanted size, by the cheapest path that keeps the colours true.

swscale does it in two steps, both quicker than anything else that was measured (docs/reference/performance.md): the
planes to the final size, averaging over what is left out, so that fine texture turns grey and does not flicker; then
from planes to BGRX. The matrix and range of the colours go with the picture (ITU-R BT.601-7, BT.709-6, BT.2020-2), so
that the red of a car is the same from a sub stream and a main stream.
"""

import threading
from typing import TypeAlias, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

PLANES = "yuv420p"
BGRX = "bgr0"
HD_LINES = 720
"""Streams of at least this height that do not name their colours mean BT.709, as cameras and players agree."""
MOST_KEPT = 64
"""Scalers that a thread keeps, each some 200 KB: a wall of cameras of all sizes needs one for each."""

# AVCOL_SPC, after ITU-T H.273 table 4.
_UNSPECIFIED = 2
_BT601, _BT709, _BT2020 = Colorspace.ITU601.value, Colorspace.ITU709.value, Colorspace.BT2020.value
_SPACES = {1: _BT709, 9: _BT2020, 10: _BT2020}
_LIMITED, _FULL = ColorRange.MPEG.value, ColorRange.JPEG.value
_MEAN, _BETWEEN = Interpolation.AREA.value, Interpolation.BILINEAR.value
_Sizes: TypeAlias = tuple[int, int, int, int]


class _Scalers(threading.local):
    """The scalers of a thread, by sizes: preparing one takes as long as ten pictures."""

    def __init__(self) -> None:
        self._kept: dict[_Sizes, VideoReformatter] = {}

    def between(self, frame: av.VideoFrame, width: int, height: int) -> VideoReformatter:
        sizes = frame.width, frame.height, width, height
        found = self._kept.get(sizes)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[sizes] = VideoReformatter()
        return found


def scaled(frame: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
    """Give a frame as three planes (4:2:0) of this size; a frame that is so already is given back."""
    space, extent = _colours(frame)
    return _scalers.between(frame, width, height).reformat(
        frame,
        width,
        height,
        PLANES,
        src_colorspace=space,
        dst_colorspace=space,
        # Averaging an enlarged picture would only repeat its pixels.
        interpolation=_MEAN if height < frame.height else _BETWEEN,
        src_color_range=extent,
        dst_color_range=extent,
        threads=1,  # tiles are scaled in parallel by our own threads
    )


def size(picture: av.VideoFrame) -> int:
    """The bytes that a picture takes in memory."""
    return sum(plane.buffer_size for plane in picture.planes)


def show(frame: av.VideoFrame, target: NDArray[np.uint8]) -> None:
    """Scale a frame into `target` (height x width x 4) as BGRX."""
    height, width = target.shape[:2]
    planes = scaled(frame, width, height)
    space, extent = _colours(planes)
    made = _painters.between(planes, width, height).reformat(
        planes, format=BGRX, src_colorspace=space, src_color_range=extent, threads=1
    )
    plane = made.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(height, plane.line_size // 4, 4)
    np.copyto(target, rows[:, :width])


def _colours(frame: av.VideoFrame) -> tuple[int, int]:
    """Say what the colours of a frame mean: its matrix and its range, as numbers of swscale and libavutil."""
    unnamed = _BT709 if frame.height >= HD_LINES else _BT601
    matrix = unnamed if frame.colorspace == _UNSPECIFIED else _SPACES.get(frame.colorspace, _BT601)
    full = frame.color_range == _FULL or frame.format.name.startswith("yuvj")
    return matrix, _FULL if full else _LIMITED


_scalers = _Scalers()
_painters = _Scalers()
