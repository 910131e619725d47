"""A cause laid out in a tile of any size: words, what is being done, and one button, whatever room there is."""

from dataclasses import dataclass

from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.screen import Screen
from gui.toolkit.theme import ACCENT, EDGE, HOVER, ON_ACCENT, RADIUS_SMALL, SECOND, TEXT, Colour, Type
from gui.wall.causes import Cause


@dataclass(frozen=True)
class Line:
    """One line of words and its place, pixels relative to the tile."""

    words: str
    rect: Rect
    size: Type
    colour: Colour


@dataclass(frozen=True)
class Laid:
    """A cause laid out: lines and the button, both wholly inside the tile."""

    lines: tuple[Line, ...]
    button: Rect
    label: str
    size: Type


def lay_out(screen: Screen, cause: Cause, width: int, height: int) -> Laid:
    """Lay a cause out in so many pixels.

    All is said where it fits; then in smaller type; then without what is being done; then in its few words. The button
    is always there.
    """
    tried: Laid | None = None
    for words, sizes in _ways(cause):
        for heading, body in sizes:
            tried, fits = _try(screen, words, cause.label, heading, body, width, height)
            if fits:
                return tried
    assert tried is not None
    return tried


def _ways(cause: Cause) -> list[tuple[tuple[str, str], tuple[tuple[Type, Type], ...]]]:
    large = (Type.TITLE, Type.BODY), (Type.STRONG, Type.SMALL), (Type.SMALL, Type.CAPTION), (Type.CAPTION, Type.CAPTION)
    small = (Type.SMALL, Type.CAPTION), (Type.CAPTION, Type.CAPTION)
    return [((cause.words, cause.doing), large), ((cause.words, ""), small), ((cause.short, ""), small)]


def _try(
    screen: Screen, words: tuple[str, str], label: str, heading: Type, body: Type, width: int, height: int
) -> tuple[Laid, bool]:
    px, text = screen.theme.px, screen.type
    pad = px(12) if height > px(110) else px(5)
    room = max(1, min(width - 2 * pad, px(460)))
    first = _balanced(screen, words[0], heading, room)
    second = _balanced(screen, words[1], body, room) if words[1] else []
    gap = px(8) if height > px(150) else px(3)
    button_high = text.line_height(body) + px(14 if height > px(150) else 6)
    button_wide = min(text.width(label, body) + px(28), width - 2 * pad)
    heights = [text.line_height(heading)] * len(first) + [text.line_height(body)] * len(second)
    foot = px(14) if height > px(150) else px(4)
    total = sum(heights) + (gap if second else 0) + foot + button_high
    top = max(0, (height - total) // 2)
    lines: list[Line] = []
    for at, line in enumerate((*first, *second)):
        if at == len(first) and second:
            top += gap
        size, colour = (heading, TEXT) if at < len(first) else (body, SECOND)
        lines.append(Line(line, Rect(pad, top, width - 2 * pad, heights[at]), size, colour))
        top += heights[at]
    button = Rect((width - button_wide) // 2, min(top + foot, height - button_high), button_wide, button_high)
    whole = text.width(label, body) + px(8) <= button_wide
    return Laid(tuple(lines), button, label, body), total + pad <= height and whole and len(first) <= 4


def _balanced(screen: Screen, words: str, size: Type, room: int) -> list[str]:
    """Break words into as few lines as they need, of about one length: no last word stands alone."""
    lines = screen.type.wrap(words, size, room)
    if not 2 <= len(lines) <= 4:
        return lines
    narrow, wide = room // len(lines), room
    while wide - narrow > 4:
        middle = (narrow + wide) // 2
        if len(screen.type.wrap(words, size, middle)) > len(lines):
            narrow = middle
        else:
            wide = middle
    return screen.type.wrap(words, size, wide)


def draw(surface: Surface, screen: Screen, laid: Laid, at: tuple[int, int], *, focused: bool) -> None:
    """Draw what was laid out, its upper left corner at a place of the screen."""
    for line in laid.lines:
        screen.type.draw(surface, line.words, line.rect.move(at), line.size, line.colour, Align.CENTER)
    button = laid.button.move(at)
    screen.paint.fill(surface, button, ACCENT if focused else HOVER, RADIUS_SMALL)
    if not focused:
        screen.paint.outline(surface, button, EDGE, RADIUS_SMALL)
    screen.type.draw(surface, laid.label, button, laid.size, ON_ACCENT if focused else TEXT, Align.CENTER)
