"""Finds what moves in small grey pictures of one channel, in cells of the grid.

A cell has moved where enough of its pixels differ from what is usually there by more than they usually do, where the
picture also changed within the last four tenths of a second, and where the same happened nearby in the pictures
before. So light that drifts, noise, rain, leaves and a burned-in clock are no motion, and neither is what stands where
something moved away from. When most of the picture changes at once, the light was switched or the camera was turned:
that is told as such and learnt anew.
"""

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

from recorder.client.clock import SECOND_US
from recorder.client.grid import CELL_BYTES, CELLS, COLUMNS, ROWS, WHOLE, near

CELL = 8
"""Pixels of a cell's side."""
WIDTH, HEIGHT = COLUMNS * CELL, ROWS * CELL
Grey: TypeAlias = MatLike
"""Luma, one byte a pixel."""
STANDARD_SENSITIVITY = 75
"""What is stored for searches is found with this one, whatever alarms are set to."""

LEARN_US = 3 * SECOND_US
"""So long pictures are only learnt from: at the start, after a hole, and after a change of everything."""
HOLE_US = 10 * SECOND_US
"""Pictures further apart than this begin anew."""
_STILL_S, _MOVING_S = 8.0, 40.0
"""Within which what is usually there follows the picture, where nothing moves and where something does."""
_NOISE_S = 20.0
_NOISE_GAIN = 2.5
"""So many times as much as usual a pixel must differ, besides the step of the sensitivity."""
_LARGEST_NOISE = 60.0
_BEFORE_US = SECOND_US * 2 // 5
"""How far back a picture is compared with, beside the usual one."""
_NEAR_US = SECOND_US * 3 // 5
"""Pictures closer than this have what moves in nearly the same place."""
_LEAST_SHARE = 18
"""Of 255: the pixels of a cell that must differ, a little under five of 64."""
_EVERYTHING = 0.6 * CELLS
"""Cells: when so many move at once, nothing moves."""
_FRESH = 0.3 * CELLS
"""Cells, away from where something moved before: nothing that moves comes in so quickly."""
_LIGHT = 2
"""When half of the cells are brighter or darker by so much, the light has changed."""
_HALVES = ((4 * COLUMNS, 4 * ROWS), (2 * COLUMNS, 2 * ROWS), (COLUMNS, ROWS))
_FEW = 3
"""Cells; fewer must move in three pictures in a row."""
_LEARN_EVERY_US, _LEARN_SELDOM_US = SECOND_US * 3 // 10, SECOND_US * 5 // 10
"""What is usual changes slowly: at first every second of five pictures a second is learnt from, then every third."""
_SAMPLES = np.s_[4::12, 4::12]
"""Pixels enough to tell the light by."""
_EACH_BYTE = np.uint64(0x0101010101010101)


@dataclass(frozen=True)
class Seen:
    """What one picture shows. `moved` are sets of cells, by sensitivity; nothing where it was only learnt from."""

    at_us: int
    learning: bool
    whole: bool = False
    """Everything changed at once: the light, or the camera."""
    moved: dict[int, int] | None = None


def step(sensitivity: int) -> int:
    """Give by how much of 255 a pixel must differ at a sensitivity of 1 to 100."""
    return round(5 + (100 - sensitivity) * 0.35)


class MotionFinder:
    """Looks at the pictures of one channel, in their order, each `WIDTH` x `HEIGHT`."""

    def __init__(self) -> None:
        self._usual: _Usual | None = None
        self._before: deque[tuple[int, Grey]] = deque()
        self._widest: int | None = None
        self._active: dict[int, deque[tuple[int, int]]] = {}
        self._last_us = 0
        self._learnt_us = 0
        self._unlearnt_us = 0

    def look(self, picture: Grey, at_us: int, sensitivities: tuple[int, ...] = (STANDARD_SENSITIVITY,)) -> Seen:
        """Look at the next picture; it is kept, and must not change any more."""
        picture = cv2.medianBlur(picture, 3)
        passed_us = at_us - self._last_us
        if self._usual is None or not 0 < passed_us <= HOLE_US:
            return self._begin(picture, at_us)
        self._last_us = at_us
        light = self._usual.light(picture)
        even = picture if abs(light) < _LIGHT else cv2.convertScaleAbs(picture.astype(np.float32) - light)
        differs = cv2.absdiff(even, self._usual.picture)
        beyond = cv2.subtract(differs, self._usual.expected)
        while len(self._before) > 1 and self._before[1][0] <= at_us - _BEFORE_US:
            self._before.popleft()
        changed: int | None = None
        moved: dict[int, int] = {}
        widest: int | None = None
        for sensitivity in sorted({*sensitivities}, reverse=True):
            # The widest is looked at first, and where that has no cell no other has.
            active = 0 if widest == 0 else _active(beyond, step(sensitivity))
            if widest is None:
                widest = active
                if self._is_everything(active):
                    self._begin(picture, at_us)
                    return Seen(at_us, learning=True, whole=True)
            if active and changed is None:
                changed = self._changed(even)
            moved[sensitivity] = self._persistent(sensitivity, active & (changed or 0), at_us)
        assert widest is not None
        self._widest = widest
        self._unlearnt_us += passed_us
        learning = at_us - self._learnt_us < LEARN_US
        if self._unlearnt_us >= (_LEARN_EVERY_US if learning else _LEARN_SELDOM_US):
            self._usual.learn(picture, differs, widest, self._unlearnt_us / SECOND_US)
            self._unlearnt_us = 0
        self._before.append((at_us, even))
        return Seen(at_us, learning=learning, moved=None if learning else moved)

    def _begin(self, picture: Grey, at_us: int) -> Seen:
        if self._usual is None:
            self._usual = _Usual(picture)
        else:
            self._usual.begin(picture)
        self._before.clear()
        self._before.append((at_us, picture))
        self._active.clear()
        self._widest = None
        self._last_us = self._learnt_us = at_us
        return Seen(at_us, learning=True)

    def _is_everything(self, active: int) -> bool:
        """Whether everything changes at once: most of the picture, or much of it out of nothing."""
        fresh = active if self._widest is None else active & ~near(near(self._widest))
        return active.bit_count() > _EVERYTHING or fresh.bit_count() > _FRESH

    def _changed(self, picture: Grey) -> int:
        """Give the cells near which the picture is another than four tenths of a second ago."""
        assert self._usual is not None
        return near(_active(cv2.subtract(cv2.absdiff(picture, self._before[0][1]), self._usual.noise), 6))

    def _persistent(self, sensitivity: int, active: int, at_us: int) -> int:
        """Give the cells near which something was in the picture before as well; drops of rain are not."""
        known = self._active.setdefault(sensitivity, deque(maxlen=2))
        before = [one for then_us, one in known if at_us - then_us <= _NEAR_US]
        known.append((at_us, active))
        if not before:
            # Too long ago to be in the same place: it must be large instead.
            return active if active.bit_count() > 1 else 0
        moving = active & near(before[0] | before[-1])
        if moving.bit_count() < _FEW and len(before) > 1:
            # So little must have been there in both.
            moving &= near(before[0]) & near(before[1])
        return moving


class _Usual:
    """What is usually there, and by how much it usually differs: a mean of pictures, the newest counting most."""

    def __init__(self, picture: Grey) -> None:
        self._noise = np.zeros((HEIGHT, WIDTH), np.float32)
        self._learnt = 0
        self.begin(picture)

    def begin(self, picture: Grey) -> None:
        """Something else is there from this picture on; it is as noisy as what was."""
        self._mean: MatLike = picture.astype(np.float32)
        self._tell()

    def _tell(self) -> None:
        self.picture: Grey = cv2.convertScaleAbs(self._mean)
        self.noise: Grey = cv2.convertScaleAbs(self._noise)
        self.expected: Grey = cv2.convertScaleAbs(self._noise, alpha=_NOISE_GAIN)
        """By how much a pixel may differ before it says anything."""

    def light(self, picture: Grey) -> int:
        """By how much most of a picture is brighter than usual: clouds and exposure are no motion."""
        by = np.subtract(picture[_SAMPLES], self.picture[_SAMPLES], dtype=np.int16).ravel()
        by.partition(by.size // 2)
        return int(by[by.size // 2])

    def learn(self, picture: Grey, differs: Grey, active: int, passed_s: float) -> None:
        """Follow a picture slowly, and more slowly near the cells where something is."""
        self._learnt += 1
        # In the beginning the mean of all so far is better than a slow one.
        least = 1 / (self._learnt + 1)
        still = _pixels(WHOLE & ~near(active))
        cv2.accumulateWeighted(picture, self._mean, min(1.0, passed_s / _MOVING_S))
        cv2.accumulateWeighted(picture, self._mean, max(min(1.0, passed_s / _STILL_S), least), mask=still)
        cv2.accumulateWeighted(differs, self._noise, max(min(1.0, passed_s / _NOISE_S), least))
        cv2.threshold(self._noise, _LARGEST_NOISE, 0, cv2.THRESH_TRUNC, dst=self._noise)
        self._tell()


def _active(differs: Grey, least: int) -> int:
    """Give the cells of which enough pixels differ by more than that."""
    shares = cv2.threshold(differs, least, 255, cv2.THRESH_BINARY)[1]
    # Halved three times, which is a third of the work of an eighth at once. Rounding changes the mean of a cell by 1.25
    # at most; four pixels give 16 and five 20, so `_LEAST_SHARE` parts them all the same.
    for size in _HALVES:
        shares = cv2.resize(shares, size, interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(shares > _LEAST_SHARE, axis=None, bitorder="little").tobytes(), "little")


def _pixels(cells: int) -> MatLike:
    """Give a picture with 1 at the pixels of a set's cells, else 0."""
    bits = np.frombuffer(cells.to_bytes(CELL_BYTES, "little"), np.uint8)
    lines = np.unpackbits(bits, count=CELLS, bitorder="little").reshape(ROWS, COLUMNS)
    # A cell is as wide as a long number.
    return (lines * _EACH_BYTE).view(np.uint8).repeat(CELL, axis=0)
