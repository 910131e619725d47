"""Points, views and rays. Metres; x to the right, y into the picture, z up; points stand in the last axis."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Vector = tuple[float, float, float]

NEAR_M = 0.05


def unit(vector: Array | Vector) -> Array:
    """Give a vector of length 1 in the same direction."""
    found = np.asarray(vector, np.float32)
    return found / np.linalg.norm(found)


def dot(one: Array, two: Array) -> Array:
    """Give the products of vectors in the last axis; numpy's own sum over three is slow."""
    return one[..., 0] * two[..., 0] + one[..., 1] * two[..., 1] + one[..., 2] * two[..., 2]


class View(Protocol):
    """A way to look at the world, of `width` x `height` pixels."""

    width: int
    height: int

    def project(self, points: Array) -> tuple[Array, Array]:
        """Give pixel coordinates (n, 2) and depth (n) of points (n, 3)."""
        ...

    def rays(self, shift: tuple[float, float], area: tuple[slice, slice]) -> tuple[Array, Array]:
        """Give origins and directions (rows, columns, 3; either may be one vector) of the pixels of an area.

        A point `origin + t * direction` has depth `t`.
        """
        ...


@dataclass(frozen=True)
class _Axes:
    right: Array
    up: Array
    forward: Array


def _axes(eye: Vector, target: Vector) -> _Axes:
    forward = unit(np.subtract(target, eye).astype(np.float32))
    helper = np.array((0, 1, 0) if abs(forward[2]) > 0.999 else (0, 0, 1), np.float32)
    right = unit(np.cross(forward, helper))
    return _Axes(right, np.cross(right, forward), forward)


class Perspective:
    """A pinhole camera at `eye`, looking at `target`; `fov_deg` is across the width.

    What it sees is `aspect` times as wide as high, whatever the picture's size: pixels need not be square.
    """

    def __init__(
        self, eye: Vector, target: Vector, fov_deg: float, width: int, height: int, aspect: float = 16 / 9
    ) -> None:
        self.width, self.height = width, height
        self.eye = np.asarray(eye, np.float32)
        self.axes = _axes(eye, target)
        self.focal = float(width / 2 / np.tan(np.radians(fov_deg) / 2))
        self._focal_down = self.focal * height * aspect / width

    def project(self, points: Array) -> tuple[Array, Array]:
        """Give pixel coordinates and depth; behind the eye the depth is negative and the pixels mean nothing."""
        seen = points - self.eye
        depth = seen @ self.axes.forward
        nearness = 1 / np.where(np.abs(depth) < NEAR_M, NEAR_M, depth)
        x = self.width / 2 + seen @ self.axes.right * nearness * self.focal
        y = self.height / 2 - seen @ self.axes.up * nearness * self._focal_down
        return np.stack([x, y], axis=-1).astype(np.float32), depth.astype(np.float32)

    def rays(self, shift: tuple[float, float], area: tuple[slice, slice]) -> tuple[Array, Array]:
        """Give the eye and one direction a pixel."""
        across, down = _pixels(area, shift)
        x = ((across - self.width / 2) / self.focal)[None, :, None]
        y = ((self.height / 2 - down) / self._focal_down)[:, None, None]
        return self.eye, (self.axes.forward + self.axes.right * x + self.axes.up * y).astype(np.float32)


class Parallel:
    """A view along one direction without perspective, `span_m` wide and high: how the sun sees the world."""

    def __init__(self, centre: Vector, direction: Vector, span_m: float, size: int) -> None:
        self.width = self.height = size
        eye = np.asarray(centre, np.float32) - unit(direction) * 2 * span_m
        self.axes = _axes((float(eye[0]), float(eye[1]), float(eye[2])), centre)
        self.eye = eye
        self._per_pixel = span_m / size

    def project(self, points: Array) -> tuple[Array, Array]:
        """Give pixel coordinates and depth."""
        seen = points - self.eye
        x = self.width / 2 + seen @ self.axes.right / self._per_pixel
        y = self.height / 2 - seen @ self.axes.up / self._per_pixel
        return np.stack([x, y], axis=-1).astype(np.float32), (seen @ self.axes.forward).astype(np.float32)

    def rays(self, shift: tuple[float, float], area: tuple[slice, slice]) -> tuple[Array, Array]:
        """Give one origin a pixel and the direction."""
        across, down = _pixels(area, shift)
        x = ((across - self.width / 2) * self._per_pixel)[None, :, None]
        y = ((self.height / 2 - down) * self._per_pixel)[:, None, None]
        return (self.eye + self.axes.right * x + self.axes.up * y).astype(np.float32), self.axes.forward


def _pixels(area: tuple[slice, slice], shift: tuple[float, float]) -> tuple[Array, Array]:
    rows, columns = area
    across = np.arange(columns.start, columns.stop, dtype=np.float32) + (0.5 + shift[0])
    down = np.arange(rows.start, rows.stop, dtype=np.float32) + (0.5 + shift[1])
    return across, down
