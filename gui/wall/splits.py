"""How the wall is cut into tiles: the splits, their geometry, and how a picture lies in its tile (D-LIVE-01)."""

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in whole pixels; pygame takes it wherever it takes a rect."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Say whether a point lies inside; the right and lower edges do not belong to it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Cell(NamedTuple):
    """A tile in units of the split's grid."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Split:
    """A way to cut a screen: a square grid of `side` cells each way, and the tiles in reading order."""

    side: int
    cells: tuple[Cell, ...]

    @property
    def tiles(self) -> int:
        """How many tiles there are; also the name of the split."""
        return len(self.cells)

    def boxes(self, area: Box, gap: int = 0) -> tuple[Box, ...]:
        """Cut an area into the boxes of the tiles, `gap` pixels between neighbours and none at the border.

        Every pixel belongs to a tile or a gap; tiles of one size differ by a pixel at most.
        """
        columns = _edges(area.x, area.width, self.side, gap)
        rows = _edges(area.y, area.height, self.side, gap)
        return tuple(
            Box(
                columns[cell.column][0],
                rows[cell.row][0],
                columns[cell.column + cell.columns - 1][1] - columns[cell.column][0],
                rows[cell.row + cell.rows - 1][1] - rows[cell.row][0],
            )
            for cell in self.cells
        )


def _edges(origin: int, length: int, parts: int, gap: int) -> list[tuple[int, int]]:
    room = length + gap
    starts = [origin + room * part // parts for part in range(parts + 1)]
    return [(starts[part], starts[part + 1] - gap) for part in range(parts)]


def _even(side: int) -> Split:
    return Split(side, tuple(Cell(at % side, at // side) for at in range(side * side)))


def _one_large(side: int) -> Split:
    """One tile of all rows and columns but the last, small ones down its right and along its foot."""
    large = side - 1
    right = [Cell(large, row) for row in range(large)]
    foot = [Cell(column, large) for column in range(side)]
    return Split(side, (Cell(0, 0, large, large), *right, *foot))


SPLITS: dict[int, Split] = {
    split.tiles: split for split in (_even(1), _even(2), _one_large(4), _even(3), _even(4), _even(5), _even(6))
}
OFFERED = (1, 4, 8, 9, 16, 25, 36)
# The even splits keep every camera the same size; 8 and up are the owner's choice.
_SMALLEST = (1, 4, 9, 16, 25, 36)


def smallest(channels: int) -> Split:
    """Give the smallest even split that holds so many channels, or the largest there is."""
    return SPLITS[next((tiles for tiles in _SMALLEST if tiles >= channels), _SMALLEST[-1])]


# Rec. 601 pictures have pixels that are not square: all these sizes are 4:3 on screen.
_REC601_WIDTHS = (704, 720, 352, 360)
_REC601_HEIGHTS = (576, 288, 480, 240)


def shape(width: int, height: int) -> tuple[int, int]:
    """Give the proportions in which a coded picture is to be shown."""
    if width in _REC601_WIDTHS and height in _REC601_HEIGHTS:
        return 4, 3
    return max(1, width), max(1, height)


def letterbox(tile: Box, width: int, height: int, slack: float = 0.02) -> Box:
    """Lay a picture of these proportions into a tile, as large as it goes, centred.

    Where it would leave bars of less than `slack` of the tile it fills the tile: nobody sees two per cent, and a
    hairline of black looks like a fault.
    """
    if width * tile.height >= height * tile.width:
        across, down = tile.width, round(tile.width * height / width)
    else:
        across, down = round(tile.height * width / height), tile.height
    if across >= tile.width * (1 - slack):
        across = tile.width
    if down >= tile.height * (1 - slack):
        down = tile.height
    across, down = max(1, across), max(1, down)
    return Box(tile.x + (tile.width - across) // 2, tile.y + (tile.height - down) // 2, across, down)


def bars(tile: Box, picture: Box) -> list[Box]:
    """Give what a letterboxed picture leaves free of its tile: two bars, or nothing."""
    left, above = picture.x - tile.x, picture.y - tile.y
    right = tile.x + tile.width - picture.x - picture.width
    below = tile.y + tile.height - picture.y - picture.height
    return [
        bar
        for bar in (
            Box(tile.x, tile.y, left, tile.height),
            Box(picture.x + picture.width, tile.y, right, tile.height),
            Box(picture.x, tile.y, picture.width, above),
            Box(picture.x, picture.y + picture.height, picture.width, below),
        )
        if bar.width > 0 and bar.height > 0
    ]
