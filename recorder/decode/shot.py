"""A decoded picture of recorded footage on its way to a view."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import av

from recorder.client.clock import SECOND_US
from recorder.client.views import PictureFlag
from recorder.decode.view import ClientView

HOLE_US = 2 * SECOND_US
"""Footage that is further apart than this has a hole in between, if the reader marks it as one."""
KEY_HOLE_US = 15 * SECOND_US
"""Between key frames alone, pauses are longer."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, as it was decoded (forward) or as large as the view needs it (backward). `at_us` is UTC.

    `hole` says that footage is missing between it and the picture played before it; `size` is the width and height of
    the picture as it was decoded.
    """

    at_us: int
    picture: av.VideoFrame
    size: tuple[int, int]
    hole: bool = False

    def serves(self, view: ClientView) -> bool:
        """Say whether it is as large as the view needs it now."""
        return self.picture.width >= kept_size(self.size, view)[0]

    def show(self, view: ClientView, flags: PictureFlag = PictureFlag.NONE) -> None:
        """Publish it in a view."""
        view.show(self.picture, self.at_us, flags)


def kept_size(size: tuple[int, int], view: ClientView) -> tuple[int, int]:
    """How large a decoded picture of this size has to be kept: as the view shows it.

    With a part in sight all of it is kept, as large as that part but no larger than it was: so the part can be moved.
    """
    if view.part is None:
        return view.size
    width, height = (min(of, round(wanted)) for of, wanted in zip(size, view.spread, strict=True))
    return width, height


class Source(Protocol):
    """Shots in the order they are played."""

    ready: deque[Shot]
    """Decoded and not yet taken."""

    @property
    def over(self) -> bool:
        """Nothing more comes in this direction."""
        ...

    def advance(self) -> bool:
        """Do a little decoding, a picture's worth; False when there is nothing to do it with. Raises `Undecodable`."""
        ...

    def close(self) -> None:
        """No more of it."""
        ...
