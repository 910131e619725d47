"""A part of a picture (`Part`): which may be asked for, and where it lies among the pixels of a frame."""

from typing import NamedTuple

import av

from recorder.client.errors import Invalid
from recorder.client.views import Part
from recorder.client.words import _

LEAST_SHARE = 1 / 64
"""Of a side: less of it has hardly a pixel."""
LEAST_PIXELS = 16
"""Of a side; a part with fewer is shown with what lies around it."""
_SLACK = 1e-6
"""Sums of shares are rounded."""
_MANY = 64
"""Of luma, to see for how many of them there is one pixel of chroma."""


class Pixels(NamedTuple):
    """A rectangle within a frame, in pixels of luma; it begins where a pixel of chroma does."""

    x: int
    y: int
    width: int
    height: int


def checked(part: Part | None) -> Part | None:
    """Give a part back that lies within its picture; raises `Invalid` on any other."""
    if part is None:
        return None
    # Written so that NaN, of which nothing is true, is refused as well.
    for begin, length in ((part.left, part.width), (part.top, part.height)):
        if not (begin >= 0 and length >= LEAST_SHARE and begin + length <= 1 + _SLACK):
            raise Invalid(problem=_("What was asked for is no part of a picture."))
    return part


def pixels_of(part: Part, frame: av.VideoFrame) -> Pixels:
    """Say where a part, which is `checked`, lies in a frame; its size stays the same wherever it is moved to."""
    kind = frame.format
    across, down = (_MANY // max(1, chroma) for chroma in (kind.chroma_width(_MANY), kind.chroma_height(_MANY)))
    x, width = _side(part.left, part.width, frame.width, across)
    y, height = _side(part.top, part.height, frame.height, down)
    return Pixels(x, y, width, height)


def _side(begin: float, length: float, whole: int, step: int) -> tuple[int, int]:
    size = -(-max(round(length * whole), LEAST_PIXELS) // step) * step
    if size >= whole:
        return 0, whole
    return min(round(begin * whole / step), (whole - size) // step) * step, size
