"""From a decoded frame to a picture of the wanted size, by the cheapest path that keeps the colours true.

The three planes are scaled apart and turned into BGRX at the final size, straight into shared memory: 0.24 ms for a
tile of 480x270, where swscale needs 0.37 (docs/reference/performance.md). OpenCV converts by BT.601 in limited range;
other ranges and BT.709 are brought there on the scaled planes first (ITU-R BT.601-7 §2.5, BT.709-6 §3), so that the red
of a car is the same from a sub stream and a main stream.
"""

import threading
from dataclasses import dataclass
from typing import TypeAlias, cast

import av
import cv2
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint8]

cv2.setNumThreads(1)  # tiles are scaled in parallel by our own threads

_PLANAR = {"yuv420p": False, "yuvj420p": True}
# Streams of at least this height that do not name their colours mean BT.709, as cameras and players agree.
_HD_LINES = 720
# AVCOL_SPC, after ITU-T H.273 table 4
_BT709, _UNSPECIFIED = 1, 2
_Y_FULL = np.array([round(16 + value * 219 / 255) for value in range(256)], np.uint8)
_C_FULL = np.array([round(128 + (value - 128) * 224 / 255) for value in range(256)], np.uint8)
# YCbCr(601) = RGB->YCbCr(601) . YCbCr(709)->RGB, in limited range.
_Y_FROM_CB, _Y_FROM_CR = 0.101579, 0.196076
_CB_FROM_CB, _CB_FROM_CR = 0.989854, -0.110653
_CR_FROM_CB, _CR_FROM_CR = -0.072453, 0.983398


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture at its final (even) size, as luma and two chroma planes of half its sides, BT.601, limited range."""

    y: Plane
    u: Plane
    v: Plane

    @property
    def bytes(self) -> int:
        """Memory taken."""
        return self.y.nbytes + self.u.nbytes + self.v.nbytes


class _Scratch(threading.local):
    """Memory of each thread for what is scaled on its way to a view: the tiles of a wall are all of one size."""

    def __init__(self) -> None:
        self.picture = _empty(2, 2)
        self.chroma = np.empty((1, 1, 2), np.uint8)

    def sized(self, width: int, height: int) -> Planes:
        """Planes of this (even) size, to be used until the next call."""
        if self.picture.y.shape != (height, width):
            self.picture = _empty(width, height)
            self.chroma = np.empty((height >> 1, width >> 1, 2), np.uint8)
        return self.picture


def planes(frame: av.VideoFrame, width: int, height: int) -> Planes:
    """Scale a frame to `width` x `height` (rounded up to even), into memory of its own."""
    made = _empty(width + (width & 1), height + (height & 1))
    _scale(frame, made)
    return made


def paint(picture: Planes, target: NDArray[np.uint8]) -> None:
    """Turn planes into BGRX in `target` (height x width x 4); planes of another size are scaled to it."""
    height, width = target.shape[:2]
    even = (height + (height & 1), width + (width & 1))
    scratch = _scratch.sized(even[1], even[0])
    if picture.y.shape != even:
        for plane, scaled in ((picture.y, scratch.y), (picture.u, scratch.u), (picture.v, scratch.v)):
            _scaled(plane, scaled)
        picture = scratch
    chroma = _scratch.chroma
    cv2.merge((picture.u, picture.v), dst=chroma)
    if even == (height, width):
        cv2.cvtColorTwoPlane(picture.y, chroma, cv2.COLOR_YUV2BGRA_NV12, dst=target)
    else:
        target[:] = cv2.cvtColorTwoPlane(picture.y, chroma, cv2.COLOR_YUV2BGRA_NV12)[:height, :width]


def show(frame: av.VideoFrame, target: NDArray[np.uint8]) -> None:
    """Scale a frame into `target` (height x width x 4) as BGRX."""
    height, width = target.shape[:2]
    picture = _scratch.sized(width + (width & 1), height + (height & 1))
    _scale(frame, picture)
    paint(picture, target)


def _empty(width: int, height: int) -> Planes:
    half = height >> 1, width >> 1
    return Planes(np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8))


def _scale(frame: av.VideoFrame, into: Planes) -> None:
    full_range = frame.color_range == ColorRange.JPEG
    planar = _PLANAR.get(frame.format.name)
    if planar is None:
        frame = frame.reformat(format="yuv420p", threads=1)
        full_range = False
    elif planar:
        full_range = True
    y, u, v = into.y, into.u, into.v
    luma, blue, red = frame.planes
    _scaled(_array(luma), y)
    _scaled(_array(blue), u)
    _scaled(_array(red), v)
    if full_range:
        for plane, table in ((y, _Y_FULL), (u, _C_FULL), (v, _C_FULL)):
            cv2.LUT(plane, table, dst=plane)
    if _is_709(frame):
        lift = cv2.resize(_mixed(u, _Y_FROM_CB, v, _Y_FROM_CR), y.shape[::-1], interpolation=cv2.INTER_LINEAR)
        cv2.addWeighted(y, 1, lift, 1, -128, dst=y)
        u[:], v[:] = _mixed(u, _CB_FROM_CB, v, _CB_FROM_CR), _mixed(u, _CR_FROM_CB, v, _CR_FROM_CR)


def _is_709(frame: av.VideoFrame) -> bool:
    space = frame.colorspace
    return frame.height >= _HD_LINES if space == _UNSPECIFIED else space == _BT709


def _mixed(u: Plane, of_u: float, v: Plane, of_v: float) -> Plane:
    """Mix two chroma planes about their neutral 128."""
    return cast("Plane", cv2.addWeighted(u, of_u, v, of_v, 128 * (1 - of_u - of_v)))


def _array(plane: VideoPlane) -> Plane:
    return np.frombuffer(cast("memoryview", plane), np.uint8).reshape(-1, plane.line_size)[
        : plane.height, : plane.width
    ]


def _scaled(plane: Plane, into: Plane) -> None:
    height, width = into.shape
    # Halving by area first keeps fine texture from flickering, and is quicker than one wide step.
    while plane.shape[1] >= 2 * width and plane.shape[0] >= 2 * height:
        half = (plane.shape[1] >> 1, plane.shape[0] >> 1)
        plane = cast("Plane", cv2.resize(plane, half, interpolation=cv2.INTER_AREA))
    if plane.shape == into.shape:
        into[:] = plane
    else:
        cv2.resize(plane, (width, height), dst=into, interpolation=cv2.INTER_LINEAR)


_scratch = _Scratch()
