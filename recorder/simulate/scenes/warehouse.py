"""An aisle of a warehouse: racks on both sides, cartons on pallets, people in vests and a lift truck that crosses."""

import random
from datetime import datetime

import numpy as np

from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.lift_truck import Truck
from recorder.simulate.scenes.light import Lamp, Sky
from recorder.simulate.scenes.person import Clothes
from recorder.simulate.scenes.route import Route
from recorder.simulate.scenes.scene import Look, Scene, Walker
from recorder.simulate.scenes.solid import Box, Ground, Material, Solid, Surface
from recorder.simulate.scenes.texture import colour, line, mixed, noise

_AISLE = 1.9
"""Half the width of the aisle, to the racks."""

_DEPTH, _BAY, _LEVELS = 1.15, 2.8, (0.12, 1.75, 3.35, 4.95)
_BAYS = 9
_CROSS_Y = (9.9, 13.1)
"""The cross aisle, where no racks stand."""

_VEST: Vector = (0.55, 0.62, 0.03)
_ORANGE: Vector = (0.75, 0.20, 0.02)


def scene(*, night: bool) -> Scene:
    """Give the aisle; by night only every other lamp burns."""
    solids: list[Solid] = [Ground(Material(_floor)), *_hall()]
    rng = random.Random(4)
    for side in (-1, 1):
        for bay in range(_BAYS):
            y = -1.3 + bay * _BAY
            if y < _CROSS_Y[1] and y + _BAY > _CROSS_Y[0]:
                continue
            solids += _rack(side, y, rng)
    lamps: list[Lamp] = []
    for number, y in enumerate((1.5, 6.5, 11.5, 16.5, 21.5, 26.5)):
        burns = not night or number in {1, 4}
        glow: Vector | None = (9.0, 9.4, 9.6) if burns else None
        solids.append(Box((-0.14, y - 1.1, 7.1), (0.14, y + 1.1, 7.2), Material((0.6, 0.6, 0.6), glow), casts=False))
        if burns:
            strength = 30.0 if not night else 22.0
            lamps.append(Lamp((0.0, y, 7.0), (strength, strength * 1.0, strength * 0.96), 0.7))
    if not night:
        lamps += [Lamp((x, 11.5, 7.0), (26.0, 26.0, 25.0), 0.7) for x in (-6.0, 6.0)]
    bounce: Vector = (0.10, 0.10, 0.10) if not night else (0.016, 0.017, 0.019)
    return Scene(
        key="warehouse-night" if night else "warehouse-day",
        name="WAREHOUSE",
        begins=datetime(2026, 5, 14, 23, 8, 30) if night else datetime(2026, 5, 14, 9, 48, 55),  # noqa: DTZ001 - a scene
        look=Look(
            (0.55, -3.9, 4.5),
            (-0.10, 9.0, 0.9),
            68,
            0.84 if not night else 1.5,
            1.6 if not night else 3.6,
            shade=0.35,
            bloom=0.35,
        ),
        sky=Sky((0, 0, 1), (0, 0, 0), bounce, bounce, 1.4, bounce),
        solids=tuple(solids),
        figures=_figures(night=night),
        lamps=tuple(lamps),
        centre=(0.0, 11.0, 0.0),
        span_m=44.0,
    )


def _floor(surface: Surface) -> Array:
    x, y, pixel = surface.u, surface.v, surface.pixel_m
    concrete = colour((0.34, 0.335, 0.32), x)
    concrete *= (1 + 0.05 * noise(x, y, 8.0) + 0.03 * noise(x, y, 0.9) * np.clip(0.02 / pixel, 0, 1))[..., None]
    joint = np.maximum(line((y + 1) % 5.6 - 2.8, 0.008, pixel), line(x - 0.02, 0.006, pixel))
    concrete = mixed(concrete, (0.12, 0.12, 0.12), joint)
    tracks = np.exp(-((np.abs(x) - 0.55) ** 2) / 0.03) * np.clip(0.5 + 0.4 * noise(x * 0.3, y * 0.2, 6.0), 0, 1)
    concrete = mixed(concrete, (0.16, 0.155, 0.15), tracks * 0.35)
    aside = (y < _CROSS_Y[0]) | (y > _CROSS_Y[1])
    edge = np.maximum(line(np.abs(x) - (_AISLE - 0.16), 0.05, pixel) * aside, 0)
    across = np.maximum(line(y - _CROSS_Y[0], 0.05, pixel), line(y - _CROSS_Y[1], 0.05, pixel)) * (
        np.abs(x) > _AISLE - 0.16
    )
    return mixed(concrete, (0.66, 0.46, 0.03), np.maximum(edge, across) * np.clip(0.9 + 0.1 * noise(x, y, 0.6), 0, 1))


def _hall() -> list[Solid]:
    def wall(surface: Surface) -> Array:
        u, v = surface.u, surface.v
        sheet = 0.92 + 0.08 * np.sin(u * 2 * np.pi / 0.30) * np.clip(0.05 / surface.pixel_m, 0, 1)
        return (colour((0.44, 0.46, 0.47), u) * sheet[..., None] * (1 + 0.03 * noise(u, v, 6.0))[..., None]).astype(
            np.float32
        )

    panel = Material(wall)
    door = Material((0.10, 0.22, 0.38))
    return [
        Box((-16, 29, 0), (16, 29.4, 9), panel, casts=False),
        Box((-16.4, -12, 0), (-16, 29, 9), panel, casts=False),
        Box((16, -12, 0), (16.4, 29, 9), panel, casts=False),
        Box((-1.9, 28.85, 0), (1.7, 29.1, 3.9), door, casts=False),
        Box((-2.1, 28.8, 3.9), (1.9, 29.1, 4.1), Material((0.66, 0.46, 0.03)), casts=False),
        Box((2.3, 28.85, 0), (3.3, 29.1, 2.1), Material((0.35, 0.36, 0.36)), casts=False),
        Box((2.45, 28.8, 2.3), (3.15, 28.9, 2.6), Material((0.05, 0.4, 0.15), (0.1, 1.3, 0.45)), casts=False),
        Box((-16, -12, 8.2), (16, 29, 8.4), Material((0.30, 0.31, 0.32)), casts=False),
        *(
            Box((-16, y - 0.12, 7.7), (16, y + 0.12, 8.2), Material((0.20, 0.21, 0.22)), casts=False)
            for y in (4.0, 9.0, 14.0, 19.0, 24.0)
        ),
    ]


def _rack(side: int, y: float, rng: random.Random) -> list[Solid]:
    """One bay: two uprights, beams, and what stands on each level."""
    steel = Material((0.05, 0.12, 0.34))
    beam = Material((0.78, 0.24, 0.02))
    inner, outer = side * _AISLE, side * (_AISLE + _DEPTH)
    low_x, high_x = min(inner, outer), max(inner, outer)
    front = Box((min(inner, inner + side * 0.09), y - 0.05, 0), (max(inner, inner + side * 0.09), y + 0.05, 6.3), steel)
    back = Box((min(outer, outer - side * 0.09), y - 0.05, 0), (max(outer, outer - side * 0.09), y + 0.05, 6.3), steel)
    guard = Box((inner - 0.09, y - 0.10, 0), (inner + 0.09, y + 0.10, 0.45), Material((0.72, 0.50, 0.03)))
    solids: list[Solid] = [front, back, guard]
    for level, z in enumerate(_LEVELS):
        if level:
            solids.append(
                Box(
                    (min(inner, inner + side * 0.06), y, z - 0.13), (max(inner, inner + side * 0.06), y + _BAY, z), beam
                )
            )
            solids.append(
                Box((low_x + 0.05, y, z - 0.05), (high_x - 0.05, y + _BAY, z - 0.02), Material((0.30, 0.30, 0.29)))
            )
        for place in (0.12, 1.46):
            if rng.random() < 0.14:
                continue
            solids += _pallet((low_x, high_x), y + place, z, rng)
    return solids


def _pallet(x: tuple[float, float], y: float, z: float, rng: random.Random) -> list[Solid]:
    wood = Material((0.34, 0.24, 0.13))
    solids: list[Solid] = [Box((x[0] + 0.06, y, z), (x[1] - 0.03, y + 1.2, z + 0.13), wood)]
    kind = rng.random()
    base = z + 0.13
    if kind < 0.58:
        tint = rng.choice(((0.40, 0.27, 0.15), (0.36, 0.24, 0.14), (0.46, 0.33, 0.20)))
        rows, tiers = rng.choice((2, 3)), rng.choice((1, 2, 2, 3))
        wide, high = 1.16 / rows, rng.uniform(0.32, 0.42)
        for tier in range(tiers):
            for row in range(rows):
                if tier == tiers - 1 and tiers > 1 and rng.random() < 0.18:
                    continue
                shade = rng.uniform(0.88, 1.08)
                material = Material(_carton((tint[0] * shade, tint[1] * shade, tint[2] * shade)))
                at = y + 0.02 + row * wide
                solids.append(
                    Box(
                        (x[0] + 0.08, at, base + tier * high),
                        (x[1] - 0.05, at + wide - 0.015, base + (tier + 1) * high - 0.008),
                        material,
                    )
                )
    elif kind < 0.80:
        tint = rng.choice(((0.04, 0.16, 0.34), (0.34, 0.05, 0.04), (0.06, 0.22, 0.14), (0.42, 0.42, 0.40)))
        for tier in range(rng.choice((2, 3, 4))):
            for row in range(2):
                at = y + 0.03 + row * 0.58
                solids.append(
                    Box(
                        (x[0] + 0.10, at, base + tier * 0.27),
                        (x[1] - 0.06, at + 0.55, base + tier * 0.27 + 0.25),
                        Material(tint),
                    )
                )
    else:
        film = Material((0.50, 0.53, 0.55), mirror=0.03)
        solids.append(Box((x[0] + 0.09, y + 0.04, base), (x[1] - 0.06, y + 1.14, base + rng.uniform(0.7, 1.15)), film))
    return solids


def _carton(tint: Vector):  # noqa: ANN202 - a pattern
    def pattern(surface: Surface) -> Array:
        u, v = surface.u, surface.v
        board = colour(tint, u) * (1 + 0.05 * noise(u + tint[0] * 90, v, 1.2))[..., None]
        tape = line(u - 0.27, 0.03, surface.pixel_m)
        label = (u > 0.05) & (u < 0.17) & (v > 0.09) & (v < 0.19)
        board = mixed(board, (0.52, 0.42, 0.28), tape * 0.7)
        return mixed(board, (0.62, 0.62, 0.60), label * 0.85)

    return pattern


def _figures(*, night: bool) -> "tuple[Walker | Truck, ...]":
    jeans: Vector = (0.05, 0.07, 0.14)
    figures = (
        Walker(
            "karl",
            Route(((1, 0.9, 27.0), (14, 0.7, 12.0), (22, 0.9, 2.0), (26, 1.0, -4.0))),
            Clothes((0.10, 0.10, 0.12), jeans, vest=_VEST),
            1.82,
        ),
        Walker(
            "lena",
            Route(
                (
                    (6, -8.5, 11.2),
                    (13, -0.9, 11.0),
                    (16, -0.9, 8.5),
                    (19, -1.0, 5.6),
                    (23, -1.0, 5.6),
                    (31, -0.8, 14.5),
                    (41, -0.6, 27.0),
                )
            ),
            Clothes((0.12, 0.14, 0.18), (0.09, 0.09, 0.10), (0.16, 0.08, 0.04), vest=_ORANGE),
            1.70,
        ),
        Truck("truck", Route(((27, -11.0, 11.7), (35, 11.0, 11.7)))),
        Walker(
            "mats",
            Route(((36, -0.5, -4.0), (44, -0.4, 5.0), (49, -0.3, 10.8), (52, -1.4, 11.6), (58, -8.0, 11.8))),
            Clothes((0.22, 0.23, 0.25), (0.06, 0.06, 0.07), vest=_VEST, parcel=(0.40, 0.28, 0.16)),
            1.77,
        ),
        Truck("truck back", Route(((47, 1.1, 27.5), (54, 0.9, 13.8), (56.5, 3.2, 11.5), (59.5, 10.5, 11.5)))),
        Walker(
            "nora",
            Route(((43, 8.5, 12.4), (49, 1.2, 12.2), (59, 0.9, 22.0))),
            Clothes((0.30, 0.10, 0.10), jeans, (0.35, 0.22, 0.08), vest=_ORANGE),
            1.68,
        ),
    )
    return figures[:3] if night else figures
