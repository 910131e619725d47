"""A lift truck with a pallet on its forks, and its driver."""

from dataclasses import dataclass

import numpy as np

from recorder.simulate.scenes.geometry import Vector
from recorder.simulate.scenes.mesh import Mesh, block, faces, joined, tube
from recorder.simulate.scenes.route import Pose, Route

_VEST: Vector = (0.55, 0.62, 0.03)


@dataclass(frozen=True)
class Truck:
    """A lift truck on a way."""

    name: str
    route: Route
    kind: str = "car"

    def mesh(self, pose: Pose) -> Mesh:
        """Give the truck of a moment, at the origin, forks ahead along y."""
        return lift_truck(pose.gone_m)


def lift_truck(rolled_m: float) -> Mesh:
    """Give a counterbalance truck with a carton on its forks."""
    body: Vector = (0.72, 0.36, 0.02)
    dark: Vector = (0.03, 0.03, 0.032)
    parts = [
        faces(block((-0.52, -1.05, 0.18), (0.52, 0.25, 0.78)), body, 0.35),
        faces(block((-0.52, -1.15, 0.30), (0.52, -0.75, 1.05)), dark, 0.2),
        faces(block((-0.38, -0.62, 0.78), (0.38, -0.30, 1.22)), (0.05, 0.05, 0.055)),
        faces(block((-0.55, -1.0, 2.06), (0.55, 0.22, 2.12)), dark),
        faces(block((-0.30, 0.62, 0.10), (-0.18, 1.72, 0.15)), (0.12, 0.12, 0.13)),
        faces(block((0.18, 0.62, 0.10), (0.30, 1.72, 0.15)), (0.12, 0.12, 0.13)),
        faces(block((-0.55, 0.66, 0.16), (0.55, 1.66, 0.29)), (0.34, 0.24, 0.13)),
        faces(block((-0.52, 0.68, 0.29), (0.52, 1.64, 1.02)), (0.40, 0.28, 0.16)),
        faces(block((-0.5, 0.30, 0.10), (-0.38, 0.44, 2.25)), (0.10, 0.10, 0.11)),
        faces(block((0.38, 0.30, 0.10), (0.5, 0.44, 2.25)), (0.10, 0.10, 0.11)),
        faces(
            block((-0.10, -0.40, 2.12), (0.10, -0.20, 2.26)),
            (0.6, 0.3, 0.02),
            0.0,
            (1.6, 0.7, 0.05) if int(rolled_m * 1.6) % 2 else (0.1, 0.05, 0.0),
        ),
    ]
    for x in (-0.5, 0.5):
        parts += [_pipe([(x, y, 0.78), (x, y, 2.08)], (0.035, 0.035), 6, dark) for y in (-0.95, 0.18)]
        for y in (-0.75, 0.10):
            parts.append(_pipe([(x - 0.07, y, 0.26), (x + 0.07, y, 0.26)], (0.26, 0.26), 14, dark))
            parts.append(_pipe([(x * 1.16, y, 0.26), (x * 1.161, y, 0.26)], (0.12, 0.01), 10, (0.3, 0.3, 0.3)))
    driver = faces(block((-0.21, -0.55, 1.0), (0.21, -0.28, 1.58)), _VEST)
    head = np.array(
        [(0, -0.38, 1.60), (0, -0.37, 1.66), (0, -0.36, 1.76), (0, -0.36, 1.85), (0, -0.36, 1.88)], np.float32
    )
    parts += [driver, faces(tube(head, np.array((0.05, 0.08, 0.095, 0.07, 0.01), np.float32), 10), (0.52, 0.33, 0.23))]
    helmet = np.array([(0, -0.36, 1.77), (0, -0.36, 1.84), (0, -0.36, 1.90)], np.float32)
    parts.append(faces(tube(helmet, np.array((0.11, 0.10, 0.01), np.float32), 10), (0.7, 0.7, 0.68)))
    return joined(parts)


def _pipe(points: list[Vector], radii: tuple[float, ...], sides: int, colour: Vector) -> Mesh:
    return faces(tube(np.array(points, np.float32), np.array(radii, np.float32), sides), colour)
