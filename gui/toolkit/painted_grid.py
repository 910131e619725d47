"""Cells that are painted in rectangles: by dragging, or by keys; what the cells are is for others to say."""

from abc import ABC, abstractmethod

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import ARROWS, Activate, Event, Key, Move, Press, Release
from gui.toolkit.widget import Widget


class PaintedGrid(Widget, ABC):
    """One focusable widget: arrows move a cursor within it and leave it at its edges, ok begins to paint and ends."""

    def __init__(self, columns: range, rows: range, *, name: str) -> None:
        """`columns` and `rows` are where the cursor can stand."""
        super().__init__(name=name, focusable=True)
        self.columns, self.rows = columns, rows
        self.column, self.row = max(columns.start, 0), rows.start
        self.anchor: tuple[int, int] | None = None
        """The cell where painting began."""
        self._dragged = False

    @abstractmethod
    def cell_at(self, at: tuple[int, int]) -> tuple[int, int]:
        """Give column and row under a place; outside, the nearest."""
        ...

    @abstractmethod
    def chosen_place(self) -> Rect:
        """Give what lies between anchor and cursor."""
        ...

    @abstractmethod
    def paint(self, column: int, row: int) -> None:
        """Paint what lies between cursor and anchor, which was this cell."""
        ...

    def reach(self, column: int, row: int) -> tuple[int, int]:
        """Say where the cursor goes that is led to a cell."""
        return column, row

    @property
    def begun(self) -> tuple[int, int]:
        """The cell where painting began, or would."""
        return self.anchor or (self.column, self.row)

    def handle(self, event: Event) -> bool:
        """Paint by drag; by keys, ok begins and ends, back undoes."""
        if not self.enabled:
            return False
        match event:
            case Press():
                self.column, self.row = self.cell_at(event.at)
                self.anchor, self._dragged = (self.column, self.row), True
                self.invalidate()
            case Move() if self._dragged:
                self._to(*self.cell_at(event.at))
            case Release() if self._dragged:
                self._dragged = False
                self._apply()
            case Activate():
                if self.anchor is not None:
                    self._apply()
                else:
                    self.anchor = self.column, self.row
                    self.invalidate()
            case Key(name="back") if self.anchor is not None:
                self.undo()
            case Key() if event.name in ARROWS:
                across, down = ARROWS[event.name]
                column, row = self.column + across, self.row + down
                if column not in self.columns or row not in self.rows:
                    # While painting the arrows stay; else they leave the grid.
                    return self.anchor is not None
                self._to(column, row)
            case _:
                return False
        return True

    def _to(self, column: int, row: int) -> None:
        column, row = self.reach(column, row)
        if (column, row) != (self.column, self.row):
            self.column, self.row = column, row
            self.invalidate()

    def _apply(self) -> None:
        begun = self.begun
        self.paint(*begun)
        self.undo()

    def undo(self) -> None:
        """End painting."""
        self.anchor, self._dragged = None, False
        self.invalidate()

    def lost_focus(self) -> None:
        """Painting ends undone."""
        self.anchor, self._dragged = None, False

    def draw_focus(self, surface: Surface) -> bool:
        """Mark the cell, or what is about to be painted."""
        place = self.chosen_place()
        if self.anchor is not None:
            self.screen.paint.shade(surface, place, (*t.ACCENT[:3], 70))
        self.screen.paint.outline(surface, place.inflate(2, 2), t.ACCENT, t.RADIUS_SMALL, t.RING)
        return True
