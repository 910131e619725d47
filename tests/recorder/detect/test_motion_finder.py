"""What moves is found where it is; light, noise, rain, a clock in the picture and what has stopped are no motion."""

import numpy as np
import pytest

from recorder.client.grid import cells_of
from recorder.detect.motion import HEIGHT, STANDARD_SENSITIVITY, WIDTH, MotionFinder
from tests.recorder.detect.pictures import STEP_US, Yard, at, cells_under

LEARNT = 100


def walker(number, y=70):
    """Somebody who crosses the picture after picture `LEARNT`."""
    return ((number - LEARNT) * 4 - 10, y, 8, 22)


def looked(draw, count, first=0, finder=None, sensitivities=(STANDARD_SENSITIVITY,)):
    """Look at pictures; gives what was seen in each, by their numbers."""
    finder = finder or MotionFinder()
    return {number: finder.look(draw(number), at(number), sensitivities) for number in range(first, first + count)}


def moved(seen, sensitivity=STANDARD_SENSITIVITY):
    return set() if seen.moved is None else set(cells_of(seen.moved[sensitivity]))


def still(seen):
    return sum(bool(moved(one)) for one in seen.values())


@pytest.mark.covers("D-ALM-09")
def test_who_crosses_is_found_where_they_are():
    yard = Yard()
    seen = looked(lambda number: yard.picture(walker(number) if number >= LEARNT else None), LEARNT + 45)
    assert still({number: one for number, one in seen.items() if number < LEARNT}) == 0
    crossing = range(LEARNT + 5, LEARNT + 42)
    assert all(moved(seen[number]) & cells_under(walker(number)) for number in crossing)
    for number in crossing:
        x, y, width, height = walker(number)
        assert moved(seen[number]) <= cells_under((x - 20, y - 12, width + 40, height + 24))


def test_slow_light_noise_and_a_clock_in_the_picture_are_no_motion():
    yard = Yard()
    seen = looked(
        lambda number: yard.picture(gain=1 + 0.25 * np.sin(number / 120), noise=4, clock=number // 5), LEARNT * 10
    )
    assert still({number: one for number, one in seen.items() if number >= LEARNT}) == 0


def test_rain_is_no_motion():
    yard = Yard()
    seen = looked(lambda number: yard.picture(rain=15, noise=3), LEARNT * 6)
    assert still({number: one for number, one in seen.items() if number >= LEARNT}) == 0


@pytest.mark.parametrize("change", [{"offset": 45}, {"gain": 0.45}, {"gain": 1.5, "offset": -20}])
def test_light_that_is_switched_is_no_motion_and_who_walks_after_it_is_found(change):
    yard = Yard()

    def draw(number):
        figure = walker(number, y=30) if number >= LEARNT + 60 else None
        return yard.picture(figure, **(change if number >= LEARNT else {}))

    seen = looked(draw, LEARNT + 90)
    assert still({number: one for number, one in seen.items() if number < LEARNT + 59}) == 0
    assert all(moved(seen[number]) for number in range(LEARNT + 65, LEARNT + 85) if walker(number)[0] < WIDTH - 20)


def test_what_stops_and_what_leaves_a_gap_behind_is_no_motion_for_long():
    yard = Yard()

    def draw(number):
        place = min(max(number - LEARNT, 0), 20) * 4
        return yard.picture((place, 60, 24, 24) if number < LEARNT + 120 else None)

    seen = looked(draw, LEARNT + 200)
    assert still({number: seen[number] for number in range(LEARNT + 2, LEARNT + 19)}) >= 15
    assert still({number: seen[number] for number in range(LEARNT + 30, LEARNT + 119)}) == 0
    # It is gone from one picture to the next: that is one change, and no motion of what is behind it.
    assert still({number: seen[number] for number in range(LEARNT + 125, LEARNT + 200)}) == 0


def test_a_weak_contrast_is_seen_by_a_high_sensitivity_alone():
    yard = Yard()

    def draw(number):
        figure = walker(number)
        strong = yard.picture(figure if number >= LEARNT else None)
        weak = yard.picture()
        return (weak.astype(int) + (strong.astype(int) - weak) // 4).astype(np.uint8)

    seen = looked(draw, LEARNT + 40, sensitivities=(95, 40))
    crossing = [seen[number] for number in range(LEARNT + 5, LEARNT + 38)]
    assert sum(bool(moved(one, 95)) for one in crossing) > len(crossing) * 0.8
    assert not any(moved(one, 40) for one in crossing)


def test_with_key_frames_alone_who_crosses_is_found_too():
    yard, finder = Yard(), MotionFinder()
    for number in range(60):
        finder.look(yard.picture(), at(number * 5))
    found = 0
    for number in range(60, 66):
        figure = ((number - 60) * 25 + 5, 60, 12, 30)
        found += bool(moved(finder.look(yard.picture(figure), at(number * 5))) & cells_under(figure))
    assert found >= 5


def test_after_a_hole_and_after_the_clock_was_set_it_learns_anew():
    yard, finder = Yard(), MotionFinder()
    for number in range(LEARNT):
        finder.look(yard.picture(), at(number))
    assert finder.look(yard.picture((40, 40, 30, 30)), at(LEARNT + 100)).learning
    assert finder.look(yard.picture(), at(5)).learning


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_picture_without_anything_in_it_is_looked_at_too(value):
    finder = MotionFinder()
    for number in range(40):
        seen = finder.look(np.full((HEIGHT, WIDTH), value, np.uint8), at(number))
    assert not seen.learning
    assert moved(seen) == set()


def test_random_pictures_break_nothing():
    rng, finder = np.random.default_rng(5), MotionFinder()
    at_us = at(0)
    for _number in range(200):
        at_us += int(rng.integers(-STEP_US, 20 * STEP_US))
        finder.look(rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8), at_us, tuple(rng.integers(1, 101, 4)))
