"""From light to what a camera's sensor makes of it: exposure, a filmic curve, the sRGB curve."""

import numpy as np
from numpy.typing import NDArray

from recorder.simulate.scenes.geometry import Array

Picture = NDArray[np.uint8]
"""Rows, columns, blue-green-red."""


def developed(light: Array, exposure: float) -> Array:
    """Turn linear red-green-blue light into 0 to 255, still red-green-blue (curve after K. Narkowicz's fit of ACES)."""
    x = np.maximum(light * exposure, 0)
    mapped = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    return (255 * mapped ** (1 / 2.2)).astype(np.float32)
