"""Icons as vectors on a grid of 24: drawn large, scaled down smoothly, kept per size and colour."""

import itertools
import math
from collections import OrderedDict
from collections.abc import Sequence

import pygame
from pygame import Rect, Surface, Vector2

from gui.toolkit.icon_shapes import ICONS, STROKE, Arc, Disc, Line, Path, Plate, Ring, Shape
from gui.toolkit.theme import Colour

GRID = 24
OVERSAMPLED = 6
KEPT = 400


class Icons:
    """Draws icons by name; `UnknownIcon` never: a name that does not exist is drawn as a ring."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[str, int, Colour], Surface] = OrderedDict()

    def picture(self, name: str, pixels: int, colour: Colour) -> Surface:
        """Give an icon as a square picture with alpha. It is shared: do not draw on it."""
        key = name, max(1, pixels), colour
        if (known := self._pictures.get(key)) is not None:
            self._pictures.move_to_end(key)
            return known
        made = _render(ICONS.get(name, (Ring(12, 12, 8),)), key[1], colour)
        self._pictures[key] = made
        if len(self._pictures) > KEPT:
            self._pictures.popitem(last=False)
        return made

    def draw(self, surface: Surface, name: str, rect: Rect, colour: Colour) -> None:
        """Draw an icon as large as fits, in the middle of a place."""
        picture = self.picture(name, min(rect.width, rect.height), colour)
        surface.blit(picture, picture.get_rect(center=rect.center))


def _render(shapes: Sequence[Shape], pixels: int, colour: Colour) -> Surface:
    side = pixels * OVERSAMPLED
    scale = side / GRID
    large = Surface((side, side), pygame.SRCALPHA, 32)
    clear = (*colour[:3], 0)
    large.fill(clear)
    # Small icons get a little more weight, or they fade in the distance.
    width = STROKE * scale * (1.12 if pixels < 20 else 1.0)
    for shape in shapes:
        _draw(large, shape, clear if shape.cut else colour, scale, width)
    return pygame.transform.smoothscale(large, (pixels, pixels))


def _draw(surface: Surface, shape: Shape, colour: Colour, scale: float, width: float) -> None:
    match shape:
        case Line(points, thick):
            _stroke(surface, [Vector2(point) * scale for point in points], colour, width * thick)
        case Path(points):
            pygame.draw.polygon(surface, colour, [(x * scale, y * scale) for x, y in points])
        case Disc(x, y, radius):
            pygame.draw.circle(surface, colour, (x * scale, y * scale), radius * scale)
        case Ring(x, y, radius, thick):
            _stroke(surface, _arc(x, y, radius, 0, 360, scale), colour, width * thick)
        case Arc(x, y, radius, start, end):
            _stroke(surface, _arc(x, y, radius, start, end, scale), colour, width)
        case Plate(x, y, across, down, radius, filled):
            rect = Rect(round(x * scale), round(y * scale), round(across * scale), round(down * scale))
            if filled:
                pygame.draw.rect(surface, colour, rect, border_radius=round(radius * scale))
            else:
                _stroke(surface, _rounded(x, y, across, down, radius, scale), colour, width)


def _arc(x: float, y: float, radius: float, start: float, end: float, scale: float) -> list[Vector2]:
    steps = max(8, round(abs(end - start) / 5))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [Vector2(x + radius * math.cos(angle), y + radius * math.sin(angle)) * scale for angle in angles]


def _rounded(x: float, y: float, across: float, down: float, radius: float, scale: float) -> list[Vector2]:
    corners = (
        (x + across - radius, y + radius, -90),
        (x + across - radius, y + down - radius, 0),
        (x + radius, y + down - radius, 90),
        (x + radius, y + radius, 180),
    )
    points = [point for cx, cy, start in corners for point in _arc(cx, cy, radius, start, start + 90, scale)]
    return [*points, points[0]]


def _stroke(surface: Surface, points: list[Vector2], colour: Colour, width: float) -> None:
    """Draw a line with round ends and joints; pygame's own wide lines have slanted ends."""
    half = width / 2
    for point in points:
        pygame.draw.circle(surface, colour, point, half)
    for start, end in itertools.pairwise(points):
        along = end - start
        if along.length_squared() < 1e-6:
            continue
        aside = along.normalize().rotate(90) * half
        pygame.draw.polygon(surface, colour, [start + aside, end + aside, end - aside, start - aside])
