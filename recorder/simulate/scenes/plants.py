"""Trees, hedges and bushes out of many small balls of leaves."""

import random

from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.solid import Ball, Box, Material, Solid, Surface
from recorder.simulate.scenes.texture import colour, mixed, noise

_BARK = (0.09, 0.065, 0.045)


def leaves(tint: Vector) -> Material:
    """Give foliage of a colour."""

    def pattern(surface: Surface) -> Array:
        spots = noise(surface.u, surface.v + surface.points[:, 0] * 0.7, 1.6)
        dark = (tint[0] * 0.5, tint[1] * 0.55, tint[2] * 0.5)
        light = (tint[0] * 1.35, tint[1] * 1.25, tint[2] * 1.1)
        base = mixed(colour(tint, surface.u), light, spots * 0.45)
        return mixed(base, dark, -spots * 0.6)

    return Material(pattern, rough=0.75)


def tree(x: float, y: float, height_m: float, tint: Vector = (0.07, 0.13, 0.03), seed: int = 1) -> list[Solid]:
    """Give a leafy tree."""
    rng = random.Random(seed)
    material = leaves(tint)
    crown = height_m * 0.36
    trunk = Box((x - 0.11, y - 0.11, 0), (x + 0.11, y + 0.11, height_m * 0.62), Material(_BARK))
    solids: list[Solid] = [trunk]
    for _ in range(60):
        dx, dy, dz = (max(-0.9, min(0.9, rng.gauss(0, 0.46))) for _ in range(3))
        size = crown * rng.uniform(0.20, 0.34)
        middle = x + dx * crown, y + dy * crown, height_m * 0.70 + dz * crown * 0.85
        solids.append(Ball(middle, (size, size, size * 0.85), material, ragged=True))
    return solids


def hedge(low: Vector, high: Vector, seed: int = 1) -> list[Solid]:
    """Give a clipped hedge between two corners."""
    rng = random.Random(seed)
    material = leaves((0.05, 0.10, 0.03))
    solids: list[Solid] = [Box(low, high, material)]
    length = max(high[0] - low[0], high[1] - low[1])
    for _ in range(round(length * 5)):
        x, y = rng.uniform(low[0], high[0]), rng.uniform(low[1], high[1])
        size = rng.uniform(0.14, 0.26)
        middle = x, y, high[2] - 0.05 + rng.uniform(-0.12, 0.05)
        solids.append(Ball(middle, (size, size, size), material, ragged=True))
    return solids


def bush(
    x: float, y: float, size_m: float, tint: Vector = (0.06, 0.12, 0.03), seed: int = 1, z: float = 0.0
) -> list[Solid]:
    """Give a round bush."""
    rng = random.Random(seed)
    material = leaves(tint)
    solids: list[Solid] = []
    for _ in range(12):
        dx, dy = rng.gauss(0, 0.30) * size_m, rng.gauss(0, 0.30) * size_m
        size = size_m * rng.uniform(0.28, 0.42)
        middle = x + dx, y + dy, z + size * rng.uniform(0.7, 1.3)
        solids.append(Ball(middle, (size, size, size), material, ragged=True))
    return solids
