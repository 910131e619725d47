"""What an encoder sees of a scene: picture after picture of a loop, as planes of YUV 4:2:0."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recorder.simulate.clip import BENCH, ClipSpec

Planes = NDArray[np.uint8]
"""Height · 3/2 rows of `width` bytes: luma, then both chroma planes, as FFmpeg's yuv420p in one array (I420)."""


class Film(Protocol):
    """A loop of pictures."""

    def picture(self, number: int) -> Planes:
        """Draw picture `number` of the loop; the array may be drawn over by the next call."""
        ...


def open_film(spec: ClipSpec) -> Film:
    """Make the film of a clip; raises `NoSuchScene`."""
    if spec.scene == BENCH:
        return NoiseFilm(spec.width, spec.height)
    from recorder.simulate.scenes import open_scene

    return open_scene(spec.scene, spec.width, spec.height, spec.frames_per_s, spec.frames)


class NoiseFilm:
    """A textured wall that slides, under strong noise: more than any bit rate can hold, so every frame is full size."""

    def __init__(self, width: int, height: int) -> None:
        rng = np.random.default_rng(1)
        self._width, self._height = width, height
        texture = rng.integers(40, 215, (height // 8 + 40, width // 8 + 40), dtype=np.uint8)
        self._texture = np.kron(texture, np.ones((8, 8), np.uint8))
        self._noise = rng.integers(0, 40, (height + 64, width + 64), dtype=np.uint8)
        self._planes: Planes = np.full((height * 3 // 2, width), 128, np.uint8)

    def picture(self, number: int) -> Planes:
        """Draw one picture."""
        x, y = number * 3 % 256, number * 7 % 64
        noise_x = number * 29 % 64
        wall = self._texture[y : y + self._height, x : x + self._width]
        self._planes[: self._height] = wall + self._noise[y : y + self._height, noise_x : noise_x + self._width]
        return self._planes
