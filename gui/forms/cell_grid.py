"""A region of the picture, painted cell by cell: by dragging, or by keys (D-ALM-09.1)."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import ARROWS, Activate, Event, Key, Move, Press, Release
from gui.toolkit.widget import Size, Widget
from recorder.client.grid import COLUMNS, ROWS, cell, rectangle

CELL = 24.0
FLAT = 9 / 16
"""Height to width of the whole, as most pictures have it."""


class CellGrid(Widget):
    """The cells. One focusable widget; the arrows move a cursor within it and leave it at its edges."""

    def __init__(self, cells: int, on_change: Callable[[], object], *, name: str) -> None:
        super().__init__(name=name, focusable=True)
        self.cells = cells
        self.on_change = on_change
        self.column, self.row = 0, 0
        self.anchor: tuple[int, int] | None = None
        self._dragged = False

    def show(self, cells: int) -> None:
        """Show another region."""
        if cells != self.cells:
            self.cells, self.anchor = cells, None
            self.invalidate()

    @property
    def value(self) -> object:
        """Where the cursor is, for `tree()`."""
        return {"column": self.column, "row": self.row, "painting": self.anchor is not None}

    def measure(self, width: int, height: int) -> Size:
        """As a picture lies: whole cells, no wider than there is room."""
        side = max(1, min(self.px(CELL), width // COLUMNS))
        return side * COLUMNS, round(side * COLUMNS * FLAT)

    def _place(self, column: int, row: int, width: int = 1, height: int = 1) -> Rect:
        left, right = (self.rect.x + self.rect.width * one // COLUMNS for one in (column, column + width))
        top, bottom = (self.rect.y + self.rect.height * one // ROWS for one in (row, row + height))
        return Rect(left, top, right - left, bottom - top)

    def _at(self, at: tuple[int, int]) -> tuple[int, int]:
        column = (at[0] - self.rect.x) * COLUMNS // max(1, self.rect.width)
        row = (at[1] - self.rect.y) * ROWS // max(1, self.rect.height)
        return min(max(column, 0), COLUMNS - 1), min(max(row, 0), ROWS - 1)

    def handle(self, event: Event) -> bool:
        """Paint by drag; by keys, ok begins and ends."""
        if not self.enabled:
            return False
        match event:
            case Press():
                self.column, self.row = self._at(event.at)
                self.anchor, self._dragged = (self.column, self.row), True
                self.invalidate()
                return True
            case Move() if self._dragged:
                self._to(*self._at(event.at))
                return True
            case Release() if self._dragged:
                self._dragged = False
                self._apply()
                return True
            case Activate():
                if self.anchor is None:
                    self.anchor = self.column, self.row
                    self.invalidate()
                else:
                    self._apply()
                return True
            case Key(name="back") if self.anchor is not None:
                self.anchor = None
                self.invalidate()
                return True
            case Key() if event.name in ARROWS:
                across, down = ARROWS[event.name]
                column, row = self.column + across, self.row + down
                if not (0 <= column < COLUMNS and 0 <= row < ROWS):
                    # While painting the arrows stay; else they leave the grid.
                    return self.anchor is not None
                self._to(column, row)
                return True
            case _:
                return False

    def _to(self, column: int, row: int) -> None:
        if (column, row) != (self.column, self.row):
            self.column, self.row = column, row
            self.invalidate()

    def _chosen(self) -> tuple[int, int, int, int]:
        """The rectangle between anchor and cursor: column, row, width, height."""
        column, row = self.anchor or (self.column, self.row)
        left, top = min(column, self.column), min(row, self.row)
        return left, top, abs(column - self.column) + 1, abs(row - self.row) + 1

    def _apply(self) -> None:
        begin = self.anchor or (self.column, self.row)
        painted = rectangle(*self._chosen())
        # What the first cell becomes, all become.
        fresh = self.cells & ~painted if self.cells & cell(*begin) else self.cells | painted
        self.anchor = None
        self.invalidate()
        if fresh != self.cells:
            self.cells = fresh
            self.on_change()

    def lost_focus(self) -> None:
        """Painting ends undone."""
        self.anchor = None
        self._dragged = False

    def draw_focus(self, surface: Surface) -> bool:
        """Mark the cell, or what is about to be painted."""
        place = self._place(*self._chosen())
        if self.anchor is not None:
            self.screen.paint.shade(surface, place, (*t.ACCENT[:3], 70))
        self.screen.paint.outline(surface, place.inflate(2, 2).clip(self.rect), t.ACCENT, t.RADIUS_SMALL, t.RING)
        return True

    def draw(self, surface: Surface) -> None:
        """Draw the picture's place, the cells of the region, and the lines between cells."""
        self.screen.paint.fill(surface, self.rect, t.FIELD, t.RADIUS_SMALL)
        colour = t.ACCENT if self.enabled else t.LINE
        for row in range(ROWS):
            for column in range(COLUMNS):
                if self.cells & cell(column, row):
                    self.screen.paint.shade(surface, self._place(column, row), (*colour[:3], 130))
        thin = max(1, self.px(0.7))
        for column in range(1, COLUMNS):
            surface.fill(t.EDGE, Rect(self._place(column, 0).x, self.rect.y, thin, self.rect.height))
        for row in range(1, ROWS):
            surface.fill(t.EDGE, Rect(self.rect.x, self._place(0, row).y, self.rect.width, thin))
