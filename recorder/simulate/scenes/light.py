"""Where light comes from: the sun, the sky and lamps. Colours are linear."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recorder.simulate.scenes.geometry import Array, Vector, dot, unit


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


class Light:
    """The light of a scene as figures get it: quick, without what stands in its way."""

    def __init__(self, sky: Sky, lamps: Sequence[Lamp]) -> None:
        self.sky = sky
        self.lamps = tuple(lamps)
        self.sun_from = unit(sky.sun_from)
        self.sun_colour = np.asarray(sky.sun, np.float32)
        self.has_sun = max(sky.sun) > 0

    def lamp_glow(self, points: Array, normals: Array) -> Array:
        """Give the light of all lamps (n, 3) without their shadows."""
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
        if self.has_sun:
            return self.sun_from
        if not self.lamps:
            return None
        ways = [np.subtract(lamp.at, at).astype(np.float32) for lamp in self.lamps]
        return unit(min(ways, key=lambda way: float(np.linalg.norm(way))))
