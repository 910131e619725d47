"""The strip at the foot of a tile: what records, which channel, what time it is; legible on any picture (D-LIVE-02)."""

from dataclasses import dataclass
from functools import lru_cache

import pygame
from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.screen import Screen
from gui.toolkit.theme import RECORD, TEXT, WARNING, Colour, Type
from recorder.client.words import _

SHADE = 176
"""How dark the foot of the strip is, of 255; white text keeps 4.5:1 on white snow."""
NARROW, WIDE = 230.0, 520.0
"""Units of tile width: below the first no clock, from the second on the date too."""


@dataclass(frozen=True)
class Words:
    """What the strip says."""

    name: str
    clock: str
    day: str
    recording: bool = False
    keys_only: bool = False
    note: str = ""
    """A few words about the picture, such as the cause of a faded one."""
    beside: str = ""
    """What is wrong though the picture is there: an icon, and in words where the tile is chosen and has room."""


class Strip:
    """One tile's strip as a picture with alpha; made again only when its words or its size change."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._place = Rect(0, 0, 0, 0)
        self._picture: Surface | None = None

    @staticmethod
    def bounds(screen: Screen, tile: Rect) -> Rect:
        """Give the place of the strip in a tile."""
        high = screen.type.line_height(_size(screen, tile)) + screen.theme.px(10)
        return Rect(tile.x, tile.bottom - min(high, tile.height), tile.width, min(high, tile.height))

    def draw(self, surface: Surface, screen: Screen, tile: Rect, words: Words, *, chosen: bool = False) -> None:
        """Draw it into a tile, which may be the chosen one."""
        key = (tuple(tile), screen.theme, words, chosen)
        if key != self._key or self._picture is None:
            self._key = key
            self._place = self.bounds(screen, tile)
            self._picture = self._made(screen, self._place.size, _size(screen, tile), words, chosen=chosen)
        surface.blit(self._picture, self._place)

    @staticmethod
    def _made(screen: Screen, size: tuple[int, int], letters: Type, words: Words, *, chosen: bool) -> Surface:
        picture = shade(size).copy()
        px, text = screen.theme.px, screen.type
        rect = picture.get_rect().inflate(-px(16), 0)
        unit_width = size[0] / screen.theme.unit
        if unit_width >= NARROW:
            clock = f"{words.day}  {words.clock}" if unit_width >= WIDE else words.clock
            wide = text.width(clock, letters)
            _ink(picture, screen, clock, Rect(rect.right - wide, 0, wide, size[1]), letters)
            rect.width -= wide + px(10)
        if words.recording:
            radius = max(3, px(4))
            screen.paint.disc(picture, (rect.x + radius + 1, rect.centery + 1), radius + 1, (0, 0, 0, 120))
            screen.paint.disc(picture, (rect.x + radius, rect.centery), radius, RECORD)
            rect = Rect(rect.x + 2 * radius + px(7), rect.y, rect.width - 2 * radius - px(7), rect.height)
        note = words.note or (_("pictures left out") if words.keys_only else "")
        if note and unit_width >= NARROW:
            wide = min(text.width(note, Type.CAPTION), rect.width // 2)
            _ink(picture, screen, note, Rect(rect.right - wide, 0, wide, size[1]), Type.CAPTION, WARNING)
            rect.width -= wide + px(10)
        if words.beside:
            rect.width -= _draw_beside(picture, screen, rect, words, letters, chosen=chosen)
        if rect.width > 0:
            _ink(picture, screen, words.name, rect, letters)
        return picture


def _draw_beside(picture: Surface, screen: Screen, rect: Rect, words: Words, letters: Type, *, chosen: bool) -> int:
    """Draw what is beside the picture at the right end; give the room it took, in pixels."""
    px, text = screen.theme.px, screen.type
    side, gap = px(15), px(10)
    screen.icons.draw(picture, "clock_off", Rect(rect.right - side, rect.centery - side // 2, side, side), TEXT)
    took = side + gap
    wide = text.width(words.beside, Type.CAPTION)
    if chosen and text.width(words.name, letters) + gap + wide + px(6) + side <= rect.width:
        place = Rect(rect.right - side - px(6) - wide, 0, wide, picture.get_height())
        _ink(picture, screen, words.beside, place, Type.CAPTION)
        took += wide + px(6)
    return took


def _size(screen: Screen, tile: Rect) -> Type:
    return Type.SMALL if tile.width / screen.theme.unit >= 400 else Type.CAPTION


def _ink(picture: Surface, screen: Screen, words: str, rect: Rect, size: Type, colour: Colour = TEXT) -> None:
    screen.type.draw(picture, words, rect, size, colour, Align.START, shadow=True)


@lru_cache(maxsize=8)
def shade(size: tuple[int, int]) -> Surface:
    """Make a soft shadow that grows darker towards the foot; copy it before drawing on it."""
    column = Surface((1, max(1, size[1])), pygame.SRCALPHA, 32)
    for y in range(size[1]):
        column.set_at((0, y), (0, 0, 0, round(SHADE * min(1.0, (y + 1) / size[1] * 1.5))))
    return pygame.transform.scale(column, size)
