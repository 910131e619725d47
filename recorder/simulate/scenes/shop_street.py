"""A street with shops: pavement and shop fronts on the left, the road with passing cars on the right."""

from datetime import datetime

import numpy as np

from recorder.simulate.scenes.car import HATCHBACK, SALOON, VAN
from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.light import Lamp, Sky
from recorder.simulate.scenes.person import Clothes
from recorder.simulate.scenes.plants import tree
from recorder.simulate.scenes.route import Route
from recorder.simulate.scenes.scene import Driver, Look, Parked, Scene, Walker
from recorder.simulate.scenes.solid import Box, Ground, Material, Solid, Surface
from recorder.simulate.scenes.texture import colour, each, joints, line, mixed, noise, scattered

_KERB_X = 1.4
_FRONT_X = -3.2
_FAR_KERB_X = 9.0
_WARM: Vector = (1.0, 0.72, 0.40)
_SHOPS = (
    (0.0, 7.0, (0.30, 0.10, 0.07), (0.34, 0.04, 0.03)),
    (7.0, 14.5, (0.42, 0.38, 0.31), (0.03, 0.13, 0.16)),
    (14.5, 22.0, (0.30, 0.13, 0.09), (0.42, 0.26, 0.04)),
    (22.0, 32.0, (0.46, 0.43, 0.38), (0.10, 0.20, 0.10)),
    (32.0, 46.0, (0.34, 0.22, 0.16), (0.25, 0.10, 0.16)),
)


def scene(*, night: bool) -> Scene:
    """Give the street."""
    solids: list[Solid] = [Ground(Material(_street)), *_kerbs()]
    for number, (start, end, wall, sign) in enumerate(_SHOPS):
        solids += _shop(start, end, wall, sign, number, night=night)
    for number in range(5):
        solids += _house_opposite(4 + number * 11, number, night=night)
    lamps: list[Lamp] = []
    for y in (9.0, 24.0, 39.0):
        solids += _street_lamp(1.0, y, night=night)
        if night:
            lamps.append(Lamp((2.0, y, 5.55), (30.0, 21.0, 11.0), 1.3))
    for number, y in enumerate((16.0, 31.0, 46.0)):
        solids += tree(0.75, y, 5.6, seed=number + 3)
        solids += tree(10.6, y - 6, 6.2, (0.08, 0.12, 0.03), seed=number + 9)
    solids += [_bollard(1.05, y) for y in (2.5, 4.5, 6.5, 12.0, 14.0)]
    if night:
        lamps += [Lamp((-2.0, y, 2.0), (3.4, 2.4, 1.3), 0.4) for y in (3.5, 10.5, 18.0, 26.0)]
    return Scene(
        key="shop-street-night" if night else "shop-street-day",
        name="SHOP STREET",
        begins=datetime(2026, 5, 14, 22, 41, 3) if night else datetime(2026, 5, 14, 14, 2, 7),  # noqa: DTZ001 - a scene
        look=Look(
            (-0.9, -5.2, 4.3),
            (2.1, 9.5, 0.4),
            70,
            1.5 if night else 0.60,
            3.2 if night else 1.3,
            shade=0.5 if night else 0.0,
            bloom=0.9 if night else 0.12,
        ),
        sky=_NIGHT if night else _DAY,
        solids=tuple(solids),
        figures=_figures(night=night),
        parked=()
        if night
        else (
            Parked(HATCHBACK, (0.05, 0.10, 0.22), 7.9, 20.5, 180),
            Parked(SALOON, (0.42, 0.43, 0.44), 7.9, 27.0, 180),
        ),
        lamps=tuple(lamps),
        centre=(2.0, 18.0, 0.0),
        span_m=64.0,
    )


_DAY = Sky(
    (0.62, -0.45, 0.80), (4.3, 3.85, 3.25), (0.26, 0.46, 0.86), (0.66, 0.86, 1.12), 0.60, (0.20, 0.18, 0.155), 0.8
)
_NIGHT = Sky((0, 0, 1), (0, 0, 0), (0.006, 0.009, 0.02), (0.028, 0.026, 0.032), 1.2, (0.012, 0.011, 0.012))


def _street(surface: Surface) -> Array:
    x, y, pixel = surface.u, surface.v, surface.pixel_m
    blotches, grain = noise(x, y, 9.0), noise(x, y, 0.9)
    fade = np.clip(0.02 / pixel, 0, 1)
    road = colour((0.085, 0.087, 0.092), x) * (1 + 0.05 * blotches + 0.07 * grain * fade)[..., None]
    worn = np.exp(-(((x - 3.4) % 1.7 - 0.85) ** 2) / 0.09)
    road *= (1 - 0.10 * worn)[..., None]
    middle = line(x - 5.2, 0.07, pixel) * ((y % 6.0) < 3.2)
    crossing = ((x - 1.75) % 0.95 < 0.5) * line(y - 8.6, 1.6, pixel) * (x > 1.7) * (x < _FAR_KERB_X - 0.3)
    stop = line(y - 11.2, 0.16, pixel) * (x > 1.7) * (x < 5.1)
    paint = np.clip(middle + crossing + stop, 0, 1) * np.clip(0.92 + 0.12 * grain * fade, 0, 1)
    road = mixed(road, (0.66, 0.66, 0.64), paint)
    gutter = np.clip(line(x - _KERB_X - 0.28, 0.14, pixel) + line(x - _FAR_KERB_X + 0.28, 0.14, pixel), 0, 1)
    return mixed(road, (0.06, 0.06, 0.06), gutter * 0.6)


def _paving(surface: Surface) -> Array:
    x, y, pixel = surface.points[:, 0], surface.points[:, 1], surface.pixel_m
    tone = each(y, x, (0.9, 0.6))
    slabs = colour((0.36, 0.34, 0.31), x) * (0.90 + 0.18 * tone + 0.05 * noise(x, y, 3.0))[..., None]
    return mixed(slabs, (0.15, 0.14, 0.13), joints(y, x, (0.9, 0.6), 0.014, pixel))


def _kerbs() -> list[Solid]:
    stone = Material((0.42, 0.41, 0.39))
    paving = Material(_paving)
    return [
        Box((_FRONT_X - 0.1, -12, -0.2), (_KERB_X - 0.15, 75, 0.012), paving),
        Box((_KERB_X - 0.15, -12, -0.2), (_KERB_X, 75, 0.02), stone),
        Box((_FAR_KERB_X, -12, -0.2), (_FAR_KERB_X + 0.15, 75, 0.10), stone),
        Box((_FAR_KERB_X + 0.15, -12, -0.2), (12.8, 75, 0.09), paving),
    ]


def _brick(tint: Vector) -> Material:
    def pattern(surface: Surface) -> Array:
        u, v = surface.u, surface.v
        tone = each(u, v, (0.24, 0.08))
        wall = colour(tint, u) * (0.86 + 0.28 * tone + 0.07 * noise(u, v, 5.0))[..., None]
        return mixed(wall, (0.40, 0.37, 0.33), 0.75 * joints(u, v, (0.24, 0.08), 0.010, surface.pixel_m))

    return Material(pattern)


def _shop(start: float, end: float, wall: Vector, sign: Vector, number: int, *, night: bool) -> list[Solid]:
    """One shop with two floors above it."""
    x = _FRONT_X
    plinth = Material((0.13, 0.13, 0.14))
    frame = Material((0.05, 0.055, 0.06))
    solids: list[Solid] = [
        Box((x - 8, start, 3.25), (x, end, 9.6), _brick(wall)),
        Box((x - 8, start, 0), (x - 0.35, end, 3.3), Material((0.20, 0.18, 0.16))),
        Box((x - 0.35, start, 0), (x, start + 0.45, 3.3), _brick(wall)),
        Box((x - 0.35, end - 0.45, 0), (x, end, 3.3), _brick(wall)),
        Box((x - 0.35, start + 0.45, 0), (x - 0.06, end - 0.45, 0.5), plinth),
        Box(
            (x - 0.2, start + 0.3, 2.72),
            (x + 0.12, end - 0.3, 3.3),
            Material(sign, glow=_sign_glow(sign) if night else None),
        ),
        Box((x - 0.1, start, 9.5), (x + 0.2, end, 9.8), Material((0.40, 0.38, 0.35))),
    ]
    lit = _window_display(number, 0.75 if night else 0.16)
    solids.append(
        Box(
            (x - 0.30, start + 0.45, 0.5),
            (x - 0.22, end - 0.45, 2.75),
            Material((0.04, 0.045, 0.05), lit, 0.06 if not night else 0.02),
        )
    )
    panes = max(2, round((end - start - 0.9) / 1.9))
    for k in range(panes + 1):
        y = start + 0.45 + (end - start - 0.9) * k / panes
        solids.append(Box((x - 0.26, y - 0.04, 0.4), (x - 0.14, y + 0.04, 2.8), frame))
    if number in {0, 2, 3}:
        solids += _awning(x, start + 0.5, end - 0.5, sign)
    rooms = int((end - start) / 2.3)
    for floor, z in enumerate((4.2, 6.9)):
        for k in range(rooms):
            y = start + (end - start) * (k + 0.5) / rooms
            awake = night and scattered(np.array([y]), np.array([z * 7.0]))[0] > 0.62
            glow = (0.42, 0.27, 0.12) if awake else None
            solids.append(
                Box((x - 0.1, y - 0.62, z - 0.1), (x + 0.05, y + 0.62, z + 1.65), Material((0.60, 0.58, 0.54)))
            )
            solids.append(
                Box(
                    (x - 0.1, y - 0.52, z),
                    (x + 0.07, y + 0.52, z + 1.55),
                    Material((0.03, 0.035, 0.04), glow, 0.25 if not night else 0.03),
                )
            )
            if floor == 0:
                solids.append(Box((x, y - 0.72, z - 0.18), (x + 0.18, y + 0.72, z - 0.09), Material((0.55, 0.53, 0.5))))
    return solids


def _sign_glow(sign: Vector) -> Vector:
    return sign[0] * 0.5 + 0.01, sign[1] * 0.5 + 0.01, sign[2] * 0.5 + 0.01


def _window_display(number: int, strength: float):  # noqa: ANN202 - a pattern
    def glow(surface: Surface) -> Array:
        u, v = surface.points[:, 1], surface.points[:, 2]
        column = np.floor(u / 0.42)
        goods = scattered(column + 13 * number, np.floor(v / 0.46))
        tall = 0.75 + 0.9 * scattered(column, np.full_like(column, number + 5.0))
        inside = (v < tall) & ((u % 0.42) > 0.05) & ((v % 0.46) > 0.04)
        hues = np.stack(
            [0.35 + 0.65 * goods, 0.30 + 0.5 * ((goods * 7.3) % 1), 0.22 + 0.6 * ((goods * 3.7) % 1)], axis=-1
        )
        back = np.asarray(_WARM, np.float32) * (0.55 + 0.35 * np.clip((v - 0.5) / 2.2, 0, 1))[..., None]
        shown = np.where(inside[..., None], hues * np.asarray(_WARM, np.float32) * 0.55, back)
        return (shown * strength).astype(np.float32)

    return glow


def _awning(x: float, start: float, end: float, tint: Vector) -> list[Solid]:
    def stripes(surface: Surface) -> Array:
        y = surface.points[:, 1]
        white = (y % 0.7) < 0.35
        return np.where(white[..., None], np.float32(0.68), np.asarray(tint, np.float32)).astype(np.float32)

    cloth = Material(stripes)
    solids: list[Solid] = [
        Box((x - 0.1 + 0.1 * k, start, 2.62 - 0.033 * k), (x + 0.02 + 0.1 * k, end, 2.67 - 0.033 * k), cloth)
        for k in range(14)
    ]
    solids.append(Box((x + 1.30, start, 2.08), (x + 1.34, end, 2.32), cloth))
    return solids


def _house_opposite(y: float, number: int, *, night: bool) -> list[Solid]:
    tints: tuple[Vector, ...] = (
        (0.52, 0.46, 0.36),
        (0.38, 0.18, 0.12),
        (0.50, 0.50, 0.48),
        (0.45, 0.36, 0.24),
        (0.36, 0.2, 0.15),
    )
    x, end, height = 12.8, y + 11, 8.5 + 1.3 * (number * 7 % 3)
    solids: list[Solid] = [
        Box((x, y, 0), (x + 8, end, height), _brick(tints[number])),
        Box((x - 0.25, y, height - 0.1), (x + 8, end, height + 0.25), Material((0.3, 0.28, 0.26))),
    ]
    for z in (0.9, 3.7, 6.3):
        for k in range(4):
            at = y + 1.5 + k * 2.6
            awake = night and scattered(np.array([at * 3]), np.array([z]))[0] > 0.6
            glow = (0.36, 0.24, 0.11) if awake else None
            solids.append(
                Box((x - 0.07, at - 0.62, z - 0.1), (x + 0.1, at + 0.62, z + 1.6), Material((0.62, 0.6, 0.56)))
            )
            solids.append(
                Box(
                    (x - 0.1, at - 0.5, z),
                    (x + 0.1, at + 0.5, z + 1.5),
                    Material((0.03, 0.035, 0.045), glow, 0.03 if night else 0.3),
                )
            )
    return solids


def _street_lamp(x: float, y: float, *, night: bool) -> list[Solid]:
    iron = Material((0.05, 0.055, 0.055))
    glow: Vector | None = (14.0, 10.0, 5.5) if night else None
    return [
        Box((x - 0.05, y - 0.05, 0), (x + 0.05, y + 0.05, 5.7), iron),
        Box((x - 0.05, y - 0.04, 5.66), (x + 1.15, y + 0.04, 5.74), iron, casts=False),
        Box((x + 0.75, y - 0.12, 5.60), (x + 1.25, y + 0.12, 5.68), Material((0.6, 0.6, 0.58), glow), casts=False),
    ]


def _bollard(x: float, y: float) -> Solid:
    return Box((x - 0.06, y - 0.06, 0), (x + 0.06, y + 0.06, 0.95), Material((0.06, 0.065, 0.07)))


def _figures(*, night: bool) -> tuple[Walker | Driver, ...]:
    walkers = (
        Walker(
            "anna",
            Route(((1, -0.2, -4), (21, -1.4, 22), (32, -1.2, 37))),
            Clothes((0.50, 0.06, 0.05), (0.04, 0.05, 0.10), bag=(0.09, 0.07, 0.05)),
        ),
        Walker(
            "ben",
            Route(((4, -1.6, 34), (17, -0.4, 17), (30, 0.2, 0), (34, 0.4, -5))),
            Clothes((0.06, 0.12, 0.26), (0.12, 0.11, 0.10)),
            1.83,
        ),
        Walker(
            "carla",
            Route(((20, -2.7, 11), (22.5, -1.5, 11.2), (36, -0.6, -4.5))),
            Clothes((0.58, 0.50, 0.36), (0.10, 0.12, 0.20), (0.20, 0.11, 0.05)),
            1.67,
        ),
        Walker(
            "dan",
            Route(((27, 10.6, 6), (31, 9.3, 8.3), (38.5, 0.9, 8.8), (42, -0.6, 10.5), (58, -1.0, 30))),
            Clothes((0.10, 0.24, 0.12), (0.28, 0.24, 0.18)),
            1.79,
        ),
        Walker(
            "eva",
            Route(((40, 0.3, -5), (52, -0.7, 10), (55, -2.2, 11.5), (56, -3, 11.6))),
            Clothes((0.55, 0.30, 0.05), (0.03, 0.03, 0.04), (0.10, 0.05, 0.02)),
            1.70,
        ),
        Walker(
            "finn",
            Route(((37, -0.9, 36), (59, 0.1, 8))),
            Clothes((0.32, 0.34, 0.36), (0.05, 0.06, 0.09), bag=(0.30, 0.05, 0.05)),
            1.76,
        ),
    )
    drivers = (
        Driver("red", Route(((2, 3.4, -9), (5, 3.4, 22), (10, 3.4, 78))), HATCHBACK, (0.42, 0.03, 0.03), night),
        Driver("van", Route(((10, 7.0, 72), (16, 7.0, 20), (19.5, 7.0, -12))), VAN, (0.62, 0.62, 0.60), night),
        Driver("black", Route(((22, 3.4, -9), (25.5, 3.4, 20), (31, 3.4, 78))), SALOON, (0.03, 0.03, 0.035), night),
        Driver("blue", Route(((43, 7.0, 75), (49, 7.0, 22), (53, 7.0, -12))), SALOON, (0.05, 0.13, 0.34), night),
        Driver("taxi", Route(((47, 3.4, -9), (51, 3.4, 20), (57, 3.4, 78))), SALOON, (0.62, 0.40, 0.05), night),
    )
    return walkers[:4] + drivers if night else walkers + drivers
