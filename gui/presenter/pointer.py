"""The mouse pointer, where no window system draws one: an arrow laid over a copy of what is under it."""

import pygame
from pygame import Rect, Surface

from gui.presenter.output import Patch

OUTLINE = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))
"""An arrow whose tip is at its place, in pixels of a screen of 720 rows."""
ROWS = 720
DARK, LIGHT = (10, 12, 16), (250, 250, 252)


class Pointer:
    """Where it is, if it is to be seen."""

    def __init__(self) -> None:
        self._at: tuple[int, int] | None = None
        self._arrow = _arrow(1.0)
        self._rows = ROWS

    def move(self, at: tuple[int, int] | None) -> list[Rect]:
        """Put it somewhere, or away; give the parts of the screen that are to be shown again."""
        if at == self._at:
            return []
        parts = [self._rect(one) for one in (self._at, at) if one is not None]
        self._at = at
        return parts

    def over(self, canvas: Surface) -> Patch | None:
        """Give its picture on what lies under it."""
        if canvas.get_height() != self._rows:
            self._rows = canvas.get_height()
            self._arrow = _arrow(max(1.0, self._rows / ROWS))
        if self._at is None:
            return None
        rect = self._rect(self._at).clip(canvas.get_rect())
        if not rect:
            return None
        patch = canvas.subsurface(rect).copy()
        patch.blit(self._arrow, (0, 0))
        return patch, rect.topleft

    def _rect(self, at: tuple[int, int]) -> Rect:
        return Rect(at, self._arrow.get_size())


def _arrow(scale: float) -> Surface:
    fine = 4
    points = [(round((x + 1) * scale * fine), round((y + 1) * scale * fine)) for x, y in OUTLINE]
    across, down = (max(values) + round(2 * scale * fine) for values in zip(*points, strict=True))
    large = Surface((across, down), pygame.SRCALPHA, 32)
    pygame.draw.polygon(large, LIGHT, points)
    pygame.draw.lines(large, DARK, closed=True, points=points, width=round(1.5 * scale * fine))
    return pygame.transform.smoothscale(large, (across // fine, down // fine))
