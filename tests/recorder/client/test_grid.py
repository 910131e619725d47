"""The grid as sets of cells: what is near, against a walk over every cell."""

from hypothesis import given
from hypothesis import strategies as st

from recorder.client.grid import COLUMNS, ROWS, WHOLE, cell, cells_of, near

CELLS = st.sets(st.integers(0, COLUMNS * ROWS - 1)).map(lambda numbers: sum(1 << number for number in numbers))


@given(CELLS | st.integers(0, WHOLE))
def test_near_are_the_cells_around_and_none_beyond_an_edge(cells):
    around = 0
    for column, row in cells_of(cells):
        for across in range(max(0, column - 1), min(COLUMNS, column + 2)):
            for down in range(max(0, row - 1), min(ROWS, row + 2)):
                around |= cell(across, down)
    assert near(cells) == around
