"""A camera that is covered, put out of focus, painted over or turned is told; light and passers-by are not."""

import cv2
import numpy as np
import pytest

from recorder.client.detection import Tampering
from recorder.detect.tampering import TamperWatch
from tests.recorder.detect.pictures import Yard, at


def watched(draw, seconds, first=0, watch=None):
    watch = watch or TamperWatch()
    return [watch.look(draw(second), at(second * 5)) for second in range(first, first + seconds)]


CASES = {
    Tampering.ONE_COLOUR: lambda yard: np.full(yard.place.shape, 90, np.uint8),
    Tampering.COVERED: lambda yard: (yard.picture(noise=0) // 6 + 10).astype(np.uint8),
    Tampering.OUT_OF_FOCUS: lambda yard: cv2.GaussianBlur(yard.picture(noise=0), (0, 0), 4),
}


@pytest.mark.parametrize("what", CASES)
@pytest.mark.covers("D-ALM-11")
def test_what_was_done_to_a_camera_is_told_while_it_lasts(what):
    yard = Yard()
    seen = watched(lambda second: CASES[what](yard) if 60 <= second < 90 else yard.picture(), 120)
    assert all(one.tampering is Tampering.NONE for one in seen[:62])
    assert all(one.tampering is what for one in seen[64:90])
    assert all(one.tampering is Tampering.NONE for one in seen[95:])
    assert not any(one.changed for one in seen)


def test_a_head_before_the_lens_for_a_moment_is_nothing():
    yard = Yard()
    seen = watched(lambda second: CASES[Tampering.COVERED](yard) if second in {60, 61} else yard.picture(), 80)
    assert all(one.tampering is Tampering.NONE for one in seen)


def test_light_and_what_passes_by_are_neither():
    yard = Yard()

    def draw(second):
        gain = 0.5 if 60 <= second < 120 else 1.0 + second / 600
        return yard.picture((second * 3 % 170, 60, 30, 60), gain=gain, noise=3)

    seen = watched(draw, 180)
    assert all(one.tampering is Tampering.NONE and not one.changed for one in seen)


@pytest.mark.covers("D-ALM-12")
def test_a_camera_that_is_turned_is_told_once_and_then_knows_its_new_scene():
    before, after = Yard(1), Yard(2)
    after.place = np.roll(after.place, (7, 9), (0, 1))
    seen = watched(lambda second: (before if second < 60 else after).picture(), 180)
    changes = [second for second, one in enumerate(seen) if one.changed]
    assert len(changes) == 1
    assert 60 < changes[0] < 68


def test_it_looks_once_a_second_and_again_after_the_clock_was_set_back():
    yard, watch = Yard(), TamperWatch()
    looks = [watch.look(yard.picture(), at(number)) for number in range(10)]
    assert sum(one is not None for one in looks) == 2
    assert watch.look(yard.picture(), at(0) - 10_000_000) is not None
