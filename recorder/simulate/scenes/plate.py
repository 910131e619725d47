"""Plates: the still part of each scene, rendered beforehand and shipped beside this module.

Rendering one takes a minute; loading it takes a moment, so that simulated cameras show something as soon as they are
started. A plate that is missing is rendered when it is needed. `python -m recorder.simulate.scenes` makes them all
anew after a scene or the renderer changed; a test notices when that was forgotten.

A plate is three files: the picture (WebP), what is left of it in a figure's shadow, as a share for each colour (WebP,
half the size), and the depth of every pixel (PNG, half the size, 8 bits logarithmic from `NEAREST_M` to `FARTHEST_M`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from recorder.simulate.scenes.geometry import Array
from recorder.simulate.scenes.tone import Picture

PLACE = Path(__file__).parent / "plates"
WIDTH, HEIGHT = 1920, 1080
NEAREST_M, FARTHEST_M = 0.5, 120.0
_STEPS = 255 / np.log(FARTHEST_M / NEAREST_M)
_PICTURE_QUALITY, _SHADE_QUALITY = 93, 85


@dataclass
class Plate:
    """A still place in one size. `shaded` is the picture where no direct light falls; `depth` in metres."""

    picture: Picture
    shaded: Picture
    depth: Array

    def resized(self, width: int, height: int) -> "Plate":
        """Give it in another size."""
        size = width, height
        if self.picture.shape[:2] == (height, width):
            return self
        return Plate(
            cast("Picture", cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA)),
            cast("Picture", cv2.resize(self.shaded, size, interpolation=cv2.INTER_AREA)),
            cast("Array", cv2.resize(self.depth, size, interpolation=cv2.INTER_NEAREST)),
        )


def load(name: str) -> Plate | None:
    """Read a shipped plate; None where there is none."""
    files = [PLACE / f"{name}.webp", PLACE / f"{name}-shade.webp", PLACE / f"{name}-depth.png"]
    if not all(file.exists() for file in files):
        return None
    picture, shade = (cv2.imread(str(file)) for file in files[:2])
    steps = cv2.imread(str(files[2]), cv2.IMREAD_GRAYSCALE)
    if picture is None or shade is None or steps is None:
        return None
    size = picture.shape[1], picture.shape[0]
    share = cv2.resize(shade, size, interpolation=cv2.INTER_LINEAR)
    depth = (NEAREST_M * np.exp(np.arange(256) / _STEPS)).astype(np.float32)[steps]
    return Plate(
        cast("Picture", picture),
        cast("Picture", cv2.multiply(picture, share, scale=1 / 255)),
        cast("Array", cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)),
    )


def save(name: str, plate: Plate) -> None:
    """Write the files of a plate."""
    PLACE.mkdir(exist_ok=True)
    half = plate.picture.shape[1] // 2, plate.picture.shape[0] // 2
    share = np.clip(plate.shaded.astype(np.float32) / np.maximum(plate.picture, 1) * 255, 0, 255)
    share = cv2.medianBlur(share.astype(np.uint8), 5)
    steps = np.clip(np.log(np.clip(plate.depth, NEAREST_M, FARTHEST_M) / NEAREST_M) * _STEPS, 0, 255)
    quality = cv2.IMWRITE_WEBP_QUALITY
    cv2.imwrite(str(PLACE / f"{name}.webp"), plate.picture, [quality, _PICTURE_QUALITY])
    small = cv2.resize(share, half, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(PLACE / f"{name}-shade.webp"), small, [quality, _SHADE_QUALITY])
    # The nearest of four, so that edges of what stands in front stay whole.
    nearest = steps.astype(np.uint8).reshape(half[1], 2, half[0], 2).min(axis=(1, 3))
    cv2.imwrite(str(PLACE / f"{name}-depth.png"), nearest, [cv2.IMWRITE_PNG_COMPRESSION, 9])
