"""How a still place is lit: each light knows by a depth map what it does not see."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recorder.simulate.scenes.geometry import Array, Parallel, Perspective, Vector, View, dot
from recorder.simulate.scenes.light import Lamp, Light, Sky
from recorder.simulate.scenes.solid import Ball, Box, Ground, Solid, trace

_SUN_MAP, _SKY_MAP, _LAMP_MAP = 2048, 256, 512
_SKY_DIRECTIONS = 12
_BIAS_M = 0.04
_LAMP_FOV_DEG = 150.0
_LAMP_REACH_M = 13.0
_DISC = [(0.0, 0.0)] + [
    (radius * math.cos(turn), radius * math.sin(turn))
    for radius in (1, 2)
    for turn in (radius + sixth * math.pi / 3 for sixth in range(6))
]


class Shadow:
    """What one light sees of a scene."""

    def __init__(self, view: View, solids: Sequence[Solid]) -> None:
        self._view = view
        casting = [one for one in solids if isinstance(one, Ground) or one.casts]
        self._depth = trace(view, casting).depth

    def lit(self, points: Array, soft: float = 0.0) -> Array:
        """Give how much of the light each point gets, 0 to 1; `soft` is the blur of edges in pixels of the map."""
        pixels, depth = self._view.project(points)
        taps = _DISC if soft else _DISC[:1]
        total = np.zeros(len(points), np.float32)
        height, width = self._depth.shape
        for across, down in taps:
            x = (pixels[:, 0] + across * soft).astype(np.int32)
            y = (pixels[:, 1] + down * soft).astype(np.int32)
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            seen = self._depth[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
            total += ~inside | (depth < seen + _BIAS_M + 0.004 * depth)
        return total / len(taps)


class Lighting(Light):
    """All light of a scene with its shadows, ready to be asked for any point."""

    def __init__(self, sky: Sky, lamps: Sequence[Lamp], solids: Sequence[Solid], centre: Vector, span_m: float) -> None:
        super().__init__(sky, lamps)
        self._sun = None
        if max(sky.sun) > 0:
            direction = (-sky.sun_from[0], -sky.sun_from[1], -sky.sun_from[2])
            self._sun = Shadow(Parallel(centre, direction, span_m, _SUN_MAP), solids)
        # The sky is soft: leaves may as well be whole.
        plain = [replace(one, ragged=False) if isinstance(one, Ball) else one for one in solids]
        self._patches = [
            (patch, Shadow(Parallel(centre, _towards(-patch), span_m, _SKY_MAP), plain)) for patch in _sky_patches()
        ]
        self._lamp_shadows = [
            Shadow(
                Perspective(lamp.at, (lamp.at[0], lamp.at[1], 0), _LAMP_FOV_DEG, _LAMP_MAP, _LAMP_MAP, 1.0),
                [one for one in solids if isinstance(one, Ground) or _near(one, lamp.at)],
            )
            for lamp in lamps
        ]

    def sun(self, points: Array, normals: Array) -> Array:
        """Give sunlight (n, 3)."""
        if self._sun is None:
            return np.zeros_like(points)
        facing = np.clip(normals @ self.sun_from, 0, 1)
        lit = self._sun.lit(points + normals * 0.03, 1.1)
        return (facing * lit)[:, None] * self.sun_colour

    def ambient(self, points: Array, normals: Array) -> Array:
        """Give the light of sky and surroundings (n, 3)."""
        total = np.zeros_like(points)
        lifted = points + normals * 0.06
        for patch, shadow in self._patches:
            facing = np.clip(normals @ patch, 0, 1)
            total += (facing * shadow.lit(lifted))[:, None] * self.sky.seen(patch[None])
        total *= self.sky.ambient * 2 / len(self._patches)
        upside = (1 - 0.6 * normals[:, 2:3]) * 0.625
        return total + upside * np.asarray(self.sky.bounce, np.float32)

    def lamp_light(self, points: Array, normals: Array) -> Array:
        """Give the light of all lamps (n, 3)."""
        total = np.zeros_like(points)
        for lamp, shadow in zip(self.lamps, self._lamp_shadows, strict=True):
            to_lamp = np.asarray(lamp.at, np.float32) - points
            distance = np.sqrt(dot(to_lamp, to_lamp))
            to_lamp /= distance[:, None]
            facing = np.clip(dot(normals, to_lamp) * 0.85 + 0.15, 0, 1)
            down = np.clip(to_lamp[:, 2], 0, 1) ** lamp.reach
            strength = facing * down / np.maximum(distance, 0.3) ** 2
            bright = strength > 2e-4
            if bright.any():
                strength[bright] *= shadow.lit(points[bright] + normals[bright] * 0.05, 1.5)
            total += strength[:, None] * np.asarray(lamp.power, np.float32)
        return total


def _near(solid: Box | Ball, at: Vector) -> bool:
    """Tell whether a solid can throw a shadow from a lamp that anybody sees."""
    corners = solid.corners
    low, high = corners.min(axis=0), corners.max(axis=0)
    away = np.maximum(np.maximum(low - np.asarray(at), np.asarray(at) - high), 0)
    return bool(low[2] < at[2] and float(np.hypot(away[0], away[1])) < _LAMP_REACH_M)


def _towards(patch: Array) -> Vector:
    return float(patch[0]), float(patch[1]), float(patch[2])


def _sky_patches() -> list[Array]:
    """Spread directions evenly over the upper half of the sphere (a Fibonacci spiral)."""
    numbers = np.arange(_SKY_DIRECTIONS) + 0.5
    up = 1 - numbers / _SKY_DIRECTIONS * 0.94
    around = np.pi * (1 + 5**0.5) * numbers
    flat = np.sqrt(1 - up * up)
    spread = np.stack([flat * np.cos(around), flat * np.sin(around), up], axis=-1).astype(np.float32)
    return list(spread)
