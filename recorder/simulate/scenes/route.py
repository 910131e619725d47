"""Ways through a scene: where somebody is at any time of the loop, how far they have gone and which way they face."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recorder.simulate.scenes.geometry import Array

_SMOOTH_S = np.linspace(-0.7, 0.7, 9)


@dataclass(frozen=True)
class Pose:
    """A moment on a way. `heading_deg` is 0 along y and 90 along x; `speed` in metres a second."""

    x: float
    y: float
    heading_deg: float
    gone_m: float
    speed: float


@dataclass(frozen=True)
class Route:
    """Points (second, x, y) that are passed, corners rounded. Before the first and after the last nobody is there."""

    points: tuple[tuple[float, float, float], ...]

    @cached_property
    def _table(self) -> tuple[Array, Array, Array]:
        """Times, smoothed places, and the way gone, at 20 a second."""
        given = np.array(self.points, np.float64)
        times = np.arange(given[0, 0], given[-1, 0] + 0.05, 0.05)
        around = times[:, None] + _SMOOTH_S
        x = np.interp(around, given[:, 0], given[:, 1]).mean(axis=1)
        y = np.interp(around, given[:, 0], given[:, 2]).mean(axis=1)
        places = np.stack([x, y], axis=-1)
        gone = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=-1))])
        return times.astype(np.float32), places.astype(np.float32), gone.astype(np.float32)

    def at(self, second: float) -> Pose | None:
        """Give the pose at a second of the loop, or None."""
        times, places, gone = self._table
        if not times[0] <= second <= times[-1]:
            return None
        x, y = (float(np.interp(second, times, places[:, axis])) for axis in (0, 1))
        way = float(np.interp(second, times, gone))
        speed = float(np.interp(second + 0.15, times, gone) - np.interp(second - 0.15, times, gone)) / 0.3
        return Pose(x, y, self._heading(second), way, speed)

    def _heading(self, second: float) -> float:
        times, places, gone = self._table
        here = float(np.interp(second, times, gone))
        # Whoever stands looks the way they came.
        reach = 0.25
        behind, ahead = max(float(gone[0]), here - reach), min(float(gone[-1]), here + reach)
        if ahead - behind < 1e-3:
            return 0.0
        moving = np.concatenate([[True], np.diff(gone) > 1e-6])
        way, spots = gone[moving], places[moving]
        dx = float(np.interp(ahead, way, spots[:, 0]) - np.interp(behind, way, spots[:, 0]))
        dy = float(np.interp(ahead, way, spots[:, 1]) - np.interp(behind, way, spots[:, 1]))
        return float(np.degrees(np.arctan2(dx, dy)))
