"""A screen without a display: the same tree drawn into memory, for tests, screenshots and bare machines."""

import threading
import time
from collections.abc import Sequence

import pygame
from pygame import Rect, Surface

from gui.toolkit.event import Event

RATE_HZ = 5.0
"""Nobody looks but now and then."""
WATCHED_HZ = 15.0
WATCHED_S = 3.0
"""How long after somebody looked the next look is expected."""


class HeadlessPresenter:
    """Keeps the canvas and counts what was shown: `presented` calls, `shown` rectangles of the last one."""

    def __init__(self, size: tuple[int, int] = (1280, 720)) -> None:
        self._canvas = Surface(size, 0, 32)
        self._woken = threading.Event()
        self.presented = 0
        self.shown: list[Rect] = []
        self._watched_s = -WATCHED_S

    @property
    def rate_hz(self) -> float:
        """How often moving pictures are looked for."""
        return WATCHED_HZ if time.monotonic() - self._watched_s < WATCHED_S else RATE_HZ

    def watched(self) -> None:
        """Somebody looks from afar: more often for a while."""
        self._watched_s = time.monotonic()

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

    def point(self, at: tuple[int, int] | None) -> None:
        """There is none."""

    def close(self) -> None:
        """Nothing to give back."""


def save(canvas: Surface, path: str) -> None:
    """Write the canvas as a PNG file."""
    pygame.image.save(canvas, path)
