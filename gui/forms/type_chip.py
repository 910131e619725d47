"""A record type with its colour, to be chosen."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.select import Option
from gui.toolkit.theme import RECORD_TYPES, Colour, Type
from gui.toolkit.widget import Size


def colour_of(kind: str) -> Colour:
    """Give the colour of a record type; one that is new here has one too."""
    return RECORD_TYPES.get(kind, t.INFO)


class TypeChip(Button):
    """A type with its colour."""

    def __init__(self, option: Option, on_activate: Callable[[], object], *, name: str) -> None:
        super().__init__(option.label, on_activate, name=name, look=Look.QUIET, icon="record", height=34)
        self.option = option

    def measure(self, width: int, height: int) -> Size:
        """Narrower than a button."""
        wide = self.px(12 + 14 + 8 + 12) + self.screen.type.width(self.label, Type.SMALL)
        return min(wide, width) if width else wide, self.px(34)

    def draw(self, surface: Surface) -> None:
        """Draw dot and words."""
        paint, rect = self.screen.paint, self.rect
        if self.focused:
            paint.fill(surface, rect, t.HOVER, t.RADIUS)
        elif self.selected:
            paint.fill(surface, rect, t.RAISED, t.RADIUS)
        if self.selected:
            paint.outline(surface, rect, colour_of(self.option.value), t.RADIUS, 1.5)
        radius = self.px(6)
        paint.disc(surface, (rect.x + self.px(12) + radius, rect.centery), radius, colour_of(self.option.value))
        left = rect.x + self.px(12 + 14 + 8)
        place = Rect(left, rect.y, rect.right - left - self.px(8), rect.height)
        ink = t.TEXT if self.selected or self.focused else t.SECOND
        self.screen.type.draw(surface, self.label, place, Type.SMALL, ink)
