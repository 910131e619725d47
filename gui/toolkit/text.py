"""Words as pictures: measured, wrapped, cut with an ellipsis, drawn once and kept."""

import unicodedata
from collections import OrderedDict
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from pygame import Rect, Surface
from pygame import font as pygame_font

from gui.toolkit import fonts
from gui.toolkit.layout import Align
from gui.toolkit.theme import SCALE, Colour, Theme, Type

ELLIPSIS = "…"
LONGEST = 4000
"""Characters of one text; what is longer was not meant to be read on this screen."""
SCRIPTS = {"R": "Hebr", "AL": "Arab"}
"""By the classes of Unicode, the scripts that run from the right and are in use."""
DIGITS = "digits"
"""A number among them."""
KEPT_PIXELS = 6_000_000
"""Rendered text that is kept, in pixels of 4 bytes."""


@lru_cache(maxsize=2048)
def clean(text: str) -> str:
    """Give the text without what a font cannot draw, and without marks that would turn its order (U+202E)."""
    return "".join(_drawable(one) for one in text[:LONGEST])


def _drawable(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cs":
            return "\ufffd"
        case "Cf":
            return ""
        case _:
            return character


class Text:
    """The type of one screen. Widths and heights are pixels; `size` is a name of the scale."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._pictures: OrderedDict[tuple[str, Type, Colour], Surface] = OrderedDict()
        self._pixels = 0
        self._widths: dict[tuple[str, Type], int] = {}

    def line_height(self, size: Type) -> int:
        """Pixels from one line to the next."""
        return self._font(size).get_linesize()

    def width(self, text: str, size: Type) -> int:
        """Pixels that a line of text needs."""
        key = text, size
        if (known := self._widths.get(key)) is None:
            known = sum(font.size(run)[0] for run, font in self._runs(clean(text), size))
            if len(self._widths) > 20_000:
                self._widths.clear()
            self._widths[key] = known
        return known

    def fit(self, text: str, size: Type, width: int) -> str:
        """Give the text, or as much of it as fits with an ellipsis; "" where not even that fits."""
        if self.width(text, size) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + ELLIPSIS, size) <= width:
                low = middle
            else:
                high = middle - 1
        short = text[:low].rstrip() + ELLIPSIS
        return short if self.width(short, size) <= width else ""

    def wrap(self, text: str, size: Type, width: int, lines: int = 99) -> list[str]:
        """Break the text into lines no wider than this; words that are too long are cut, the last line ends in "…"."""
        done: list[str] = []
        for paragraph in text[:LONGEST].split("\n"):
            done += self._wrap_paragraph(paragraph, size, max(1, width))
            if len(done) > lines:
                break
        if len(done) > lines:
            done = [*done[: lines - 1], self.fit(done[lines - 1] + ELLIPSIS + ELLIPSIS, size, width)]
            done[-1] = self.fit(done[-1].rstrip(ELLIPSIS) + ELLIPSIS, size, width)
        return done

    def _wrap_paragraph(self, paragraph: str, size: Type, width: int) -> list[str]:
        done: list[str] = []
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if self.width(longer, size) <= width:
                line = longer
                continue
            if line:
                done.append(line)
            line = word
            while self.width(line, size) > width and len(line) > 1:
                cut = max(1, self._fitting(line, size, width))
                done.append(line[:cut])
                line = line[cut:]
        return [*done, line] if line or not done else done

    def _fitting(self, word: str, size: Type, width: int) -> int:
        low, high = 0, len(word)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(word[:middle], size) <= width:
                low = middle
            else:
                high = middle - 1
        return low

    def picture(self, text: str, size: Type, colour: Colour) -> Surface:
        """Give the text as a picture with alpha. It is shared: do not draw on it."""
        key = text, size, colour
        if (known := self._pictures.get(key)) is not None:
            self._pictures.move_to_end(key)
            return known
        made = self._render(clean(text), size, colour)
        self._pictures[key] = made
        self._pixels += made.get_width() * made.get_height()
        while self._pixels > KEPT_PIXELS and len(self._pictures) > 1:
            _, old = self._pictures.popitem(last=False)
            self._pixels -= old.get_width() * old.get_height()
        return made

    def draw(
        self,
        surface: Surface,
        text: str,
        rect: Rect,
        size: Type,
        colour: Colour,
        align: Align = Align.START,
        *,
        shadow: bool = False,
    ) -> Rect:
        """Draw one line into a place, cut with an ellipsis, in the middle of its height; give where the ink's box lies.

        `shadow` lays a dark edge below, for text on pictures.
        """
        shown = self.fit(text, size, rect.width)
        picture = self.picture(shown, size, colour)
        at = picture.get_rect()
        at.centery = rect.centery
        match align:
            case Align.CENTER:
                at.centerx = rect.centerx
            case Align.END:
                at.right = rect.right
            case _:
                at.left = rect.left
        if shadow:
            dark = self.picture(shown, size, (0, 0, 0))
            off = max(1, self.theme.px(1))
            surface.blit(dark, at.move(off, off))
            surface.blit(dark, at.move(-off, 0))
        surface.blit(picture, at)
        return at

    def _font(self, size: Type) -> pygame_font.Font:
        return fonts.font(fonts.roboto(SCALE[size][1]), self.theme.type_px(size))

    def _runs(self, text: str, size: Type) -> list[tuple[str, pygame_font.Font]]:
        """Cut the text into runs of one font each."""
        first = fonts.roboto(SCALE[size][1])
        if text.isascii():
            return [(text, self._font(size))]
        pixels = self.theme.type_px(size)
        runs: list[tuple[str, Path, str]] = []
        for one, way in zip(text, ways(text), strict=True):
            path = _font_for(one, first)
            if runs and (runs[-1][1:] == (path, way) or unicodedata.combining(one)):
                runs[-1] = runs[-1][0] + one, *runs[-1][1:]
            else:
                runs.append((one, path, way))
        return [
            (run, fonts.font(path, pixels, way) if way in SCRIPTS.values() else fonts.font(path, pixels))
            for run, path, way in _as_read(runs)
        ]

    def _render(self, text: str, size: Type, colour: Colour) -> Surface:
        runs = self._runs(text, size)
        base = self._font(size)
        # SDL_ttf refuses to render what has no width: nothing, or marks alone.
        runs = [(run, font) for run, font in runs if font.size(run)[0]]
        if len(runs) == 1:
            return runs[0][1].render(runs[0][0], True, colour)
        pictures = [(font.render(run, True, colour), font.get_ascent()) for run, font in runs]
        whole = Surface((max(1, sum(picture.get_width() for picture, _ in pictures)), base.get_linesize()), 0x00010000)
        at = 0
        for picture, ascent in pictures:
            whole.blit(picture, (at, base.get_ascent() - ascent))
            at += picture.get_width()
        return whole


def ways(text: str) -> list[str]:
    """Say of each character which script it is of that runs from the right: "" of none.

    Of the algorithm of Unicode (UAX 9) what names and sentences need on lines that run from the left: what stands
    between two words from the right is theirs, and a number behind one keeps its own order and stands at its left.
    """
    found = [SCRIPTS.get(unicodedata.bidirectional(one), "") for one in text]
    last = None
    for at, one in enumerate(text):
        if unicodedata.bidirectional(one) == "L":
            last = None
        elif found[at] or (one.isdecimal() and last is not None):
            found[at] = found[at] or DIGITS
            if last is not None:
                found[last + 1 : at] = [found[last]] * (at - last - 1)
            last = at
        elif last is not None and (one == ELLIPSIS or unicodedata.combining(one)):
            found[at], last = found[last], at
    return found


def _as_read(runs: list[tuple[str, Path, str]]) -> list[tuple[str, Path, str]]:
    """Turn each stretch that runs from the right round."""
    turned: list[tuple[str, Path, str]] = []
    for aside, stretch in groupby(runs, lambda run: bool(run[2])):
        there = list(stretch)
        turned += reversed(there) if aside else there
    return turned


def _font_for(character: str, first: Path) -> Path:
    code = ord(character)
    if code < 0x80 or code in fonts.coverage(first):
        return first
    return next((path for path in fonts.fallbacks() if code in fonts.coverage(path)), first)
