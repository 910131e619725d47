"""The name of who is logged in, small over a picture: who films the screen is known (V-USR, D-ACC-03)."""

from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.screen import Screen
from gui.toolkit.theme import PLATE, TEXT, Type


def draw_watermark(surface: Surface, screen: Screen, rect: Rect) -> None:
    """Draw it at the top right of a picture, on a plate that keeps it legible on any picture."""
    words = screen.watermark
    if not words:
        return
    px, text = screen.theme.px, screen.type
    high = text.line_height(Type.CAPTION) + px(4)
    wide = min(text.width(words, Type.CAPTION) + px(14), rect.width - px(8))
    plate = Rect(rect.right - wide - px(4), rect.y + px(4), wide, high).clip(rect)
    screen.paint.fill(surface, plate, PLATE, 4)
    text.draw(surface, words, plate, Type.CAPTION, TEXT, Align.CENTER)
