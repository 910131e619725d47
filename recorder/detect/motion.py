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
from recorder.client.grid import COLUMNS, ROWS

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
_WHOLE = 0.6
"""Of the cells: when so many move at once, nothing moves."""
_FRESH = 0.3
"""Of the cells, away from where something moved before: nothing that moves comes in so quickly."""
_LIGHT = 2.0
"""When half of the cells are brighter or darker by so much, the light has changed."""
_FEW = 3
"""Cells; fewer must move in three pictures in a row."""
_LEARN_EVERY_US = SECOND_US * 3 // 10
"""What is usual changes slowly: every second picture is enough to learn it from."""
_SAMPLES = np.s_[4::12, 4::12]
"""Pixels enough to tell the light by."""
_NEAR = np.ones((3, 3), np.uint8)


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
        self._usual: MatLike | None = None
        self._noise = np.zeros((HEIGHT, WIDTH), np.float32)
        self._before: deque[tuple[int, Grey]] = deque()
        self._widest: Grey | None = None
        self._active: dict[int, deque[tuple[int, Grey]]] = {}
        self._last_us = 0
        self._learnt_us = 0
        self._unlearnt_us = 0
        self._looked = 0

    def look(self, picture: Grey, at_us: int, sensitivities: tuple[int, ...] = (STANDARD_SENSITIVITY,)) -> Seen:
        """Look at the next picture; it is kept, and must not change any more."""
        picture = cv2.medianBlur(picture, 3)
        passed_us = at_us - self._last_us
        if self._usual is None or not 0 < passed_us <= HOLE_US:
            return self._begin(picture, at_us)
        self._last_us = at_us
        usual = cv2.convertScaleAbs(self._usual)
        light = self._light(picture, usual)
        even = picture if abs(light) < _LIGHT else cv2.convertScaleAbs(picture.astype(np.float32) - light)
        differs = cv2.absdiff(even, usual)
        beyond = cv2.subtract(differs, cv2.convertScaleAbs(self._noise, alpha=_NOISE_GAIN))
        changed = self._changed(even, at_us)
        moved: dict[int, int] = {}
        widest: Grey | None = None
        for sensitivity in sorted({*sensitivities}, reverse=True):
            active = _active(beyond, step(sensitivity))
            if widest is None:
                widest = active
                if self._is_whole(active):
                    self._begin(picture, at_us)
                    return Seen(at_us, learning=True, whole=True)
            moved[sensitivity] = self._persistent(sensitivity, cv2.bitwise_and(active, changed), at_us)
        assert widest is not None
        self._widest = widest
        self._unlearnt_us += passed_us
        if self._unlearnt_us >= _LEARN_EVERY_US:
            self._looked += 1
            self._learn(picture, differs, widest, self._unlearnt_us / SECOND_US)
            self._unlearnt_us = 0
        self._before.append((at_us, even))
        if at_us - self._learnt_us < LEARN_US:
            return Seen(at_us, learning=True)
        return Seen(at_us, learning=False, moved=moved)

    def _begin(self, picture: Grey, at_us: int) -> Seen:
        if self._usual is None:
            self._noise[:] = 0
            self._looked = 0
        self._usual = picture.astype(np.float32)
        self._before.clear()
        self._before.append((at_us, picture))
        self._active.clear()
        self._widest = None
        self._last_us = self._learnt_us = at_us
        return Seen(at_us, learning=True)

    def _is_whole(self, active: Grey) -> bool:
        """Whether everything changes at once: most of the picture, or much of it out of nothing."""
        fresh = active if self._widest is None else cv2.subtract(active, cv2.dilate(self._widest, _NEAR, iterations=2))
        return cv2.countNonZero(active) > _WHOLE * active.size or cv2.countNonZero(fresh) > _FRESH * active.size

    @staticmethod
    def _light(picture: Grey, usual: Grey) -> float:
        """By how much most of the picture is brighter than usual: clouds and exposure are no motion."""
        by = picture[_SAMPLES].astype(np.int16)
        by -= usual[_SAMPLES]
        return float(np.partition(by, by.size // 2, axis=None)[by.size // 2])

    def _changed(self, picture: Grey, at_us: int) -> Grey:
        """Give the cells near which the picture is another than four tenths of a second ago."""
        before = self._before
        while len(before) > 1 and before[1][0] <= at_us - _BEFORE_US:
            before.popleft()
        differs = cv2.subtract(cv2.absdiff(picture, before[0][1]), cv2.convertScaleAbs(self._noise))
        return cv2.dilate(_active(differs, 6), _NEAR)

    def _persistent(self, sensitivity: int, active: Grey, at_us: int) -> int:
        """Give the cells near which something was in the picture before as well; drops of rain are not."""
        known = self._active.setdefault(sensitivity, deque(maxlen=2))
        near = [one for then_us, one in known if at_us - then_us <= _NEAR_US]
        known.append((at_us, active))
        if not near:
            # Too long ago to be in the same place: it must be large instead.
            return _cells(active) if cv2.countNonZero(active) > 1 else 0
        either = near[-1] if len(near) == 1 else cv2.bitwise_or(near[0], near[1])
        moving = cv2.bitwise_and(active, cv2.dilate(either, _NEAR))
        if cv2.countNonZero(moving) < _FEW and len(near) > 1:
            # So little must have been there in both.
            moving = cv2.bitwise_and(moving, cv2.bitwise_and(cv2.dilate(near[0], _NEAR), cv2.dilate(near[1], _NEAR)))
        return _cells(moving)

    def _learn(self, picture: Grey, differs: Grey, active: Grey, passed_s: float) -> None:
        """Follow slowly what is usually there, and by how much it usually differs."""
        assert self._usual is not None
        # In the beginning the mean of all so far is better than a slow one.
        share = max(min(1.0, passed_s / _STILL_S), 1 / (self._looked + 1))
        moving = cv2.resize(cv2.dilate(active, _NEAR), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
        cv2.accumulateWeighted(picture, self._usual, min(1.0, passed_s / _MOVING_S))
        cv2.accumulateWeighted(picture, self._usual, share, mask=cv2.bitwise_not(moving))
        cv2.accumulateWeighted(differs, self._noise, max(min(1.0, passed_s / _NOISE_S), 1 / (self._looked + 1)))
        cv2.threshold(self._noise, _LARGEST_NOISE, 0, cv2.THRESH_TRUNC, dst=self._noise)


def _active(differs: Grey, least: int) -> Grey:
    """Give 255 for the cells of which enough pixels differ by more than that, else 0; `ROWS` x `COLUMNS`."""
    _used, pixels = cv2.threshold(differs, least, 255, cv2.THRESH_BINARY)
    shares = cv2.resize(pixels, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return cv2.threshold(shares, _LEAST_SHARE, 255, cv2.THRESH_BINARY)[1]


def _cells(active: Grey) -> int:
    """Give a map of cells as a set (`recorder.client.grid`)."""
    return int.from_bytes(np.packbits(active != 0, axis=None, bitorder="little").tobytes(), "little")
