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
    """One picture, whole (forward) or at the size of the view (backward). `at_us` is UTC.

    `hole` says that footage is missing between it and the picture played before it.
    """

    at_us: int
    picture: av.VideoFrame
    hole: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as it is kept."""
        return self.picture.width, self.picture.height

    def show(self, view: ClientView, flags: PictureFlag = PictureFlag.NONE) -> None:
        """Publish it in a view."""
        view.show(self.picture, self.at_us, flags)


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
