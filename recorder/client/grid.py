"""The grid that regions are drawn on and motion is told in: 22 columns, 18 rows, a set of cells as one number.

Bit n of a set is the cell of row n // 22 and column n % 22, counted from the top left. As text a set is 100
hexadecimal digits: its 50 bytes, the first holding cells 0 to 7, the lowest bit first.
"""

from collections.abc import Iterable

from recorder.client.errors import Invalid
from recorder.client.words import _

COLUMNS, ROWS = 22, 18
CELLS = COLUMNS * ROWS
CELL_BYTES = (CELLS + 7) // 8
WHOLE = (1 << CELLS) - 1
"""Every cell."""


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


def cells_of(cells: int) -> Iterable[tuple[int, int]]:
    """Give column and row of every cell of a set."""
    for nth in range(CELLS):
        if cells >> nth & 1:
            yield nth % COLUMNS, nth // COLUMNS


def to_text(cells: int) -> str:
    """Write a set of cells as 100 hexadecimal digits."""
    return cells.to_bytes(CELL_BYTES, "little").hex()


def from_text(text: str) -> int:
    """Read a set of cells; raises `Invalid`."""
    try:
        found = int.from_bytes(bytes.fromhex(text), "little")
    except ValueError:
        found = -1
    if len(text) != 2 * CELL_BYTES or not 0 <= found <= WHOLE:
        raise Invalid(problem=_("A region is written as {digits} hexadecimal digits.").format(digits=2 * CELL_BYTES))
    return found
