"""A car park in front of a long low building: marked bays, parked cars, one that comes and one that leaves."""

from datetime import datetime

import numpy as np

from recorder.simulate.scenes.car import HATCHBACK, SALOON, VAN, Shape
from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.light import Lamp, Sky
from recorder.simulate.scenes.person import Clothes
from recorder.simulate.scenes.plants import bush, hedge, tree
from recorder.simulate.scenes.route import Route
from recorder.simulate.scenes.scene import Driver, Look, Parked, Scene, Walker
from recorder.simulate.scenes.solid import Box, Ground, Material, Solid, Surface
from recorder.simulate.scenes.texture import colour, line, mixed, noise

_BAY_M = 2.7
_ROWS = (9.0, 20.0)
"""Where the open ends of two rows of bays lie; the first row's cars stand beyond it, the second's too."""

_LEFT, _RIGHT = -13.5, 16.2
_BUILDING_Y = 34.0
_PAINTS: tuple[Vector, ...] = (
    (0.50, 0.51, 0.52),
    (0.03, 0.03, 0.035),
    (0.30, 0.02, 0.02),
    (0.05, 0.10, 0.24),
    (0.62, 0.62, 0.60),
    (0.12, 0.13, 0.14),
    (0.06, 0.16, 0.12),
    (0.28, 0.20, 0.12),
)
_DAY = Sky(
    (-0.55, -0.35, 0.76), (4.3, 3.9, 3.3), (0.26, 0.46, 0.88), (0.66, 0.86, 1.12), 0.62, (0.17, 0.16, 0.145), 0.9
)
_NIGHT = Sky((0, 0, 1), (0, 0, 0), (0.005, 0.008, 0.018), (0.030, 0.032, 0.045), 1.2, (0.010, 0.011, 0.013))


def scene(*, night: bool) -> Scene:
    """Give the car park."""
    solids: list[Solid] = [Ground(Material(_ground)), *_building(night=night), *_islands()]
    lamps: list[Lamp] = []
    for x, y in ((-9.2, 14.6), (3.0, 14.6), (13.5, 14.6), (-3.0, 30.5), (10.0, 30.5)):
        solids += _mast(x, y, night=night)
        if night:
            lamps.append(Lamp((x, y - 0.9, 6.9), (52.0, 46.0, 34.0), 1.2))
    if night:
        lamps.append(Lamp((1.5, _BUILDING_Y - 1.2, 3.3), (14.0, 12.0, 9.0), 0.8))
    return Scene(
        key="car-park-night" if night else "car-park-day",
        name="CAR PARK",
        begins=datetime(2026, 5, 14, 21, 17, 40) if night else datetime(2026, 5, 14, 11, 26, 12),  # noqa: DTZ001 - a scene
        look=Look(
            (2.5, -2.4, 5.3),
            (0.8, 13.0, 0.0),
            74,
            1.7 if night else 0.60,
            3.4 if night else 1.3,
            shade=0.5 if night else 0.0,
            bloom=1.0 if night else 0.1,
        ),
        sky=_NIGHT if night else _DAY,
        solids=tuple(solids),
        figures=_figures(night=night),
        parked=tuple(_parked()),
        lamps=tuple(lamps),
        centre=(1.0, 18.0, 0.0),
        span_m=58.0,
    )


def _ground(surface: Surface) -> Array:
    x, y, pixel = surface.u, surface.v, surface.pixel_m
    fade = np.clip(0.02 / pixel, 0, 1)
    tar = colour((0.098, 0.100, 0.104), x)
    tar *= (1 + 0.06 * noise(x, y, 11.0) + 0.06 * noise(x, y, 0.8) * fade)[..., None]
    patches = np.clip(noise(x + 40, y + 9, 30.0) - 1.1, 0, 0.5)
    tar = mixed(tar, (0.06, 0.062, 0.066), patches)
    paint = np.zeros_like(x)
    for row in _ROWS:
        inside = (y > row) & (y < row + 5.0) & (x > _LEFT - 0.1) & (x < _RIGHT + 0.1)
        beside = (x - _LEFT + _BAY_M / 2) % _BAY_M - _BAY_M / 2
        paint = np.maximum(paint, line(beside, 0.055, pixel) * inside)
    arrow = _arrow(x - 9.0, y - 6.4) + _arrow(-(x + 4.5), -(y - 17.2))
    oil = np.clip(noise(x * 1.0 + 3, y, 6.0) - 1.3, 0, 1) * 0.35
    tar = mixed(tar, (0.045, 0.045, 0.048), oil)
    tar = mixed(tar, (0.60, 0.60, 0.57), np.clip(paint + arrow, 0, 1) * (0.88 + 0.06 * noise(x, y, 0.7) * fade))
    disabled = (np.abs(x - (_LEFT + 4.5 * _BAY_M)) < _BAY_M / 2 - 0.12) & (np.abs(y - 22.5) < 2.4)
    tar = mixed(tar, (0.04, 0.13, 0.36), disabled * 0.75)
    lawn = (x < _LEFT - 2.2) | (x > _RIGHT + 2.0) | (y > _BUILDING_Y - 3.2)
    blades = noise(x, y, 1.1) * fade
    grass = colour((0.085, 0.135, 0.035), x) * (1 + 0.10 * noise(x, y, 7.0) + 0.14 * blades)[..., None]
    return np.where(lawn[..., None], grass, tar).astype(np.float32)


def _arrow(x: Array, y: Array) -> Array:
    """Give an arrow along x on the road."""
    shaft = (np.abs(y) < 0.09) & (x > -1.4) & (x < 0.4)
    head = (x >= 0.4) & (x < 1.3) & (np.abs(y) < (1.3 - x) * 0.45)
    return (shaft | head).astype(np.float32)


def _islands() -> list[Solid]:
    stone = Material((0.36, 0.35, 0.33))
    solids: list[Solid] = [
        Box((_LEFT - 2.4, 4, -0.1), (_LEFT - 2.2, 40, 0.12), stone),
        Box((_RIGHT + 2.0, 4, -0.1), (_RIGHT + 2.2, 40, 0.12), stone),
        Box((_LEFT, 14.25, -0.1), (_RIGHT, 14.95, 0.12), stone),
        Box((_LEFT, _BUILDING_Y - 3.4, -0.1), (_RIGHT + 2, _BUILDING_Y - 3.2, 0.12), stone),
        Box((-0.2, _BUILDING_Y - 3.3, -0.1), (3.2, _BUILDING_Y, 0.05), Material((0.40, 0.38, 0.35))),
    ]
    solids += hedge((_LEFT - 4.0, 6, 0), (_LEFT - 3.0, 33, 1.15), seed=5)
    solids += hedge((_RIGHT + 2.9, 2, 0), (_RIGHT + 3.9, 33, 1.15), seed=8)
    solids += tree(_LEFT - 1.0, 27.0, 6.6, seed=21) + tree(_RIGHT + 1.2, 24.0, 7.0, (0.09, 0.13, 0.03), seed=22)
    solids += tree(-3.0, 32.2, 4.6, (0.06, 0.12, 0.04), seed=23) + tree(6.4, 32.2, 4.4, seed=24)
    for number in range(6):
        solids += bush(_LEFT + 4.5 + number * 4.4, 14.6, 0.45, seed=30 + number, z=0.05)
    return solids


def _building(*, night: bool) -> list[Solid]:
    """A supermarket: cladding, a band of windows, an entrance under a canopy, a sign."""
    y = _BUILDING_Y

    def cladding(surface: Surface) -> Array:
        u, v = surface.points[:, 0], surface.points[:, 2]
        panels = colour((0.55, 0.55, 0.53), u) * (0.95 + 0.04 * noise(u, v, 4.0))[..., None]
        seams = np.maximum(line((u % 1.2) - 0.6, 0.012, surface.pixel_m), line((v % 1.5) - 0.75, 0.01, surface.pixel_m))
        return mixed(panels, (0.30, 0.30, 0.30), seams * 0.7)

    glass: Vector = (0.03, 0.04, 0.045)

    def shelves(surface: Surface) -> Array:
        u, v = surface.points[:, 0], surface.points[:, 2]
        warm = 0.6 + 0.4 * np.clip(v / 2.6, 0, 1)
        dark = ((u % 2.2) < 0.9) & (v < 1.5)
        light = np.where(dark, 0.28, 1.0) * warm * (0.9 + 0.12 * np.sin(u * 3.1))
        return (light[..., None] * np.array((1.35, 1.18, 0.86), np.float32)).astype(np.float32)

    glow = shelves if night else None
    solids: list[Solid] = [
        Box((-19, y, 0), (24, y + 14, 5.6), Material(cladding)),
        Box((-19.2, y - 0.25, 5.4), (24.2, y + 14, 5.9), Material((0.07, 0.14, 0.13))),
        Box((-17, y - 0.06, 0.5), (-1.4, y + 0.1, 2.8), Material(glass, glow, 0.02 if night else 0.3)),
        Box((4.4, y - 0.06, 0.5), (22, y + 0.1, 2.8), Material(glass, glow, 0.02 if night else 0.3)),
        Box((-0.6, y - 0.08, 0.0), (3.6, y + 0.1, 3.0), Material(glass, glow, 0.02 if night else 0.3)),
        Box((-1.2, y - 2.2, 3.35), (4.2, y, 3.65), Material((0.08, 0.16, 0.15))),
        Box((-1.0, y - 2.0, 0), (-0.8, y - 1.8, 3.4), Material((0.3, 0.3, 0.3))),
        Box((3.8, y - 2.0, 0), (4.0, y - 1.8, 3.4), Material((0.3, 0.3, 0.3))),
        Box(
            (-1.6, y - 0.2, 4.0),
            (4.6, y - 0.05, 5.2),
            Material((0.05, 0.30, 0.26), (0.04, 0.42, 0.36) if night else None),
        ),
    ]
    mullions = (-17 + 1.95 * number for number in range(21))
    frame = Material((0.06, 0.065, 0.07))
    solids += [Box((x - 0.05, y - 0.1, 0.4), (x + 0.05, y, 2.9), frame) for x in mullions if not -1.5 < x < 4.5]
    # Four strokes of the sign: a leaf of squares, no word that anybody owns.
    white = Material((0.75, 0.75, 0.72), (1.0, 1.0, 0.94) if night else None)
    for x, z, w, h in ((-0.9, 4.3, 0.5, 0.6), (-0.25, 4.3, 0.5, 0.6), (0.75, 4.5, 3.2, 0.22)):
        solids.append(Box((x, y - 0.26, z), (x + w, y - 0.2, z + h), white))
    return solids


def _mast(x: float, y: float, *, night: bool) -> list[Solid]:
    steel = Material((0.22, 0.23, 0.24))
    return [
        Box((x - 0.06, y - 0.06, 0), (x + 0.06, y + 0.06, 7.0), steel),
        Box((x - 0.05, y - 1.2, 6.97), (x + 0.05, y, 7.05), steel, casts=False),
        Box(
            (x - 0.16, y - 1.25, 6.93),
            (x + 0.16, y - 0.55, 7.0),
            Material((0.6, 0.6, 0.6), (16.0, 14.5, 11.0) if night else None),
            casts=False,
        ),
        Box((x - 0.2, y - 0.2, 0), (x + 0.2, y + 0.2, 0.5), Material((0.40, 0.38, 0.34))),
    ]


def _bay(number: int) -> float:
    return _LEFT + (number + 0.5) * _BAY_M


def _parked() -> list[Parked]:
    shapes: tuple[Shape, ...] = (SALOON, HATCHBACK, HATCHBACK, SALOON, VAN, SALOON, HATCHBACK)
    cars: list[Parked] = []
    for number, bay in enumerate((0, 1, 3, 6, 7, 9, 10)):
        shape = shapes[number]
        cars.append(
            Parked(
                shape, _PAINTS[number % len(_PAINTS)], _bay(bay), 22.6 + 0.12 * (number % 3), 0 if number % 3 else 180
            )
        )
    for number, bay in enumerate((1, 2, 5, 8, 10)):
        shape = shapes[(number + 3) % len(shapes)] if number != 1 else HATCHBACK
        cars.append(
            Parked(
                shape if shape is not VAN else SALOON,
                _PAINTS[(number * 3 + 2) % len(_PAINTS)],
                _bay(bay),
                11.6 - 0.1 * (number % 2),
                180 if number % 2 else 0,
            )
        )
    return cars


def _figures(*, night: bool) -> tuple[Walker | Driver, ...]:
    empty = _bay(6)
    figures: tuple[Walker | Driver, ...] = (
        Driver(
            "comes",
            Route(
                (
                    (0, -26, 6.2),
                    (5, -8, 6.2),
                    (7.4, empty - 3.2, 6.4),
                    (8.6, empty - 0.4, 7.8),
                    (11.5, empty, 11.5),
                    (59.9, empty, 11.5),
                )
            ),
            HATCHBACK,
            (0.36, 0.03, 0.03),
            night,
        ),
        Walker(
            "gina",
            Route(
                (
                    (14.5, empty - 1.2, 11.0),
                    (17, empty - 1.3, 8.0),
                    (19, empty - 2.0, 7.2),
                    (37, -12.0, 6.8),
                    (41, -17.5, 6.6),
                )
            ),
            Clothes((0.10, 0.20, 0.36), (0.28, 0.25, 0.20), (0.14, 0.07, 0.03)),
            1.69,
        ),
        Driver(
            "leaves",
            Route(((16, 30, 17.4), (22, 10.5, 17.4), (29, -10.5, 17.4), (34, -32, 17.4))),
            SALOON,
            (0.55, 0.56, 0.58),
            night,
        ),
        Walker(
            "hugo",
            Route(((1, 1.8, 33.5), (5, 1.6, 29.5), (14, 3.2, 18.5), (19, 4.5, 16.2), (24, 7.0, 8.6), (33, 9.5, -3.5))),
            Clothes((0.20, 0.21, 0.22), (0.05, 0.06, 0.09), bag=(0.08, 0.14, 0.10)),
            1.82,
        ),
        Walker(
            "ines",
            Route(((30, 14.5, 5.2), (45, 0.2, 5.6), (57, -11.5, 6.4))),
            Clothes((0.50, 0.38, 0.08), (0.06, 0.06, 0.07), (0.03, 0.02, 0.02)),
            1.66,
        ),
        Driver(
            "van",
            Route(((36, 28, 6.6), (42.5, 6.0, 6.6), (48, -10.0, 6.6), (52, -30, 6.6))),
            VAN,
            (0.62, 0.62, 0.60),
            night,
        ),
        Walker(
            "jon",
            Route(((46, -0.5, 29.8), (52, 1.4, 30.5), (55.5, 1.6, 33.6))),
            Clothes((0.34, 0.07, 0.06), (0.10, 0.10, 0.12)),
            1.78,
        ),
    )
    return figures
