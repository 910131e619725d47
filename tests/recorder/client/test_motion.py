"""Records of motion come back as they were, and a search tells motion, no motion and "not analysed" apart."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid
from recorder.client.grid import CELLS, COLUMNS, ROWS, WHOLE, cell, cells_of, from_text, rectangle, to_text
from recorder.client.motion import MOST_BYTES, RECORD_S, BadMotion, MotionRecord, pack, parse, search

BEGIN = 1_700_000_000 * SECOND_US


@st.composite
def records(draw):
    seconds = draw(st.integers(1, RECORD_S))
    marks = sorted(draw(st.sets(st.integers(0, seconds), max_size=8)))
    runs = tuple((first, last - first) for first, last in zip(marks[::2], marks[1::2], strict=False))
    looked = [second for first, count in runs for second in range(first, first + count)]
    chosen = sorted(draw(st.sets(st.sampled_from(looked), max_size=20))) if looked else []
    return MotionRecord(BEGIN, seconds, runs, tuple((one, draw(st.integers(1, WHOLE))) for one in chosen))


@given(records())
def test_a_record_comes_back_as_it_was(record):
    assert parse(BEGIN, pack(record)) == record


def test_the_largest_record_fits():
    rng = random.Random(1)
    moved = tuple((second, rng.getrandbits(CELLS) | 1) for second in range(RECORD_S))
    assert len(pack(MotionRecord(BEGIN, RECORD_S, ((0, RECORD_S),), moved))) < MOST_BYTES


@pytest.mark.parametrize(
    "record",
    [
        MotionRecord(BEGIN, RECORD_S + 1, ()),
        MotionRecord(BEGIN, 10, ((0, 11),)),
        MotionRecord(BEGIN, 10, ((0, 5), (4, 2))),
        MotionRecord(BEGIN, 10, ((0, 5),), ((6, 1),)),
        MotionRecord(BEGIN, 10, ((0, 5),), ((3, 1), (3, 2))),
        MotionRecord(BEGIN, 10, ((0, 5),), ((3, 0),)),
        MotionRecord(BEGIN, 10, ((0, 5),), ((3, WHOLE + 1),)),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(record):
    with pytest.raises(BadMotion):
        parse(BEGIN, pack(record))


def test_a_record_that_unpacks_without_end_is_refused():
    import zlib

    bomb = pack(MotionRecord(BEGIN, 10, ()))[:6] + zlib.compress(bytes(20 << 20))
    assert len(bomb) < MOST_BYTES
    with pytest.raises(BadMotion, match="size"):
        parse(BEGIN, bomb)


def seconds(*pairs):
    return tuple((BEGIN + first * SECOND_US, BEGIN + end * SECOND_US) for first, end in pairs)


@pytest.mark.covers("D-PLAY-13")
def test_a_search_tells_motion_in_the_region_and_where_nobody_looked():
    door, street = cell(3, 4), rectangle(0, 10, COLUMNS, 8)
    first = MotionRecord(BEGIN, 100, ((0, 60), (80, 20)), ((5, door), (6, door | street), (9, door), (40, street)))
    later = MotionRecord(BEGIN + 200 * SECOND_US, 50, ((0, 50),), ((0, door),))
    found = search([later, first], door, BEGIN, BEGIN + 300 * SECOND_US)
    assert found.moved == seconds((5, 10), (200, 201))
    assert found.analysed == seconds((0, 60), (80, 100), (200, 250))
    within = search([first, later], door, BEGIN + 6_500_000, BEGIN + 90 * SECOND_US)
    assert within.moved == ((BEGIN + 6_500_000, BEGIN + 10 * SECOND_US),)
    assert within.analysed == ((BEGIN + 6_500_000, BEGIN + 60 * SECOND_US), *seconds((80, 90)))
    assert search([first, later], cell(21, 0), BEGIN, BEGIN + 300 * SECOND_US).moved == ()


def test_a_region_is_the_same_as_text_and_as_cells():
    region = rectangle(2, 3, 4, 2) | cell(COLUMNS - 1, ROWS - 1)
    assert to_text(region) == "2,3,4,2;21,17,1,1"
    assert from_text(to_text(region)) == region
    expected = {(column, row) for column in range(2, 6) for row in (3, 4)} | {(21, 17)}
    assert set(cells_of(region)) == expected
    assert to_text(WHOLE) == "0,0,22,18"


@given(st.integers(1, WHOLE))
def test_any_region_comes_back_from_its_text(region):
    assert from_text(to_text(region)) == region


@pytest.mark.parametrize("text", ["", "all", "1,2,3", "1,2,3,4;", "0,0,23,1", "0,0,0,1", "-1,0,2,2"])
def test_what_is_no_region_is_refused(text):
    with pytest.raises(Invalid):
        from_text(text)


@pytest.mark.parametrize("place", [(0, 0, 0, 1), (-1, 0, 2, 2), (20, 0, 3, 1), (0, 17, 1, 2)])
def test_a_rectangle_stays_within_the_grid(place):
    with pytest.raises(Invalid):
        rectangle(*place)
