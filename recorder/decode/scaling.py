"""From a decoded frame to a picture of the wanted size, by the cheapest path that keeps the colours true.

swscale does it in two steps, both quicker than anything else that was measured (docs/reference/performance.md): the
planes to the final size, averaging over what is left out, so that fine texture turns grey and does not flicker; then
from planes to BGRX. The matrix and range of the colours go with the picture (ITU-R BT.601-7, BT.709-6, BT.2020-2), so
that the red of a car is the same from a sub stream and a main stream.

A part of a picture costs no copy: the pointers to its planes begin further in.
"""

import threading
from collections.abc import Callable
from typing import TypeAlias, TypeVar, cast

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from recorder.client.surface import Planar
from recorder.client.views import Colours, Part
from recorder.decode import swscale
from recorder.decode.part import Pixels, pixels_of
from recorder.decode.swscale import Canvas, Conversion, OwnPlanes, Planes

PLANES = "yuv420p"
_PLANES_ALREADY = frozenset({PLANES, "yuvj420p"})
_LUMA_FIRST = frozenset({*_PLANES_ALREADY, "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "gray", "nv12"})
BGRX = "bgr0"
GREY = "gray"
HD_LINES = 720
"""Streams of at least this height that do not name their colours mean BT.709, as cameras and players agree."""
MOST_KEPT = 64
"""Painters that a thread keeps, each some 200 KB: a wall of cameras of all sizes needs one for each."""

# AVCOL_SPC, after ITU-T H.273 table 4.
_UNSPECIFIED = 2
_BT601, _BT709, _BT2020 = Colorspace.ITU601.value, Colorspace.ITU709.value, Colorspace.BT2020.value
_SPACES = {1: _BT709, 9: _BT2020, 10: _BT2020}
_NAMES = {_BT601: 6, _BT709: 1, _BT2020: 9}
_LIMITED, _FULL = ColorRange.MPEG.value, ColorRange.JPEG.value
_AS_PLANES = {(_BT601, _LIMITED): Colours.BT601, (_BT709, _LIMITED): Colours.BT709, (_BT601, _FULL): Colours.JPEG}
"""What a reader can make pixels of; others come as pixels."""
_MEAN, _BETWEEN, _SHARP = Interpolation.AREA.value, Interpolation.BILINEAR.value, Interpolation.BICUBIC.value
_Any = TypeVar("_Any")
_Kind: TypeAlias = tuple[int, int, str, int, int, int, int, int, int]


class _Painter:
    """Draws frames of one kind, or a part of so many of their pixels, as BGRX of one size, in one thread."""

    def __init__(self, frame: av.VideoFrame, part: tuple[int, int], width: int, height: int) -> None:
        matrix, extent = _colours(frame)
        full, kind, size = extent == _FULL, frame.format.name, (width, height)
        self._size, self._named = size, (_NAMES[matrix], extent)
        self._source = Planes()
        self._scaling = None
        # A part is always copied: colouring may read some pixels further, which only a whole frame has room for.
        if part != size or part != (frame.width, frame.height) or kind not in _PLANES_ALREADY:
            self._scaling = _to_planes(frame, part, width, height)
        # Made after scaling, while the processor still has the planes at hand, and used for all cameras of this kind.
        planar = Planar(width, height)
        own = swscale.pixels(planar.bytes, 1, 1).reshape(-1)
        self._planes = OwnPlanes(planar, own) if self._scaling is not None else self._source
        self._colouring = Conversion(
            (*size, PLANES), (*size, BGRX), how=_BETWEEN, matrix=matrix, full=full, to_full=True
        )

    def scaled(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Give the planes of one picture at the size, as a frame of their own."""
        if self._scaling is None:
            return frame
        made = av.VideoFrame(*self._size, PLANES)
        made.pts, made.colorspace, made.color_range = frame.pts, *self._named
        self._source.of_frame(frame)
        target = Planes()
        target.of_frame(made)
        self._scaling.run(self._source, target)
        return made

    def paint(self, frame: av.VideoFrame, pixels: Pixels, target: Canvas) -> None:
        """Draw one picture, or the part of it."""
        self._source.of_frame(frame, pixels.x, pixels.y)
        if self._scaling is not None:
            self._scaling.run(self._source, self._planes)
        self._colouring.run(self._planes, target)


class _Planar:
    """Draws frames of one kind, or a part of so many of their pixels, as planes of one size, in one thread."""

    def __init__(self, frame: av.VideoFrame, part: tuple[int, int], width: int, height: int) -> None:
        self.colours = _AS_PLANES.get(_colours(frame), Colours.PIXELS)
        self._source = Planes()
        self._scaling = _to_planes(frame, part, width, height)

    def paint(self, frame: av.VideoFrame, pixels: Pixels, target: OwnPlanes) -> None:
        """Draw one picture, or the part of it."""
        self._source.of_frame(frame, pixels.x, pixels.y)
        self._scaling.run(self._source, target)


class _Luma:
    """Draws the luma of frames of one kind at one size, in one thread.

    Halving is several times as quick as any other scaling, so as long as both sides can be halved they are: what is
    left for swscale is the rest, mostly nothing.
    """

    def __init__(self, frame: av.VideoFrame, _part: tuple[int, int], width: int, height: int) -> None:
        matrix, extent = _colours(frame)
        # The first plane of these is a grey picture; values stay as they are, whatever their range.
        grey = frame.format.name in _LUMA_FIRST
        full = extent == _FULL
        self._from = across, down = frame.width, frame.height
        self._halves: list[Canvas] = []
        while grey and not (across % 2 or down % 2) and across >= 2 * width and down >= 2 * height:
            across, down = across // 2, down // 2
            self._halves.append(Canvas(swscale.pixels(across, down, 1)))
        self._source = Planes()
        self._scaling = None
        if not self._halves or (across, down) != (width, height):
            self._scaling = Conversion(
                (across, down, GREY if grey else frame.format.name),
                (width, height, GREY),
                how=_MEAN if height < down else _BETWEEN,
                matrix=matrix,
                full=full,
                to_full=full,
            )

    def paint(self, frame: av.VideoFrame, target: Canvas) -> None:
        """Draw one picture."""
        last = self._halves if self._scaling is not None else [*self._halves[:-1], target]
        if self._halves:
            width, height = self._from
            plane = frame.planes[0]
            luma = np.frombuffer(cast("bytes", plane), np.uint8).reshape(-1, plane.line_size)[:height, :width]
            for one in last:
                width, height = width // 2, height // 2
                # For halves this is the mean of four pixels.
                luma = cv2.resize(
                    luma, (width, height), dst=one.pixels[:height, :width, 0], interpolation=cv2.INTER_AREA
                )
        if self._scaling is None:
            return
        if self._halves:
            self._scaling.run(self._halves[-1], target)
        else:
            self._source.of_frame(frame)
            self._scaling.run(self._source, target)


class _Kept(threading.local):
    """What a thread has made ready: preparing it takes as long as ten pictures."""

    def __init__(self) -> None:
        self._painters: dict[_Kind, _Painter] = {}
        self._planars: dict[_Kind, _Planar] = {}
        self._lumas: dict[_Kind, _Luma] = {}

    def painter(self, frame: av.VideoFrame, part: tuple[int, int], width: int, height: int) -> _Painter:
        return _made(self._painters, _Painter, frame, part, width, height)

    def planar(self, frame: av.VideoFrame, part: tuple[int, int], width: int, height: int) -> _Planar:
        return _made(self._planars, _Planar, frame, part, width, height)

    def luma(self, frame: av.VideoFrame, width: int, height: int) -> _Luma:
        return _made(self._lumas, _Luma, frame, (frame.width, frame.height), width, height)


def _made(
    kept: dict[_Kind, _Any],
    make: Callable[[av.VideoFrame, tuple[int, int], int, int], _Any],
    frame: av.VideoFrame,
    part: tuple[int, int],
    width: int,
    height: int,
) -> _Any:
    look = frame.format.name, frame.colorspace, frame.color_range
    kind = frame.width, frame.height, *look, *part, width, height
    found = kept.get(kind)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[kind] = make(frame, part, width, height)
    return found


def scaled(frame: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
    """Give a frame as three planes (4:2:0) of this size, to be kept; a frame that is so already is given back."""
    return _kept.painter(frame, (frame.width, frame.height), width, height).scaled(frame)


def size(picture: av.VideoFrame) -> int:
    """The bytes that a picture takes in memory."""
    return sum(plane.buffer_size for plane in picture.planes)


def show(frame: av.VideoFrame, canvas: Canvas, part: Part | None = None) -> None:
    """Scale a frame, or a part, to the size of a canvas of four bytes a pixel, as BGRX; raises `NoConversion`."""
    pixels = _pixels(frame, part)
    _kept.painter(frame, pixels[2:], canvas.width, canvas.height).paint(frame, pixels, canvas)


def show_planes(frame: av.VideoFrame, target: OwnPlanes, part: Part | None = None) -> Colours:
    """Scale a frame, or a part of it, to the size of some planes, and give what these mean.

    Nothing is drawn where only pixels can be true: `Colours.PIXELS`. Raises `NoConversion`.
    """
    pixels = _pixels(frame, part)
    planar = _kept.planar(frame, pixels[2:], target.width, target.height)
    if planar.colours is not Colours.PIXELS:
        planar.paint(frame, pixels, target)
    return planar.colours


def show_luma(frame: av.VideoFrame, canvas: Canvas) -> None:
    """Scale the luma of a frame to the size of a canvas of one byte a pixel; raises `NoConversion`."""
    _kept.luma(frame, canvas.width, canvas.height).paint(frame, canvas)


def shown(frame: av.VideoFrame, width: int, height: int, part: Part | None = None) -> NDArray[np.uint8]:
    """Give a frame, or a part of it, at a size as BGRX, height x width x 4; raises `NoConversion`."""
    canvas = Canvas(swscale.pixels(width, height, 4))
    show(frame, canvas, part)
    return canvas.pixels


def _pixels(frame: av.VideoFrame, part: Part | None) -> Pixels:
    return Pixels(0, 0, frame.width, frame.height) if part is None else pixels_of(part, frame)


def _to_planes(frame: av.VideoFrame, part: tuple[int, int], width: int, height: int) -> Conversion:
    """Make what scales so many pixels of frames of this kind to planes of a size, in the range that they have."""
    matrix, extent = _colours(frame)
    full = extent == _FULL
    how = _BETWEEN if part == (frame.width, frame.height) else _SHARP
    if height < part[1]:
        how = _MEAN  # of an enlarged picture the mean would only repeat its pixels
    source, target = (*part, frame.format.name), (width, height, PLANES)
    return Conversion(source, target, how=how, matrix=matrix, full=full, to_full=full)


def _colours(frame: av.VideoFrame) -> tuple[int, int]:
    """Say what the colours of a frame mean: its matrix and its range, as numbers of swscale and libavutil."""
    unnamed = _BT709 if frame.height >= HD_LINES else _BT601
    matrix = unnamed if frame.colorspace == _UNSPECIFIED else _SPACES.get(frame.colorspace, _BT601)
    full = frame.color_range == _FULL or frame.format.name.startswith("yuvj")
    return matrix, _FULL if full else _LIMITED


_kept = _Kept()
