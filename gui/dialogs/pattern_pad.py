"""Nine dots that are joined to a pattern: by dragging, by arrows and ok, or by the digits 1 to 9 (D-ACC-07)."""

from collections.abc import Callable
from itertools import pairwise

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import ARROWS, Activate, Event, Key, Move, Press, Release
from gui.toolkit.widget import Size, Widget

SIDE = 264.0
"""Across, in units."""
ROWS = 3
CATCH = 0.32
"""So near to a dot, in parts of the way from one to the next, the pointer takes it."""
FEWEST = 4


class PatternPad(Widget):
    """Tells `done(pattern)` when a drag is let go, or ok is pressed on the last dot again; `began` when one is begun.

    Dots are numbered from the top left by rows, as on a remote's digits. A line that passes a dot takes it.
    """

    def __init__(self, done: Callable[[str], object]) -> None:
        super().__init__(name="pattern", focusable=True)
        self._done = done
        self._dots: list[int] = []
        self._cursor = 4
        self._pointer: tuple[int, int] | None = None
        self.wrong = False

    @property
    def value(self) -> object:
        """How many dots are joined, and never which."""
        return {"dots": len(self._dots), "cursor": self._cursor + 1}

    def clear(self, *, wrong: bool = False) -> None:
        """Take the line away; `wrong` shows the dots in red until the next one."""
        self._dots.clear()
        self._pointer = None
        self.wrong = wrong
        self.invalidate()

    def measure(self, width: int, height: int) -> Size:
        """A square."""
        return self.px(SIDE), self.px(SIDE)

    def lost_focus(self) -> None:
        """Whoever drew went elsewhere."""
        self.clear(wrong=self.wrong)

    def handle(self, event: Event) -> bool:
        """Follow the pointer, arrows and digits."""
        match event:
            case Press():
                self.clear()
                self._follow(event.at)
            case Move() if self._pointer is not None:
                self._follow(event.at)
            case Release() if self._pointer is not None:
                self._finish()
            case Key(name=name) if name in ARROWS:
                return self._move(*ARROWS[name])
            case Key(name=name, repeat=False) if len(name) == 1 and name in "123456789":
                self._take(int(name) - 1)
            case Key(name="back" | "backspace") if self._dots:
                self.clear()
            case Activate():
                if self._dots and self._dots[-1] == self._cursor:
                    self._finish()
                else:
                    self._take(self._cursor)
            case _:
                return False
        return True

    def _move(self, across: int, down: int) -> bool:
        column, row = self._cursor % ROWS + across, self._cursor // ROWS + down
        if not (0 <= column < ROWS and 0 <= row < ROWS):
            # At its edge the arrow leaves the pad, but for a line that is half drawn.
            return bool(self._dots)
        self._cursor = row * ROWS + column
        self.invalidate()
        return True

    def _take(self, dot: int) -> None:
        self.wrong = False
        self._cursor = dot
        if dot in self._dots:
            return
        if self._dots and (between := _between(self._dots[-1], dot)) is not None and between not in self._dots:
            self._dots.append(between)
        self._dots.append(dot)
        self.invalidate()

    def _follow(self, at: tuple[int, int]) -> None:
        self._pointer = at
        reach = self.rect.width / ROWS * CATCH
        for dot in range(ROWS * ROWS):
            x, y = self._centre(dot)
            if (x - at[0]) ** 2 + (y - at[1]) ** 2 <= reach**2:
                self._take(dot)
        self.invalidate()

    def _finish(self) -> None:
        pattern = "".join(str(dot + 1) for dot in self._dots)
        self.clear()
        if pattern:
            self._done(pattern)

    def _centre(self, dot: int) -> tuple[int, int]:
        cell = self.rect.width / ROWS
        return round(self.rect.x + (dot % ROWS + 0.5) * cell), round(self.rect.y + (dot // ROWS + 0.5) * cell)

    def draw_focus(self, surface: Surface) -> bool:
        """Mark the dot that ok takes."""
        x, y = self._centre(self._cursor)
        side = self.px(52)
        ring = Rect(0, 0, side, side)
        ring.center = x, y
        self.screen.paint.outline(surface, ring, t.ACCENT, 26, t.RING)
        return True

    def draw(self, surface: Surface) -> None:
        """Draw the line and the dots."""
        paint = self.screen.paint
        paint.fill(surface, self.rect, t.FIELD, t.RADIUS_LARGE)
        places = [self._centre(dot) for dot in self._dots]
        if self._pointer is not None and places:
            places.append(self._pointer)
        for begin, end in pairwise(places):
            self._draw_line(surface, begin, end)
        for dot in range(ROWS * ROWS):
            taken = dot in self._dots
            colour = t.DANGER if self.wrong else t.ACCENT if taken else t.SECOND
            paint.disc(surface, self._centre(dot), self.px(13 if taken else 9), colour)

    def _draw_line(self, surface: Surface, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """Discs close to one another: a line with round ends, without a jagged edge."""
        radius = self.px(4)
        steps = max(1, round(((begin[0] - end[0]) ** 2 + (begin[1] - end[1]) ** 2) ** 0.5 * 2 / max(1, radius)))
        for step in range(steps + 1):
            x = begin[0] + (end[0] - begin[0]) * step // steps
            y = begin[1] + (end[1] - begin[1]) * step // steps
            self.screen.paint.disc(surface, (x, y), radius, t.ACCENT)


def _between(one: int, other: int) -> int | None:
    """Give the dot in the middle of two, where there is one."""
    columns, rows = one % ROWS + other % ROWS, one // ROWS + other // ROWS
    return (rows // 2) * ROWS + columns // 2 if columns % 2 == rows % 2 == 0 else None
