"""Shapes with smooth edges: rounded cards, outlines, rings and shadows, each drawn once and kept."""

from collections import OrderedDict
from collections.abc import Callable

import pygame
from pygame import Rect, Surface

from gui.toolkit.theme import ACCENT, SHADOW, Colour, Theme

OVERSAMPLED = 4
ELEVATION = 3
"""Units of the design that what is lifted lies above the ground."""
KEPT_PIXELS = 8_000_000
"""Shapes that are kept, in pixels of 4 bytes."""


class Paint:
    """The shapes of one screen. Rects are pixels, radii and lines units of the design."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._corners: OrderedDict[tuple[object, ...], Surface] = OrderedDict()
        self._pixels = 0
        self._shade: Surface | None = None

    def fill(self, surface: Surface, rect: Rect, colour: Colour, radius: float = 0) -> None:
        """Fill a rectangle, its corners rounded."""
        pixels = min(self.theme.px(radius), rect.width // 2, rect.height // 2)
        if len(colour) == 4 and colour[3] < 255:
            surface.blit(self._plate(rect.size, pixels, colour), rect)
            return
        if pixels <= 0:
            surface.fill(colour, rect)
            return
        surface.fill(colour, Rect(rect.x + pixels, rect.y, rect.width - 2 * pixels, rect.height))
        surface.fill(colour, Rect(rect.x, rect.y + pixels, pixels, rect.height - 2 * pixels))
        surface.fill(colour, Rect(rect.right - pixels, rect.y + pixels, pixels, rect.height - 2 * pixels))
        disc = self._disc(pixels, 0, colour)
        self._four(surface, rect, disc, pixels)

    def shade(self, surface: Surface, rect: Rect, colour: Colour) -> None:
        """Lay a translucent colour over a rectangle."""
        if self._shade is None or self._shade.get_size() != surface.get_size():
            self._shade = Surface(surface.get_size(), 0, 32)
        self._shade.fill(colour[:3], rect)
        self._shade.set_alpha(colour[3] if len(colour) == 4 else 255)
        surface.blit(self._shade, rect, rect)

    def outline(self, surface: Surface, rect: Rect, colour: Colour, radius: float = 0, line: float = 1) -> None:
        """Draw the border of a rectangle, inside it."""
        self._outline(surface, rect, colour, self.theme.px(radius), self.theme.px(line))

    def ring(self, surface: Surface, rect: Rect, radius: float) -> Rect:
        """Draw the mark of the focus around a rectangle; give what it covers."""
        around = self.ring_bounds(rect)
        gap = self.theme.ring
        self._outline(surface, around, ACCENT, self.theme.px(radius) + 2 * gap, self.theme.ring)
        return around

    def ring_bounds(self, rect: Rect) -> Rect:
        """What the mark of the focus around a rectangle covers."""
        return rect.inflate(4 * self.theme.ring, 4 * self.theme.ring)

    def card(self, surface: Surface, rect: Rect, colour: Colour, radius: float, *, lifted: bool = False) -> None:
        """Fill a rounded rectangle; one that is `lifted` lies above the ground and throws a shadow."""
        if lifted:
            step = self.theme.px(ELEVATION * 2)
            for grown in (step * 3, step * 2, step):
                around = rect.inflate(grown, grown).move(0, step // 2)
                self.fill(surface, around, (*SHADOW[:3], 34), radius + ELEVATION)
        self.fill(surface, rect, colour, radius)

    def shadow_bounds(self, rect: Rect) -> Rect:
        """What a card with its shadow covers."""
        step = self.theme.px(ELEVATION * 2)
        return rect.inflate(step * 4, step * 4)

    def disc(self, surface: Surface, at: tuple[int, int], radius: int, colour: Colour) -> None:
        """Draw a filled circle; the radius is in pixels."""
        if radius > 0:
            surface.blit(self._disc(radius, 0, colour), (at[0] - radius, at[1] - radius))

    def _outline(self, surface: Surface, rect: Rect, colour: Colour, radius: int, line: int) -> None:
        pixels = min(radius, rect.width // 2, rect.height // 2)
        across, down = rect.width - 2 * pixels, rect.height - 2 * pixels
        surface.fill(colour, Rect(rect.x + pixels, rect.y, across, line))
        surface.fill(colour, Rect(rect.x + pixels, rect.bottom - line, across, line))
        surface.fill(colour, Rect(rect.x, rect.y + pixels, line, down))
        surface.fill(colour, Rect(rect.right - line, rect.y + pixels, line, down))
        if pixels:
            self._four(surface, rect, self._disc(pixels, line, colour), pixels)

    @staticmethod
    def _four(surface: Surface, rect: Rect, disc: Surface, pixels: int) -> None:
        right, bottom = rect.right - pixels, rect.bottom - pixels
        surface.blit(disc, (rect.x, rect.y), (0, 0, pixels, pixels))
        surface.blit(disc, (right, rect.y), (pixels, 0, pixels, pixels))
        surface.blit(disc, (rect.x, bottom), (0, pixels, pixels, pixels))
        surface.blit(disc, (right, bottom), (pixels, pixels, pixels, pixels))

    def _disc(self, radius: int, line: int, colour: Colour) -> Surface:
        """A circle of `2 * radius` pixels, filled or (line > 0) only its border; edges smoothed by oversampling."""
        return self._kept(("disc", radius, line, colour), lambda: _disc(radius, line, colour))

    def _plate(self, size: tuple[int, int], radius: int, colour: Colour) -> Surface:
        return self._kept(("plate", size, radius, colour), lambda: _plate(size, radius, colour))

    def _kept(self, key: tuple[object, ...], make: Callable[[], Surface]) -> Surface:
        if (known := self._corners.get(key)) is not None:
            self._corners.move_to_end(key)
            return known
        made = make()
        self._corners[key] = made
        self._pixels += made.get_width() * made.get_height()
        while self._pixels > KEPT_PIXELS and len(self._corners) > 1:
            _, old = self._corners.popitem(last=False)
            self._pixels -= old.get_width() * old.get_height()
        return made


def _disc(radius: int, line: int, colour: Colour) -> Surface:
    side = 2 * radius
    large = Surface((side * OVERSAMPLED, side * OVERSAMPLED), pygame.SRCALPHA, 32)
    large.fill((*colour[:3], 0))
    middle = radius * OVERSAMPLED
    pygame.draw.circle(large, colour, (middle, middle), middle, line * OVERSAMPLED)
    return pygame.transform.smoothscale(large, (side, side))


def _plate(size: tuple[int, int], radius: int, colour: Colour) -> Surface:
    """A translucent rounded rectangle as one picture: its parts would add up where they overlap."""
    plate = Surface(size, pygame.SRCALPHA, 32)
    plate.fill(colour)
    if radius:
        corner = _disc(radius, 0, colour)
        right, bottom = size[0] - radius, size[1] - radius
        for x, y, u, v in (
            (0, 0, 0, 0),
            (right, 0, radius, 0),
            (0, bottom, 0, radius),
            (right, bottom, radius, radius),
        ):
            plate.fill((*colour[:3], 0), Rect(x, y, radius, radius))
            plate.blit(corner, (x, y), (u, v, radius, radius), pygame.BLEND_RGBA_MAX)
    return plate
