"""Tells when a camera was covered, put out of focus, painted over or turned, from how the edges of its picture are.

Light changes how strong edges are, and not where they are; a hand over the lens or a turn of the ring takes them away;
a turned camera has them elsewhere. What a scene usually looks like is learnt over a minute, and not while in doubt.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike

from recorder.client.clock import SECOND_US
from recorder.client.detection import Tampering

LOOK_US = SECOND_US
HOLD_US = 3 * SECOND_US
"""So long it must last: a head before the lens, or a moment's fog of headlights, is none."""
LEARN_LOOKS = 10
"""Looks before anything is said."""
_LOOKS = 60
"""Over which what is usual is averaged."""
_FLAT = 4.0
"""Deviation of luma, of 255, below which a picture has one colour."""
_COVERED = 0.3
"""Of the usual contrast: below, nearly nothing can be made out."""
_BLURRED = 0.4
"""Of the usual sharpness, where contrast is still there."""
_OTHER = 0.25
"""Correlation of the edges with the usual ones, below which it is another scene."""
_LEAST_EDGES = 3.0
"""Mean strength of edges, of 255: fewer say nothing about where a camera looks."""


@dataclass(frozen=True)
class SceneSeen:
    """What a look says. `changed`: from this look on it is another scene."""

    tampering: Tampering = Tampering.NONE
    changed: bool = False


class TamperWatch:
    """Looks at the small grey pictures of one channel, once a second of them."""

    def __init__(self) -> None:
        self._looks = 0
        self._last_us = 0
        self._contrast = self._sharp = 0.0
        self._edges: MatLike | None = None
        self._doubt: Tampering = Tampering.NONE
        self._doubt_since_us = 0
        self._other_since_us: int | None = None
        self._told = Tampering.NONE

    def look(self, picture: MatLike, at_us: int) -> SceneSeen | None:
        """Look at a picture; None where it is too early for another look."""
        if 0 <= at_us - self._last_us < LOOK_US:
            return None
        self._last_us = at_us
        contrast = float(cv2.meanStdDev(picture)[1][0, 0])
        sharp = float(cv2.norm(cv2.Laplacian(picture, cv2.CV_16S), cv2.NORM_L1)) / picture.size
        edges = _edges(picture)
        if self._edges is None or self._looks < LEARN_LOOKS:
            self._learn(contrast, sharp, edges)
            return SceneSeen()
        doubt = self._what(contrast, sharp)
        if doubt is not self._doubt:
            self._doubt, self._doubt_since_us = doubt, at_us
        if at_us - self._doubt_since_us >= HOLD_US:
            self._told = doubt
        if doubt is not Tampering.NONE:
            self._other_since_us = None
            return SceneSeen(self._told)
        return SceneSeen(self._told, changed=self._is_another(contrast, sharp, edges, at_us))

    def _what(self, contrast: float, sharp: float) -> Tampering:
        if contrast < _FLAT:
            return Tampering.ONE_COLOUR
        if contrast < _COVERED * self._contrast:
            return Tampering.COVERED
        if sharp < _BLURRED * self._sharp:
            return Tampering.OUT_OF_FOCUS
        return Tampering.NONE

    def _is_another(self, contrast: float, sharp: float, edges: MatLike, at_us: int) -> bool:
        assert self._edges is not None
        telling = min(cv2.mean(edges)[0], cv2.mean(self._edges)[0]) >= _LEAST_EDGES
        if not telling or _alike(edges, self._edges) >= _OTHER:
            self._other_since_us = None
            self._learn(contrast, sharp, edges)
            return False
        if self._other_since_us is None:
            self._other_since_us = at_us
        if at_us - self._other_since_us < HOLD_US:
            return False
        # From here on this is what the camera sees.
        self._looks, self._other_since_us = 0, None
        self._learn(contrast, sharp, edges)
        return True

    def _learn(self, contrast: float, sharp: float, edges: MatLike) -> None:
        self._looks += 1
        share = max(1 / self._looks, 1 / _LOOKS)
        self._contrast += (contrast - self._contrast) * share
        self._sharp += (sharp - self._sharp) * share
        if self._edges is None or self._looks == 1:
            self._edges = edges
        else:
            cv2.accumulateWeighted(edges, self._edges, share)


def _edges(picture: MatLike) -> MatLike:
    """How strong edges are in a quarter of the size, so that a shake of the mast is no other scene."""
    across, down = cv2.spatialGradient(picture)
    strong = cv2.add(cv2.convertScaleAbs(across), cv2.convertScaleAbs(down))
    size = (picture.shape[1] // 4, picture.shape[0] // 4)
    return cv2.resize(strong, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _alike(one: MatLike, other: MatLike) -> float:
    """The correlation of two maps, 1 where they are the same but for their strength."""
    one, other = (each.ravel() - cv2.mean(each)[0] for each in (one, other))
    return float(one @ other / max(1e-6, math.sqrt((one @ one) * (other @ other))))
