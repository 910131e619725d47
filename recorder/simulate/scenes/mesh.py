"""Figures as faces: lofted from rings, coloured face by face, drawn far to near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recorder.simulate.scenes.geometry import Array, Vector


@dataclass(frozen=True)
class Mesh:
    """Quadrilaterals: `corners` (n, 4, 3) in metres, `colours` (n, 3) linear, `gloss` (n) 0 to 1, `glow` (n, 3)."""

    corners: Array
    colours: Array
    gloss: Array
    glow: Array

    def placed(self, at: Vector, heading_deg: float) -> "Mesh":
        """Turn around the upright (0 faces along y, 90 along x) and move."""
        angle = np.radians(heading_deg)
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array(((cos, -sin, 0), (sin, cos, 0), (0, 0, 1)), np.float32)
        return Mesh(self.corners @ turn + np.asarray(at, np.float32), self.colours, self.gloss, self.glow)


def joined(meshes: list[Mesh]) -> Mesh:
    """Make one mesh of many."""
    return Mesh(
        np.concatenate([one.corners for one in meshes]),
        np.concatenate([one.colours for one in meshes]),
        np.concatenate([one.gloss for one in meshes]),
        np.concatenate([one.glow for one in meshes]),
    )


def faces(corners: Array, colour: Vector | Array, gloss: float = 0.0, glow: Vector = (0.0, 0.0, 0.0)) -> Mesh:
    """Give faces one look."""
    count = len(corners)
    return Mesh(
        corners.astype(np.float32),
        np.broadcast_to(np.asarray(colour, np.float32), (count, 3)),
        np.full(count, gloss, np.float32),
        np.broadcast_to(np.asarray(glow, np.float32), (count, 3)),
    )


def loft(rings: Array, *, closed: bool = True) -> Array:
    """Give the faces (n, 4, 3) between rings (m, k, 3), each ring's points in the same order; ends stay open."""
    here, there = rings[:-1], rings[1:]
    if closed:
        here_next, there_next = np.roll(here, -1, axis=1), np.roll(there, -1, axis=1)
    else:
        here, here_next, there, there_next = here[:, :-1], here[:, 1:], there[:, :-1], there[:, 1:]
    return np.stack([here, here_next, there_next, there], axis=2).reshape(-1, 4, 3)


def tube(points: Array, radii: NDArray[np.float32], sides: int = 9) -> Array:
    """Give the faces of a limb along points (m, 3) with radii (m)."""
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-6)
    side = np.cross(along, np.array((0, 1, 0), np.float32))
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-6)
    front = np.cross(side, along)
    angles = np.arange(sides) * 2 * np.pi / sides
    around = side[:, None] * np.cos(angles)[None, :, None] + front[:, None] * np.sin(angles)[None, :, None]
    return loft((points[:, None] + around * radii[:, None, None]).astype(np.float32))


def block(low: Vector, high: Vector) -> Array:
    """Give the six faces of a box."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return np.array(
        [
            [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
            [(x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)],
            [(x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)],
            [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
            [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
            [(x0, y1, z0), (x1, y1, z0), (x1, y0, z0), (x0, y0, z0)],
        ],
        np.float32,
    )
