"""A screen without a display: the same tree drawn into memory, for tests, screenshots and bare machines."""

import threading
from collections.abc import Sequence

import pygame
from pygame import Rect, Surface

from gui.toolkit.event import Event

RATE_HZ = 5.0
"""Nobody looks but now and then."""


class HeadlessPresenter:
    """Keeps the canvas and counts what was shown: `presented` calls, `shown` rectangles of the last one."""

    rate_hz = RATE_HZ

    def __init__(self, size: tuple[int, int] = (1280, 720)) -> None:
        self._canvas = Surface(size, 0, 32)
        self._woken = threading.Event()
        self.presented = 0
        self.shown: list[Rect] = []

    @property
    def canvas(self) -> Surface:
        """Where the screen is composed."""
        return self._canvas

    def present(self, rects: Sequence[Rect]) -> None:
        """Count."""
        self.presented += 1
        self.shown = list(rects)

    def wait(self, timeout_s: float | None) -> list[Event]:
        """Sleep until woken; nothing arrives by itself."""
        self._woken.wait(timeout_s)
        self._woken.clear()
        return []

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def show_pointer(self, shown: bool) -> None:  # noqa: FBT001
        """There is none."""

    def close(self) -> None:
        """Nothing to give back."""


def save(canvas: Surface, path: str) -> None:
    """Write the canvas as a PNG file."""
    pygame.image.save(canvas, path)
