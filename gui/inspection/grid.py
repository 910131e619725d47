"""Channels against hours or days, each cell in the colour of how complete it is; the marked one is told in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Activate, Event, Key, Move, Press, Wheel
from gui.toolkit.layout import Align
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Size, Widget
from recorder.client.answers import Hour, Wholeness

GUTTER, HEAD, ROW, GAP = 190.0, 30.0, 34.0, 3.0
COLOURS: dict[Wholeness, Colour] = {
    Wholeness.COMPLETE: t.RECORD_TYPES["general"],
    Wholeness.INCOMPLETE: t.DANGER,
    Wholeness.OVERWRITTEN: t.EDGE,
    Wholeness.NOT_DUE: t.RAISED,
}


@dataclass(frozen=True)
class Line:
    """A channel and its cells; `labels` of the grid name the columns."""

    number: int
    name: str
    cells: Sequence[Hour]


class CompletenessGrid(Widget):
    """Arrows move the mark, and leave at the edges; the wheel scrolls; ok or a click on a cell chooses it."""

    def __init__(self, marked: Callable[[], object], chosen: Callable[[], object]) -> None:
        """`marked` hears that another cell bears the mark, `chosen` that it was asked for."""
        super().__init__(name="grid", focusable=True, grow=1)
        self.lines: list[Line] = []
        self.labels: list[str] = []
        self.row = self.column = self.top = 0
        self._marked, self._chosen = marked, chosen

    def show(self, lines: Sequence[Line], labels: Sequence[str]) -> None:
        """Show other cells; the mark stays where it can."""
        self.lines, self.labels = list(lines), list(labels)
        self._move(self.row, self.column)
        self.invalidate()

    def mark(self, column: int) -> None:
        """Put the mark into a column, in whatever row it is."""
        self._move(self.row, column)

    @property
    def cell(self) -> Hour | None:
        """The marked cell."""
        line = self.line
        return line.cells[self.column] if line is not None and self.column < len(line.cells) else None

    @property
    def line(self) -> Line | None:
        """The channel of the marked cell."""
        return self.lines[self.row] if self.row < len(self.lines) else None

    @property
    def text(self) -> str:
        """The names of the channels."""
        return " · ".join(one.name for one in self.lines)

    def measure(self, width: int, height: int) -> Size:
        """As high as it may be; rows beyond scroll."""
        return width, height

    def cell_rect(self, row: int, column: int) -> Rect:
        """Give the place of a cell; may lie outside."""
        left = self.rect.x + self.px(GUTTER)
        wide = (self.rect.right - left) / max(1, len(self.labels))
        top = self.rect.y + self.px(HEAD) + (row - self.top) * self.px(ROW)
        x = left + round(column * wide)
        gap = self.px(GAP)
        return Rect(x, top, left + round((column + 1) * wide) - x - gap, self.px(ROW) - gap)

    @property
    def _fits(self) -> int:
        return max(1, (self.rect.height - self.px(HEAD)) // self.px(ROW))

    def _at(self, at: tuple[int, int]) -> tuple[int, int] | None:
        for row in range(self.top, min(self.top + self._fits, len(self.lines))):
            for column in range(len(self.labels)):
                if self.cell_rect(row, column).collidepoint(at):
                    return row, column
        return None

    def draw(self, surface: Surface) -> None:
        """Draw the names of columns and channels, and the cells."""
        write = self.screen.type.draw
        every = 1 if len(self.labels) <= 12 or self.rect.width > self.px(900) else 2
        for column, label in enumerate(self.labels):
            if column % every == 0:
                place = self.cell_rect(self.top, column)
                head = Rect(place.x - self.px(8), self.rect.y, place.width + self.px(16), self.px(HEAD))
                write(surface, label, head, Type.CAPTION, t.SECOND, Align.CENTER)
        for row in range(self.top, min(self.top + self._fits, len(self.lines))):
            line = self.lines[row]
            first = self.cell_rect(row, 0)
            words = Rect(self.rect.x, first.y, self.px(GUTTER - 12), first.height)
            write(surface, f"{line.number}  {line.name}", words, Type.SMALL, t.TEXT)
            for column, cell in enumerate(line.cells):
                self._draw_cell(surface, cell, self.cell_rect(row, column), (row, column) == (self.row, self.column))

    def _draw_cell(self, surface: Surface, cell: Hour, place: Rect, marked: bool) -> None:  # noqa: FBT001
        paint = self.screen.paint
        paint.fill(surface, place, COLOURS[cell.state], t.RADIUS_SMALL)
        if cell.state is Wholeness.INCOMPLETE:
            # Told by more than its hue: as much of it is dark as is missing.
            share = sum(cell.missing_us.values()) / cell.due_us
            dark = Rect(place.x, place.y, place.width, max(self.px(6), round(place.height * share)))
            paint.fill(surface, dark.clip(place), t.DANGER_DEEP, t.RADIUS_SMALL)
        if marked and self.focused:
            paint.outline(surface, place, t.TEXT, t.RADIUS_SMALL, 2)

    def draw_focus(self, surface: Surface) -> bool:
        """The marked cell bears it."""
        del surface
        return True

    def handle(self, event: Event) -> bool:
        """Move the mark, scroll, choose."""
        match event:
            case Key(name="left" | "right" as name):
                return self._move(self.row, self.column + (1 if name == "right" else -1))
            case Key(name="up" | "down" as name):
                return self._move(self.row + (1 if name == "down" else -1), self.column)
            case Wheel(steps=steps):
                self.top = min(max(0, self.top - int(steps)), max(0, len(self.lines) - self._fits))
                self.invalidate()
            case Move() | Press():
                found = self._at(event.at)
                if found is not None:
                    self._move(*found)
                return False
            case Activate(at=at):
                if (at is None or self._at(at) is not None) and self.cell is not None:
                    self._chosen()
            case _:
                return super().handle(event)
        return True

    def _move(self, row: int, column: int) -> bool:
        """Mark another cell; False at the edge."""
        to = min(max(row, 0), max(0, len(self.lines) - 1)), min(max(column, 0), max(0, len(self.labels) - 1))
        if to == (self.row, self.column) and self.cell is not None:
            return False
        self.row, self.column = to
        self.top = min(max(self.top, self.row - self._fits + 1), self.row)
        self.invalidate()
        self._marked()
        return True


class GridLegend(Widget):
    """What the colours mean."""

    def __init__(self, words: Mapping[Wholeness, str]) -> None:
        super().__init__(name="legend")
        self._words = words

    @property
    def text(self) -> str:
        """The names of the colours."""
        return " · ".join(self._words.values())

    def measure(self, width: int, height: int) -> Size:
        """A line."""
        del height
        return width, self.px(22)

    def draw(self, surface: Surface) -> None:
        """Draw swatches and names."""
        side, x = self.px(12), self.rect.x
        for state, words in self._words.items():
            top = self.rect.y + (self.rect.height - side) // 2
            self.screen.paint.fill(surface, Rect(x, top, side, side), COLOURS[state], 2)
            x += side + self.px(8)
            wide = self.screen.type.width(words, Type.CAPTION)
            self.screen.type.draw(
                surface, words, Rect(x, self.rect.y, wide + 2, self.rect.height), Type.CAPTION, t.SECOND
            )
            x += wide + self.px(24)
