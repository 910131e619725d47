"""A region of the picture, painted cell by cell over the picture itself (D-ALM-09.1, D-PLAY-13)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.painted_grid import PaintedGrid
from gui.toolkit.widget import Size
from recorder.client.clock import SECOND_US
from recorder.client.grid import COLUMNS, ROWS, cell, cells_of, rectangle, rectangles

if TYPE_CHECKING:
    from gui.wall.pictures import Picture

CELL = 24.0
FLAT = 9 / 16
"""Height to width of the whole, as most pictures have it."""
LOOK_US = SECOND_US // 2
"""How often the picture behind is looked at: enough to see what a region is a part of."""
LINES, SHADOWS = (*t.TEXT[:3], 60), (0, 0, 0, 60)
"""Between cells, over a picture: light and dark beside each other, or they are lost on a wall or in the night."""


class CellGrid(PaintedGrid):
    """The cells, and behind them a picture where there is one."""

    def __init__(self, cells: int, on_change: Callable[[], object], *, name: str) -> None:
        super().__init__(range(COLUMNS), range(ROWS), name=name)
        self.cells = cells
        self.on_change = on_change
        self.picture: Picture | None = None
        """What the region is a part of."""
        self.over = False
        """Whether it lies over a picture that somebody else draws."""
        self._looked_us = 0
        self._shown: object = None

    def show(self, cells: int) -> None:
        """Show another region."""
        if cells != self.cells:
            self.cells, self.anchor = cells, None
            self.invalidate()

    def tick(self, now_us: int) -> None:
        """Look for a new picture."""
        if self.picture is not None and now_us - self._looked_us >= LOOK_US:
            self._looked_us = now_us
            self.picture.refresh()
            if self.picture.key != self._shown:
                self._shown = self.picture.key
                self.invalidate()

    @property
    def value(self) -> object:
        """Where the cursor is, for `tree()`."""
        return {"column": self.column, "row": self.row, "painting": self.anchor is not None}

    def measure(self, width: int, height: int) -> Size:
        """As a picture lies: whole cells, no wider than there is room."""
        side = max(1, min(self.px(CELL), width // COLUMNS))
        return side * COLUMNS, round(side * COLUMNS * FLAT)

    def place_of(self, column: int, row: int, width: int = 1, height: int = 1) -> Rect:
        """Give where some cells lie."""
        left, right = (self.rect.x + self.rect.width * one // COLUMNS for one in (column, column + width))
        top, bottom = (self.rect.y + self.rect.height * one // ROWS for one in (row, row + height))
        return Rect(left, top, right - left, bottom - top)

    def cell_at(self, at: tuple[int, int]) -> tuple[int, int]:
        """Give column and row under a place; outside, the nearest."""
        column = (at[0] - self.rect.x) * COLUMNS // max(1, self.rect.width)
        row = (at[1] - self.rect.y) * ROWS // max(1, self.rect.height)
        return min(max(column, 0), COLUMNS - 1), min(max(row, 0), ROWS - 1)

    def _chosen(self) -> tuple[int, int, int, int]:
        """The rectangle between anchor and cursor: column, row, width, height."""
        column, row = self.begun
        left, top = min(column, self.column), min(row, self.row)
        return left, top, abs(column - self.column) + 1, abs(row - self.row) + 1

    def chosen_place(self) -> Rect:
        """Give what lies between anchor and cursor."""
        return self.place_of(*self._chosen()).inflate(-2, -2)

    def paint(self, column: int, row: int) -> None:
        """What the first cell becomes, all become."""
        painted = rectangle(*self._chosen())
        fresh = self.cells & ~painted if self.cells & cell(column, row) else self.cells | painted
        if fresh != self.cells:
            self.cells = fresh
            self.on_change()

    def draw(self, surface: Surface) -> None:
        """Draw the picture, the cells of the region, and the lines between cells."""
        picture = self.picture
        bare = not self.over and (picture is None or not picture.there)
        if bare:
            self.screen.paint.fill(surface, self.rect, t.FIELD, t.RADIUS_SMALL)
        elif picture is not None:
            surface.blit(picture.scaled(self.rect.size), self.rect)
        colour = t.ACCENT if self.enabled else t.LINE
        for column, row, width, height in rectangles(self.cells):
            self.screen.paint.shade(
                surface, self.place_of(column, row, width, height), (*colour[:3], 130 if bare else 84)
            )
        thin = max(1, self.px(0.7))
        for column in range(1, COLUMNS):
            self._line(surface, Rect(self.place_of(column, 0).x, self.rect.y, thin, self.rect.height), bare=bare)
        for row in range(1, ROWS):
            self._line(surface, Rect(self.rect.x, self.place_of(0, row).y, self.rect.width, thin), bare=bare)
        if not bare:
            self._draw_border(surface)

    def _line(self, surface: Surface, place: Rect, *, bare: bool) -> None:
        if bare:
            surface.fill(t.EDGE, place)
        else:
            along = (1, 0) if place.height > place.width else (0, 1)
            self.screen.paint.fill(surface, place.move(place.width * along[0], place.height * along[1]), SHADOWS)
            self.screen.paint.fill(surface, place, LINES)

    def _draw_border(self, surface: Surface) -> None:
        """Over a picture a tint alone is lost on a bright wall: the region has an edge, and that a dark one."""
        edges = self._edges()
        for edge in edges:
            self.screen.paint.fill(surface, edge.inflate(2, 2).clip(self.rect), t.BACKGROUND)
        for edge in edges:
            surface.fill(t.ACCENT, edge)

    def _edges(self) -> list[Rect]:
        """Give where the region ends, inside of it."""
        found: list[Rect] = []
        thick = max(2, self.px(2))
        for column, row in cells_of(self.cells):
            place = self.place_of(column, row)
            for across, down, edge in (
                (-1, 0, Rect(place.x, place.y, thick, place.height)),
                (1, 0, Rect(place.right - thick, place.y, thick, place.height)),
                (0, -1, Rect(place.x, place.y, place.width, thick)),
                (0, 1, Rect(place.x, place.bottom - thick, place.width, thick)),
            ):
                beside = column + across, row + down
                inside = 0 <= beside[0] < COLUMNS and 0 <= beside[1] < ROWS and self.cells & cell(*beside)
                if not inside:
                    found.append(edge)
        return found
