"""The grid that regions are drawn on and motion is told in: 22 columns, 18 rows, a set of cells as one number.

Bit n of a set is the cell of row n // 22 and column n % 22, counted from the top left. As text a set is rectangles,
column, row, width and height: `0,0,22,9;3,12,2,1` is the upper half and two cells more.
"""

from collections.abc import Iterable

from recorder.client.errors import Invalid
from recorder.client.words import _

COLUMNS, ROWS = 22, 18
CELLS = COLUMNS * ROWS
CELL_BYTES = (CELLS + 7) // 8
LONGEST_TEXT = 4096
"""Of a set as text: a chess-board, the worst there is, has 2 000 characters."""
WHOLE = (1 << CELLS) - 1
"""Every cell."""
_FIRST = sum(1 << row * COLUMNS for row in range(ROWS + 1))
_LAST = _FIRST << COLUMNS - 1
"""The outer columns, and of the first one cell below the grid: what leaves a row does not come into another."""


def cell(column: int, row: int) -> int:
    """Give the set of one cell."""
    return 1 << (row * COLUMNS + column)


def rectangle(column: int, row: int, width: int, height: int) -> int:
    """Give the cells of a rectangle; raises `Invalid` where it is empty or leaves the grid."""
    if not (0 <= column < column + width <= COLUMNS and 0 <= row < row + height <= ROWS):
        raise Invalid(
            problem=_("A region lies within {columns} columns and {rows} rows.").format(columns=COLUMNS, rows=ROWS)
        )
    line = ((1 << width) - 1) << column
    return sum(line << (nth * COLUMNS) for nth in range(row, row + height))


def near(cells: int) -> int:
    """Give the cells of a set and all that touch them, at a corner too."""
    wide = cells | (cells << 1 & ~_FIRST) | (cells >> 1 & ~_LAST)
    return (wide | wide << COLUMNS | wide >> COLUMNS) & WHOLE


def cells_of(cells: int) -> Iterable[tuple[int, int]]:
    """Give column and row of every cell of a set."""
    for nth in range(CELLS):
        if cells >> nth & 1:
            yield nth % COLUMNS, nth // COLUMNS


def rectangles(cells: int) -> list[list[int]]:
    """Give the fewest rectangles that rows of a set make: column, row, width, height."""
    found: list[list[int]] = []
    for row in range(ROWS):
        line = cells >> row * COLUMNS & (1 << COLUMNS) - 1
        while line:
            column = (line & -line).bit_length() - 1
            width = (~(line >> column) & -~(line >> column)).bit_length() - 1
            line &= ~(((1 << width) - 1) << column)
            above = next((one for one in found if one[::2] == [column, width] and one[1] + one[3] == row), None)
            if above is not None:
                above[3] += 1
            else:
                found.append([column, row, width, 1])
    return found


def to_text(cells: int) -> str:
    """Write a set of cells as rectangles."""
    return ";".join(",".join(map(str, one)) for one in rectangles(cells))


def from_text(text: str) -> int:
    """Read a set of cells, which is not empty; raises `Invalid`."""
    found = 0
    try:
        for part in text[: LONGEST_TEXT + 1].split(";"):
            column, row, width, height = map(int, part.split(","))
            found |= rectangle(column, row, width, height)
    except ValueError as error:
        raise Invalid(
            problem=_("A region is written as rectangles: column, row, width, height; the next one behind a semicolon.")
        ) from error
    return found
