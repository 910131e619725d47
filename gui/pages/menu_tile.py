"""A large button of the main menu: picture, name, and what it is for."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.button import Button
from gui.toolkit.theme import RADIUS_LARGE, Type
from gui.toolkit.widget import Size

HEIGHT = 116.0
PAD = 14.0
ICON = 26.0


class MenuTile(Button):
    """Icon above, words below."""

    def __init__(self, label: str, action: Callable[[], object], *, name: str, icon: str, detail: str) -> None:
        super().__init__(label, action, name=name, icon=icon, detail=detail, height=HEIGHT)

    @property
    def focus_radius(self) -> float:
        """As a card's."""
        return RADIUS_LARGE

    def measure(self, width: int, height: int) -> Size:
        """All the width of its column."""
        return width, self.px(HEIGHT)

    def draw(self, surface: Surface) -> None:
        """Draw the card."""
        screen, rect = self.screen, self.rect
        screen.paint.card(surface, rect, t.RAISED if self.focused else t.SURFACE, RADIUS_LARGE)
        ink = t.TEXT if self.enabled else t.DISABLED
        pad, side = self.px(PAD), self.px(ICON)
        left, wide = rect.x + self.px(18), rect.width - 2 * self.px(18)
        icon = Rect(left, rect.y + pad, side, side)
        screen.icons.draw(surface, self.icon, icon, t.ACCENT if self.enabled else t.DISABLED)
        lines = screen.type.wrap(self.detail, Type.SMALL, wide, 2)
        high = screen.type.line_height(Type.SMALL)
        top = rect.bottom - self.px(PAD - 3) - high * 2
        title = Rect(left, top - screen.type.line_height(Type.TITLE), wide, screen.type.line_height(Type.TITLE))
        screen.type.draw(surface, self.label, title, Type.TITLE, ink)
        for at, line in enumerate(lines):
            screen.type.draw(surface, line, Rect(left, top + at * high, wide, high), Type.SMALL, t.SECOND)
