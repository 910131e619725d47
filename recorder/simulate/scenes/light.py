"""Where light comes from: the sun, the sky, lamps; each knows by a depth map what it does not see."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recorder.simulate.scenes.geometry import Array, Parallel, Perspective, Vector, View, dot, unit
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


@dataclass(frozen=True)
class Sky:
    """The sun and the sky. `horizon` and `zenith` are what is seen, `ambient` scales their light."""

    sun_from: Vector
    """The direction in which the sun stands."""
    sun: Vector
    zenith: Vector
    horizon: Vector
    ambient: float = 1.0
    bounce: Vector = (0.0, 0.0, 0.0)
    """What comes from everywhere, mostly from below."""
    clouds: float = 0.0

    def seen(self, directions: Array) -> Array:
        """Give the colour of the sky in directions (n, 3) of length 1."""
        up = np.clip(directions[:, 2], 0, 1)[:, None] ** 0.5
        horizon, zenith = np.asarray(self.horizon, np.float32), np.asarray(self.zenith, np.float32)
        return (horizon + (zenith - horizon) * up).astype(np.float32)


@dataclass(frozen=True)
class Lamp:
    """A lamp that shines down from `at`; `power` is its light at one metre."""

    at: Vector
    power: Vector
    reach: float = 1.0
    """How much it spreads: 1 is a wide lamp, larger is narrower."""


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


class Lighting:
    """All light of a scene, ready to be asked for any point."""

    def __init__(self, sky: Sky, lamps: Sequence[Lamp], solids: Sequence[Solid], centre: Vector, span_m: float) -> None:
        self.sky = sky
        self.lamps = tuple(lamps)
        self.sun_from = unit(sky.sun_from)
        self.sun_colour = np.asarray(sky.sun, np.float32)
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
                Perspective(lamp.at, (lamp.at[0], lamp.at[1], 0), _LAMP_FOV_DEG, _LAMP_MAP, _LAMP_MAP),
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

    def sunlit(self, point: Vector) -> float:
        """Give how much sun one point gets, whatever way it faces."""
        return float(self._sun.lit(np.array([point], np.float32), 3.0)[0]) if self._sun is not None else 0.0

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

    def lamp_glow(self, points: Array, normals: Array) -> Array:
        """Give the light of all lamps (n, 3) without their shadows: quick, for what moves."""
        total = np.zeros_like(points)
        for lamp in self.lamps:
            to_lamp = np.asarray(lamp.at, np.float32) - points
            distance = np.sqrt(dot(to_lamp, to_lamp))
            to_lamp /= distance[:, None]
            facing = np.clip(dot(normals, to_lamp) * 0.75 + 0.25, 0, 1)
            down = np.clip(to_lamp[:, 2], 0, 1) ** lamp.reach
            total += (facing * down / np.maximum(distance, 0.5) ** 2)[:, None] * np.asarray(lamp.power, np.float32)
        return total

    def shadow_direction(self, at: Vector) -> Array | None:
        """Give where the light that throws shadows at a place comes from: the sun, or the nearest lamp."""
        if self._sun is not None:
            return self.sun_from
        if not self.lamps:
            return None
        ways = [np.subtract(lamp.at, at).astype(np.float32) for lamp in self.lamps]
        return unit(min(ways, key=lambda way: float(np.linalg.norm(way))))


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
