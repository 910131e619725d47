"""What stands in a scene: ground, boxes and balls, each with a material; and which of them a ray meets first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from recorder.simulate.scenes.geometry import NEAR_M, Array, Vector, View, dot
from recorder.simulate.scenes.texture import noise

FAR_M = 1e6
_LEAF_M = 0.8
_HOLES = -0.25


@dataclass(frozen=True)
class Surface:
    """Points on one solid, n of them: all that a material may look at.

    `u` and `v` run along the face, across and up, in metres; `pixel_m` is the width of a picture's pixel there.
    """

    points: Array
    normals: Array
    towards: Array
    """From the eye, length 1."""
    u: Array
    v: Array
    pixel_m: Array


Pattern = Callable[[Surface], Array]


@dataclass(frozen=True)
class Material:
    """Colour (linear, or a pattern), light of its own, and how much of the sky it mirrors (0 to 1)."""

    colour: Vector | Pattern
    glow: Vector | Pattern | None = None
    mirror: float = 0.0
    rough: float = 0.0
    """How much normals are ruffled, as leaves do."""


@dataclass(frozen=True)
class Ground:
    """The plane z = 0."""

    material: Material

    def meet(self, origins: Array, directions: Array) -> Array:
        """Give the depth where rays meet it, `FAR_M` where they do not."""
        down = directions[..., 2]
        depth = -origins[..., 2] / np.where(np.abs(down) < 1e-6, 1e-6, down)
        return np.where(depth > NEAR_M, depth, FAR_M).astype(np.float32)

    def surface(self, points: Array) -> tuple[Array, Array, Array]:
        """Give normals, u and v of points on it."""
        normals = np.zeros_like(points)
        normals[:, 2] = 1
        return normals, points[:, 0], points[:, 1]


@dataclass(frozen=True)
class Box:
    """A box between two corners, turned by `yaw_deg` around the upright through its middle."""

    low: Vector
    high: Vector
    material: Material
    yaw_deg: float = 0.0
    casts: bool = True
    """Whether it throws a shadow."""

    @cached_property
    def _frame(self) -> tuple[Array, Array, Array]:
        low, high = np.asarray(self.low, np.float32), np.asarray(self.high, np.float32)
        angle = np.radians(self.yaw_deg)
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array(((cos, sin, 0), (-sin, cos, 0), (0, 0, 1)), np.float32)
        return (low + high) / 2, (high - low) / 2, turn

    @property
    def corners(self) -> Array:
        """All eight corners."""
        middle, half, turn = self._frame
        signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
        return (signs * half) @ turn + middle

    def meet(self, origins: Array, directions: Array) -> Array:
        """Give the depth where rays meet it from outside, `FAR_M` where they do not."""
        middle, half, turn = self._frame
        start, slope = origins - middle, directions
        if self.yaw_deg:
            start, slope = start @ turn.T, slope @ turn.T
        enter, leave = np.float32(-FAR_M), np.float32(FAR_M)
        # Axis by axis: numpy is slow at the largest of three.
        for axis in range(3):
            inverse = 1 / np.where(np.abs(slope[..., axis]) < 1e-7, np.float32(1e-7), slope[..., axis])
            middle_at = -start[..., axis] * inverse
            reach = np.abs(inverse) * half[axis]
            first, last = middle_at - reach, middle_at + reach
            enter, leave = np.maximum(enter, first), np.minimum(leave, last)
        return np.where((enter < leave) & (enter > NEAR_M), enter, np.float32(FAR_M))

    def surface(self, points: Array) -> tuple[Array, Array, Array]:
        """Give normals, u and v (from the lower corner) of points on it."""
        middle, half, turn = self._frame
        inside = (points - middle) @ turn.T
        axis = np.argmax(np.abs(inside) / half, axis=-1)
        rows = np.arange(len(points))
        normals = np.zeros_like(points)
        normals[rows, axis] = np.sign(inside[rows, axis])
        lower = inside + half
        u = np.where(axis == 0, lower[:, 1], lower[:, 0])
        v = np.where(axis == 2, lower[:, 1], lower[:, 2])
        return normals @ turn, u, v


@dataclass(frozen=True)
class Ball:
    """An ellipsoid: leaves, bushes, lamps."""

    middle: Vector
    radii: Vector
    material: Material
    casts: bool = True
    ragged: bool = False
    """Full of holes, as leaves leave them."""

    @property
    def corners(self) -> Array:
        """The corners of the box around it."""
        signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
        return signs * np.asarray(self.radii, np.float32) + np.asarray(self.middle, np.float32)

    def meet(self, origins: Array, directions: Array) -> Array:
        """Give the depth where rays meet it, `FAR_M` where they do not."""
        radii = np.asarray(self.radii, np.float32)
        start = (origins - np.asarray(self.middle, np.float32)) / radii
        slope = directions / radii
        a, b, c = dot(slope, slope), dot(start, slope), dot(start, start) - 1
        under = b * b - a * c
        depth = (-b - np.sqrt(np.maximum(under, 0))) / a
        met = (under > 0) & (depth > NEAR_M)
        if self.ragged and met.any():
            at = (origins + directions * depth[..., None])[met]
            met[met] = noise(at[:, 0] + 0.7 * at[:, 2], at[:, 1] - 0.6 * at[:, 2], _LEAF_M) > _HOLES
        return np.where(met, depth, np.float32(FAR_M))

    def surface(self, points: Array) -> tuple[Array, Array, Array]:
        """Give normals, u and v of points on it."""
        inside = (points - np.asarray(self.middle, np.float32)) / np.asarray(self.radii, np.float32)
        normals = inside / np.asarray(self.radii, np.float32)
        normals /= np.sqrt(dot(normals, normals))[:, None]
        return normals, points[:, 0] + points[:, 1], points[:, 2]


Solid = Ground | Box | Ball
Numbers = NDArray[np.int16]


@dataclass
class Met:
    """What every pixel of a view sees: depth, and the number of the solid (-1 is the sky)."""

    depth: Array
    number: Numbers = field(repr=False)


def trace(view: View, solids: Sequence[Solid], shift: tuple[float, float] = (0.0, 0.0)) -> Met:
    """Find the nearest solid for every pixel; `shift` moves all rays by parts of a pixel."""
    met = Met(np.full((view.height, view.width), FAR_M, np.float32), np.full((view.height, view.width), -1, np.int16))
    for number, solid in enumerate(solids):
        area = _area(view, solid)
        if area is None:
            continue
        depth = solid.meet(*view.rays(shift, area))
        known = met.depth[area]
        nearer = depth < known
        known[nearer] = np.broadcast_to(depth, known.shape)[nearer]
        met.number[area][nearer] = number
    return met


def _area(view: View, solid: Solid) -> tuple[slice, slice] | None:
    """Give the rows and columns of a view that a solid can be seen in."""
    whole = slice(0, view.height), slice(0, view.width)
    if isinstance(solid, Ground):
        return whole
    pixels, depth = view.project(solid.corners)
    if (depth <= NEAR_M).all():
        return None
    if (depth <= NEAR_M).any():
        return whole
    left, top = np.floor(pixels.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(pixels.max(axis=0)).astype(int) + 2
    rows = slice(max(0, int(top)), min(view.height, int(bottom)))
    columns = slice(max(0, int(left)), min(view.width, int(right)))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None
