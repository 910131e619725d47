"""Several numbers as people write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.numbers import MOST, numbers


@pytest.mark.parametrize(
    ("written", "read"),
    [("", []), (" , ", []), ("3", [3]), ("1-8, 12", [*range(1, 9), 12]), ("4 - 5,5,1", [1, 4, 5]), ("7-7", [7])],
)
def test_numbers_and_ranges_are_read(written, read):
    assert numbers(written) == read


@pytest.mark.parametrize("written", ["x", "1-", "-1", "8-1", "1-99999", "1;2", "1.5", "1-2-3"])
def test_what_is_neither_is_told(written):
    with pytest.raises(ValueError, match="neither a number nor a range"):
        numbers(written)


@given(st.text(alphabet="0123456789-, ", max_size=40))
def test_nothing_that_is_written_takes_forever(written):
    with contextlib.suppress(ValueError):
        assert len(numbers(written)) <= MOST
