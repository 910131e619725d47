"""What a camera burns into its picture: its name, the scene's time, and the counter within the loop."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from recorder.simulate.scenes.tone import Picture

_WEIGHT = 500
_INK, _RIM = 240, 12


class Caption:
    """Writes in one size, by the height of the picture."""

    def __init__(self, height: int) -> None:
        self._size = max(9, height // 36)
        self._margin = max(4, height // 40)
        self._font = cv2.FontFace("sans")
        self._mask = lru_cache(256)(self._drawn)

    def write(self, picture: Picture, left: str, right: str, below: str) -> None:
        """Write at the top left, the top right, and a line below at the left.

        The foot is left free: screens put their own words there.
        """
        self._put(picture, left, self._margin, self._margin)
        wide = self._mask(right)[0].shape[1]
        self._put(picture, right, picture.shape[1] - self._margin - wide, self._margin)
        self._put(picture, below, self._margin, self._margin + self._size * 3 // 2)

    def _put(self, picture: Picture, text: str, left: int, top: int) -> None:
        ink, rim = self._mask(text)
        seen = picture[top : top + ink.shape[0], left : left + ink.shape[1]]
        ink, rim = ink[: seen.shape[0], : seen.shape[1], None], rim[: seen.shape[0], : seen.shape[1], None]
        dark = seen * (1 - rim) + _RIM * rim
        seen[...] = (dark * (1 - ink) + _INK * ink).astype(np.uint8)

    def _drawn(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Give the share of letter and of its dark rim."""
        pad = max(2, self._size // 7)
        canvas = np.zeros((self._size * 3 // 2 + 2 * pad, self._size * (len(text) + 2)), np.uint8)
        (end, _baseline), canvas = cv2.putText(
            canvas, text, (pad, pad + self._size), (255,), self._font, self._size, _WEIGHT
        )
        letters = canvas[:, : end + pad]
        rim = cv2.GaussianBlur(cv2.dilate(letters, np.ones((pad, pad), np.uint8)), (0, 0), pad / 3)
        return np.float32(1 / 255) * letters, np.float32(0.75 / 255) * rim
