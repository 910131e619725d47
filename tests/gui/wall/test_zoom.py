"""What is in sight of an enlarged picture: the point at the pointer stays, and nothing beyond its edges is shown."""

import random

import pytest

from gui.wall.splits import Box
from gui.wall.zoom import MOST, NOTCH, Zoom, most
from recorder.client.views import Part


@pytest.mark.covers("D-LIVE-10")
@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0.2, 0.9), (0.0, 0.0), (1.0, 1.0)])
def test_what_is_under_the_pointer_stays_there(x, y):
    zoom = Zoom()
    before = x, y
    for _notch in range(6):
        zoom = zoom.enlarge(NOTCH, MOST, x, y)
        shown = zoom.part
        assert (shown.left + x * shown.width, shown.top + y * shown.height) == pytest.approx(before)
    assert zoom.times == pytest.approx(8)


def test_so_many_notches_back_all_of_it_is_shown_again():
    zoom = Zoom()
    for way in (NOTCH, 1 / NOTCH):
        for _notch in range(5):
            zoom = zoom.enlarge(way, MOST, 0.3, 0.8)
    assert zoom == Zoom()
    assert zoom.part is None


def test_it_ends_at_its_limit_and_at_the_whole_picture():
    assert Zoom().enlarge(100, 3.5).times == 3.5
    assert Zoom().enlarge(0.5, 8) == Zoom()
    assert Zoom().enlarge(2, 1) == Zoom()


def test_whatever_a_hand_does_only_the_picture_is_shown():
    chance = random.Random(3)
    zoom = Zoom()
    for _time in range(2000):
        if chance.random() < 0.3:
            zoom = zoom.enlarge(chance.choice((NOTCH, 1 / NOTCH)), 8, chance.random(), chance.random())
        else:
            zoom = zoom.move(chance.uniform(-1, 1), chance.uniform(-1, 1))
        part = zoom.part or Part(0, 0, 1, 1)
        assert part.left >= 0
        assert part.top >= 0
        assert part.left + part.width <= 1 + 1e-9
        assert part.top + part.height <= 1 + 1e-9
        assert part.width >= 1 / 8 - 1e-9


def test_a_part_keeps_its_size_to_the_last_digit_while_it_is_moved():
    zoom = Zoom().enlarge(NOTCH**3, 8)
    assert {zoom.move(step / 100, step / 70).part.width for step in range(50)} == {zoom.part.width}


@pytest.mark.parametrize(
    ("coded", "shown", "times"), [(1920, 1920, 8), (3840, 1920, 8), (704, 1440, 3.9), (160, 1920, 1)]
)
def test_a_picture_is_enlarged_as_far_as_it_has_pixels(coded, shown, times):
    assert most(coded, shown) == pytest.approx(times, abs=0.02)


def test_the_small_drawing_says_where_the_part_lies():
    zoom = Zoom(4.0, 0.5, 0.75)
    assert zoom.inset(Box(10, 20, 120, 80)) == Box(70, 80, 30, 20)
