"""What a button that shows only a picture is called: said beside it once the focus rests on it, for some seconds."""

from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.theme import LINE, RADIUS_SMALL, RAISED, TEXT, Type

if TYPE_CHECKING:
    from gui.toolkit.screen import Screen
    from gui.toolkit.timers import Timer
    from gui.toolkit.widget import Widget

REST_S = 0.6
"""Whoever passes by wants to be told nothing."""
SHOWN_S = 5.0
ACROSS, DOWN, BESIDE = 10.0, 5.0, 10.0
"""Room around the words, and between them and the widget: the mark of the focus lies there."""


class Hints:
    """The hint of one screen; it follows the focus, takes none, and goes as soon as a key or button is pressed."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self.words = ""
        """What is said now; "" for nothing."""
        self.rect = Rect(0, 0, 0, 0)
        """Where."""
        self._timer: Timer | None = None

    def follow(self, widget: "Widget | None") -> None:
        """The focus is here now."""
        self.hide()
        if widget is not None and widget.hint:
            self._timer = self.screen.after(REST_S, lambda: self._show(widget))

    def hide(self) -> None:
        """Say nothing, and nothing soon."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.words:
            self.words = ""
            self.screen.damage_rect(self.screen.paint.shadow_bounds(self.rect))

    def _show(self, widget: "Widget") -> None:
        if self.screen.focus is not widget or not widget.attached:
            return
        self.words, self.rect = widget.hint, self._place(widget)
        self.screen.damage_rect(self.screen.paint.shadow_bounds(self.rect))
        self._timer = self.screen.after(SHOWN_S, self.hide)

    def _place(self, widget: "Widget") -> Rect:
        """Above the widget, or below it where it stands high; always whole on the screen."""
        px, kind = self.screen.theme.px, self.screen.type
        wide = kind.width(widget.hint, Type.SMALL) + 2 * px(ACROSS)
        rect = Rect(0, 0, wide, kind.line_height(Type.SMALL) + 2 * px(DOWN))
        rect.midbottom = widget.rect.centerx, widget.rect.top - px(BESIDE)
        if widget.rect.centery < self.screen.rect.centery:
            rect.top = widget.rect.bottom + px(BESIDE)
        return rect.clamp(self.screen.rect.inflate(-2 * px(DOWN), -2 * px(DOWN)))

    def draw(self, surface: Surface) -> None:
        """Draw it over everything."""
        if self.words:
            paint = self.screen.paint
            paint.card(surface, self.rect, RAISED, RADIUS_SMALL, lifted=True)
            paint.outline(surface, self.rect, LINE, RADIUS_SMALL, 1)
            self.screen.type.draw(surface, self.words, self.rect, Type.SMALL, TEXT, Align.CENTER)
