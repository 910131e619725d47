"""Where a machine without a window system shows its screen: a monitor, or several that show the same."""

from collections.abc import Sequence
from typing import Protocol

from pygame import Rect, Surface

Patch = tuple[Surface, tuple[int, int]]
"""A small picture that lies over the canvas, and its place: the pointer."""


class Output(Protocol):
    """Somewhere to show a canvas. Calls raise OSError when it is gone."""

    size: tuple[int, int]
    """Pixels across and down."""

    def show(self, canvas: Surface, rects: Sequence[Rect], over: Patch | None) -> None:
        """Show these parts of the canvas, and what lies over it."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...
