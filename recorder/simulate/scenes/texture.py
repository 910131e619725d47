"""Patterns that materials are made of: noise, bricks, slabs. Colours are linear light, 0 to 1, in the last axis."""

from functools import cache

import cv2
import numpy as np

from recorder.simulate.scenes.geometry import Array, Vector

_SIZE = 512


@cache
def _cloud() -> Array:
    """Give a seamless square of fractal noise, mean 0, deviation 1."""
    rng = np.random.default_rng(7)
    total = np.zeros((_SIZE, _SIZE), np.float32)
    for octave in range(2, 9):
        cells = 1 << octave
        fine = rng.standard_normal((cells, cells)).astype(np.float32)
        wide = np.pad(fine, 2, mode="wrap")
        grown = cv2.resize(wide, None, fx=_SIZE / cells, fy=_SIZE / cells, interpolation=cv2.INTER_CUBIC)
        margin = 2 * _SIZE // cells
        total += grown[margin : margin + _SIZE, margin : margin + _SIZE] * 0.62**octave
    return (total - total.mean()) / total.std()


def noise(x: Array, y: Array, size_m: float) -> Array:
    """Give fractal noise (mean 0, deviation about 1) whose coarsest blotches are `size_m` / 4 across."""
    if not x.size:
        return np.zeros_like(x)
    scale = _SIZE / size_m
    across = np.ascontiguousarray((x * scale % _SIZE).reshape(1, -1), np.float32)
    down = np.ascontiguousarray((y * scale % _SIZE).reshape(1, -1), np.float32)
    # OpenCV maps at most 32767 a row.
    width = 1 << 14
    padded = -across.shape[1] % width
    shape = (-1, width)
    across = np.pad(across, ((0, 0), (0, padded))).reshape(shape)
    down = np.pad(down, ((0, 0), (0, padded))).reshape(shape)
    rows = [
        cv2.remap(_cloud(), across[at : at + 8192], down[at : at + 8192], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        for at in range(0, len(across), 8192)
    ]
    return np.concatenate(rows).reshape(-1)[: x.size].reshape(x.shape).astype(np.float32)


def colour(value: Vector, like: Array) -> Array:
    """Give one colour for every point."""
    return np.broadcast_to(np.asarray(value, np.float32), (*like.shape, 3)).copy()


def mixed(first: Array, second: Array | Vector, share: Array) -> Array:
    """Blend towards the second colour by `share` (0 to 1)."""
    return first + (np.asarray(second, np.float32) - first) * np.clip(share, 0, 1)[..., None]


def line(distance: Array, half_width_m: float, pixel_m: Array) -> Array:
    """Give how much of a pixel a line covers, by the distance from its middle: 1 inside, soft over one pixel."""
    soft = np.maximum(pixel_m, 1e-4)
    inside = np.clip((half_width_m - np.abs(distance)) / soft + 0.5, 0, 1)
    # Thinner than a pixel, a line only tints.
    return (inside * np.clip(2 * half_width_m / soft, 0, 1)).astype(np.float32)


def joints(across: Array, along: Array, size: tuple[float, float], joint_m: float, pixel_m: Array) -> Array:
    """Give the joints of a running bond of slabs or bricks of this size, 0 to 1."""
    row = np.floor(along / size[1])
    shifted = across + (row % 2) * size[0] / 2
    beside = np.minimum(shifted % size[0], -shifted % size[0])
    above = np.minimum(along % size[1], -along % size[1])
    return np.maximum(line(beside, joint_m / 2, pixel_m), line(above, joint_m / 2, pixel_m))


def each(across: Array, along: Array, size: tuple[float, float]) -> Array:
    """Give every slab or brick of such a bond its own random number, 0 to 1."""
    row = np.floor(along / size[1])
    column = np.floor((across + (row % 2) * size[0] / 2) / size[0])
    return scattered(column, row)


def scattered(first: Array, second: Array) -> Array:
    """Give a random number, 0 to 1, for a pair of whole numbers."""
    return (np.abs(np.sin(first * 127.1 + second * 311.7) * 43758.547) % 1).astype(np.float32)
