"""The wall is cut without holes or overlaps, and pictures keep their shape."""

import itertools

import pytest

from gui.wall.splits import OFFERED, SPLITS, Box, bars, letterbox, shape, smallest

SCREENS = [Box(0, 0, 1280, 720), Box(0, 0, 1920, 1080), Box(10, 7, 1366, 768), Box(0, 0, 640, 480), Box(3, 5, 799, 601)]


@pytest.mark.parametrize("tiles", OFFERED)
@pytest.mark.parametrize("area", SCREENS)
def test_without_gaps_every_pixel_belongs_to_exactly_one_tile(tiles, area):
    boxes = SPLITS[tiles].boxes(area)
    assert len(boxes) == tiles
    assert sum(box.width * box.height for box in boxes) == area.width * area.height
    for one, other in itertools.combinations(boxes, 2):
        apart = (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
        assert apart
    for box in boxes:
        assert area.holds(box.x, box.y)
        assert area.holds(box.x + box.width - 1, box.y + box.height - 1)


@pytest.mark.parametrize("tiles", OFFERED)
def test_gaps_lie_between_tiles_and_never_at_the_border(tiles):
    area = Box(0, 0, 1280, 720)
    boxes = SPLITS[tiles].boxes(area, gap=2)
    assert min(box.x for box in boxes) == 0
    assert min(box.y for box in boxes) == 0
    assert max(box.x + box.width for box in boxes) == 1280
    assert max(box.y + box.height for box in boxes) == 720
    starts = sorted({box.x for box in boxes if box.y == 0})
    ends = sorted({box.x + box.width for box in boxes if box.y == 0})
    assert all(start - end == 2 for start, end in zip(starts[1:], ends[:-1], strict=True))


def test_tiles_of_an_even_split_differ_by_a_pixel_at_most():
    boxes = SPLITS[9].boxes(Box(0, 0, 1366, 768), gap=2)
    assert max(box.width for box in boxes) - min(box.width for box in boxes) <= 1
    assert max(box.height for box in boxes) - min(box.height for box in boxes) <= 1


def test_the_split_of_eight_has_one_large_tile_first():
    boxes = SPLITS[8].boxes(Box(0, 0, 1280, 720))
    assert boxes[0] == Box(0, 0, 960, 540)
    assert {(box.width, box.height) for box in boxes[1:]} == {(320, 180)}


@pytest.mark.parametrize(
    ("channels", "tiles"), [(0, 1), (1, 1), (2, 4), (4, 4), (5, 9), (9, 9), (10, 16), (17, 25), (26, 36), (99, 36)]
)
def test_the_smallest_split_that_holds_all_channels_is_taken(channels, tiles):
    assert smallest(channels).tiles == tiles


def test_a_picture_of_the_tiles_shape_fills_it():
    assert letterbox(Box(5, 6, 640, 360), 1920, 1080) == Box(5, 6, 640, 360)


def test_a_four_to_three_picture_has_bars_left_and_right():
    assert letterbox(Box(0, 0, 1280, 720), *shape(704, 576)) == Box(160, 0, 960, 720)


def test_a_wide_picture_in_a_four_to_three_tile_has_bars_above_and_below():
    assert letterbox(Box(0, 0, 640, 480), 1920, 1080) == Box(0, 60, 640, 360)


def test_bars_too_thin_to_be_meant_are_not_drawn():
    assert letterbox(Box(0, 0, 319, 179), 16, 9) == Box(0, 0, 319, 179)
    assert letterbox(Box(0, 0, 640, 368), 1920, 1088) == Box(0, 0, 640, 368)


@pytest.mark.parametrize("size", [(1, 10_000), (10_000, 1), (0, 0)])
def test_absurd_proportions_stay_inside_the_tile(size):
    tile = Box(0, 0, 213, 120)
    box = letterbox(tile, *shape(*size))
    assert tile.holds(box.x, box.y)
    assert tile.holds(box.x + box.width - 1, box.y + box.height - 1)


@pytest.mark.parametrize("size", [(704, 576), (1920, 1080), (2560, 1080), (3, 4), (1, 10_000)])
def test_picture_and_bars_cover_the_tile_exactly_once(size):
    tile = Box(11, 7, 639, 361)
    picture = letterbox(tile, *shape(*size))
    pieces = [picture, *bars(tile, picture)]
    assert sum(piece.width * piece.height for piece in pieces) == tile.width * tile.height
    for piece in pieces:
        assert tile.holds(piece.x, piece.y)
        assert tile.holds(piece.x + piece.width - 1, piece.y + piece.height - 1)
