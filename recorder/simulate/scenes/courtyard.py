"""The entrance of an apartment house: door under a canopy, paved court, lawn, bicycles, a driveway."""

from datetime import datetime

import numpy as np

from recorder.simulate.scenes.car import HATCHBACK, SALOON, VAN
from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.light import Lamp, Sky
from recorder.simulate.scenes.person import Clothes
from recorder.simulate.scenes.plants import bush, hedge, tree
from recorder.simulate.scenes.route import Route
from recorder.simulate.scenes.scene import Driver, Look, Parked, Scene, Walker
from recorder.simulate.scenes.solid import Ball, Box, Ground, Material, Solid, Surface
from recorder.simulate.scenes.texture import colour, each, joints, line, mixed, noise, scattered

_HOUSE_Y = 13.0
_DOOR_X = -1.0
_PATH = 1.5
_DRIVE = (5.2, 9.0)
_DAY = Sky(
    (-0.70, -0.42, 0.62), (4.6, 3.9, 3.0), (0.26, 0.46, 0.88), (0.86, 0.96, 1.06), 0.62, (0.18, 0.165, 0.145), 0.8
)
_NIGHT = Sky((0, 0, 1), (0, 0, 0), (0.010, 0.016, 0.040), (0.040, 0.045, 0.070), 1.3, (0.012, 0.013, 0.017))


def scene(*, night: bool) -> Scene:
    """Give the court."""
    solids: list[Solid] = [Ground(Material(_ground)), *_house(night=night), *_garden()]
    lamps: list[Lamp] = []
    for x, y in ((-3.4, 3.4), (1.4, 7.2), (-3.4, 10.6)):
        glow: Vector | None = (8.0, 6.2, 3.6) if night else None
        solids += [
            Box((x - 0.05, y - 0.05, 0), (x + 0.05, y + 0.05, 0.85), Material((0.05, 0.05, 0.055))),
            Box((x - 0.08, y - 0.08, 0.80), (x + 0.08, y + 0.08, 0.95), Material((0.6, 0.6, 0.58), glow), casts=False),
        ]
        if night:
            lamps.append(Lamp((x, y, 1.35), (2.4, 1.75, 0.95), 0.2))
    if night:
        lamps += [
            Lamp((_DOOR_X, _HOUSE_Y - 1.0, 2.75), (13.0, 10.0, 6.2), 0.6),
            Lamp((7.1, _HOUSE_Y - 0.8, 3.0), (10.0, 8.0, 5.2), 0.7),
            Lamp((-10.5, 5.0, 5.4), (34.0, 27.0, 17.0), 0.8),
            Lamp((12.0, 3.0, 5.4), (30.0, 24.0, 15.0), 0.8),
        ]
    return Scene(
        key="courtyard-night" if night else "courtyard-day",
        name="MAIN ENTRANCE",
        begins=datetime(2026, 5, 14, 20, 52, 18) if night else datetime(2026, 5, 14, 16, 35, 44),  # noqa: DTZ001 - a scene
        look=Look(
            (2.9, -3.9, 4.4),
            (0.3, 9.2, 0.7),
            76,
            1.6 if night else 0.60,
            3.3 if night else 1.3,
            shade=0.5 if night else 0.0,
            bloom=0.8 if night else 0.1,
        ),
        sky=_NIGHT if night else _DAY,
        solids=tuple(solids),
        figures=_figures(night=night),
        parked=(Parked(SALOON, (0.10, 0.11, 0.13), 7.1, 9.2, 0),),
        lamps=tuple(lamps),
        centre=(0.5, 9.0, 0.0),
        span_m=44.0,
    )


def _ground(surface: Surface) -> Array:
    x, y, pixel = surface.u, surface.v, surface.pixel_m
    fade = np.clip(0.015 / pixel, 0, 1)
    grass = colour((0.085, 0.140, 0.035), x)
    mown = 0.07 * np.sign(np.sin(x * 2 * np.pi / 2.4))
    grass *= (1 + mown + 0.07 * noise(x, y, 6.0) + 0.15 * noise(x, y, 0.55) * fade)[..., None]
    tone = each(x, y, (0.6, 0.4))
    paved = colour((0.40, 0.36, 0.31), x) * (0.86 + 0.24 * tone + 0.05 * noise(x, y, 2.0))[..., None]
    paved = mixed(paved, (0.16, 0.15, 0.13), joints(x, y, (0.6, 0.4), 0.016, pixel))
    cobbles = each(y, x, (0.22, 0.14))
    drive = colour((0.24, 0.235, 0.23), x) * (0.80 + 0.34 * cobbles)[..., None]
    drive = mixed(drive, (0.10, 0.10, 0.10), joints(y, x, (0.22, 0.14), 0.016, pixel))
    on_path = (np.abs(x - _DOOR_X) < _PATH) | ((y > 9.6) & (x > -5.5) & (x < _DRIVE[0])) | ((y < -0.2) & (y > -2.6))
    on_drive = (x > _DRIVE[0]) & (x < _DRIVE[1])
    ground = np.where(on_path[..., None], paved, grass)
    ground = np.where(on_drive[..., None], drive, ground)
    rim = np.maximum(
        line(np.abs(x - _DOOR_X) - _PATH, 0.06, pixel) * ((y < 9.6) & (y > -0.2)),
        line(x - _DRIVE[0], 0.07, pixel) + line(x - _DRIVE[1], 0.07, pixel),
    )
    ground = mixed(ground, (0.34, 0.33, 0.31), np.clip(rim, 0, 1))
    road = y < -3.2
    tar = colour((0.095, 0.097, 0.10), x) * (1 + 0.06 * noise(x, y, 0.9) * fade)[..., None]
    return np.where(road[..., None], tar, ground).astype(np.float32)


def _house(*, night: bool) -> list[Solid]:
    y = _HOUSE_Y

    def plaster(surface: Surface) -> Array:
        u, v = surface.points[:, 0], surface.points[:, 2]
        return (colour((0.60, 0.56, 0.48), u) * (1 + 0.035 * noise(u, v, 3.0))[..., None]).astype(np.float32)

    def clinker(surface: Surface) -> Array:
        u, v = surface.u, surface.v
        tone = each(u, v, (0.24, 0.075))
        wall = colour((0.27, 0.115, 0.08), u) * (0.80 + 0.38 * tone)[..., None]
        return mixed(wall, (0.34, 0.32, 0.29), 0.7 * joints(u, v, (0.24, 0.075), 0.010, surface.pixel_m))

    def timber(surface: Surface) -> Array:
        u, v = surface.u, surface.v
        boards = 0.9 + 0.2 * scattered(np.floor(u / 0.12), np.zeros_like(u))
        wood = colour((0.30, 0.165, 0.075), u) * (boards + 0.08 * noise(u * 5, v * 0.5, 2.0))[..., None]
        return mixed(wood, (0.07, 0.04, 0.02), line((u % 0.12) - 0.06, 0.004, surface.pixel_m))

    frame, glass = Material((0.045, 0.05, 0.055)), (0.03, 0.036, 0.042)
    solids: list[Solid] = [
        Box((-16, y, 0), (-4.2, y + 9, 10), Material(plaster)),
        Box((-4.2, y + 0.25, 0), (2.2, y + 9, 10.5), Material(clinker)),
        Box((2.2, y, 0), (18, y + 9, 10), Material(plaster)),
        Box((-16, y - 0.06, 0), (-4.2, y + 0.1, 0.5), Material((0.16, 0.16, 0.16))),
        Box((2.2, y - 0.06, 0), (5.0, y + 0.1, 0.5), Material((0.16, 0.16, 0.16))),
        # The door with its side lights, canopy, bell panel and two steps.
        Box((_DOOR_X - 0.6, y + 0.12, 0.3), (_DOOR_X + 0.6, y + 0.3, 2.5), Material(timber)),
        Box((_DOOR_X + 0.38, y + 0.06, 1.1), (_DOOR_X + 0.44, y + 0.14, 1.7), Material((0.5, 0.5, 0.5))),
        Box(
            (_DOOR_X + 0.68, y + 0.15, 0.3),
            (_DOOR_X + 1.3, y + 0.3, 2.5),
            Material(glass, (1.3, 0.95, 0.5) if night else (0.10, 0.08, 0.05), 0.03 if night else 0.25),
        ),
        Box(
            (_DOOR_X - 1.3, y + 0.15, 0.3),
            (_DOOR_X - 0.68, y + 0.3, 2.5),
            Material(glass, (1.3, 0.95, 0.5) if night else (0.10, 0.08, 0.05), 0.03 if night else 0.25),
        ),
        Box((_DOOR_X - 2.0, y - 1.7, 2.85), (_DOOR_X + 2.0, y + 0.3, 3.05), Material((0.10, 0.105, 0.11))),
        Box((_DOOR_X - 1.75, y - 1.55, 0), (_DOOR_X - 1.65, y - 1.45, 2.9), Material((0.10, 0.105, 0.11))),
        Box((_DOOR_X + 1.65, y - 1.55, 0), (_DOOR_X + 1.75, y - 1.45, 2.9), Material((0.10, 0.105, 0.11))),
        Box((_DOOR_X - 1.5, y - 1.0, 0), (_DOOR_X + 1.5, y + 0.3, 0.3), Material((0.38, 0.37, 0.35))),
        Box((_DOOR_X - 1.8, y - 1.35, 0), (_DOOR_X + 1.8, y - 0.95, 0.15), Material((0.40, 0.39, 0.37))),
        Box((_DOOR_X + 1.45, y + 0.18, 1.2), (_DOOR_X + 1.75, y + 0.28, 1.7), Material((0.45, 0.46, 0.47))),
        # The garage.
        Box((5.4, y - 0.05, 0), (8.8, y + 0.1, 2.6), Material(_garage_door)),
        Box((5.2, y - 0.1, 2.6), (9.0, y + 0.1, 2.75), frame),
        # Letter boxes.
        Box((1.35, y - 0.02, 0.8), (2.15, y + 0.26, 1.75), Material((0.36, 0.37, 0.38))),
    ]
    for floor, z in enumerate((0.95, 3.75, 6.65)):
        for number, x in enumerate((-12.6, -9.4, -6.2, _DOOR_X, 3.7, 7.1, 10.6, 13.6)):
            if floor == 0 and number in {3, 5}:
                continue
            wall = y + (0.25 if number == 3 else 0.0)
            awake = night and scattered(np.array([x]), np.array([z * 3 + 2]))[0] > 0.55
            glow: Vector | None = (0.85, 0.58, 0.28) if awake else None
            half = 0.62 if number != 4 else 0.5
            solids += [
                Box(
                    (x - half - 0.1, wall - 0.05, z - 0.1),
                    (x + half + 0.1, wall + 0.1, z + 1.62),
                    Material((0.66, 0.65, 0.62)),
                ),
                Box(
                    (x - half, wall - 0.07, z),
                    (x + half, wall + 0.1, z + 1.52),
                    Material(glass, glow, 0.03 if night else 0.28),
                ),
                Box((x - 0.03, wall - 0.085, z), (x + 0.03, wall, z + 1.52), Material((0.62, 0.61, 0.58))),
                Box(
                    (x - half - 0.15, wall - 0.16, z - 0.16),
                    (x + half + 0.15, wall, z - 0.1),
                    Material((0.48, 0.47, 0.45)),
                ),
            ]
    return solids


def _garage_door(surface: Surface) -> Array:
    u, v = surface.u, surface.v
    sheet = colour((0.50, 0.51, 0.52), u) * (1 + 0.02 * noise(u, v, 2.0))[..., None]
    return mixed(sheet, (0.20, 0.20, 0.21), line((v % 0.52) - 0.26, 0.014, surface.pixel_m))


def _garden() -> list[Solid]:
    solids: list[Solid] = []
    solids += tree(-7.2, 7.8, 5.8, seed=41) + tree(12.6, 8.6, 6.4, (0.09, 0.13, 0.03), seed=42)
    solids += hedge((-12.0, -1.2, 0), (-4.0, -0.4, 1.1), seed=43) + hedge((1.7, -1.4, 0), (4.6, -0.7, 0.9), seed=44)
    for number in range(7):
        bloom: Vector = ((0.06, 0.12, 0.03), (0.10, 0.13, 0.03), (0.05, 0.10, 0.04))[number % 3]
        solids += bush(-13.0 + number * 1.35, _HOUSE_Y - 0.75, 0.5, bloom, seed=50 + number)
    for x in (_DOOR_X - 2.6, _DOOR_X + 2.6):
        solids.append(
            Box((x - 0.32, _HOUSE_Y - 2.1, 0), (x + 0.32, _HOUSE_Y - 1.46, 0.62), Material((0.30, 0.29, 0.28)))
        )
        solids += bush(x, _HOUSE_Y - 1.78, 0.36, (0.05, 0.11, 0.03), seed=round(60 + x), z=0.62)
        solids += [
            Ball((x + dx, _HOUSE_Y - 1.78 + dy, 1.0), (0.07, 0.07, 0.07), Material((0.55, 0.10, 0.14)))
            for dx, dy in ((-0.2, -0.22), (0.1, -0.28), (0.24, 0.0))
        ]
    solids += _bicycles()
    solids.append(Box((-3.9, 6.2, 0.36), (-3.3, 8.0, 0.44), Material((0.30, 0.19, 0.10))))
    solids += [Box((-3.85, y, 0), (-3.35, y + 0.08, 0.36), Material((0.12, 0.12, 0.13))) for y in (6.35, 7.75)]
    return solids


def _bicycles() -> list[Solid]:
    """A stand of hoops."""
    steel = Material((0.45, 0.46, 0.48))
    solids: list[Solid] = []
    for number in range(4):
        x = 2.6 + number * 0.62
        solids += [
            Box((x - 0.025, 10.4, 0), (x + 0.025, 10.45, 0.8), steel),
            Box((x - 0.025, 11.2, 0), (x + 0.025, 11.25, 0.8), steel),
            Box((x - 0.025, 10.4, 0.77), (x + 0.025, 11.25, 0.82), steel),
        ]
    return solids


def _figures(*, night: bool) -> tuple[Walker | Driver, ...]:
    figures: tuple[Walker | Driver, ...] = (
        Walker(
            "otto",
            Route(
                (
                    (1, _DOOR_X + 0.2, -3.5),
                    (10, _DOOR_X, 7.0),
                    (14, _DOOR_X - 0.1, 11.4),
                    (19, _DOOR_X - 0.1, 11.4),
                    (24, _DOOR_X + 0.4, 6.0),
                    (31, _DOOR_X + 0.6, -3.8),
                )
            ),
            Clothes((0.36, 0.20, 0.03), (0.10, 0.07, 0.04), parcel=(0.42, 0.30, 0.17)),
            1.80,
        ),
        Walker(
            "paula",
            Route(((12, -11.5, 10.4), (20, -3.2, 10.5), (25, _DOOR_X - 0.6, 11.2), (27, _DOOR_X - 0.2, 11.55))),
            Clothes((0.10, 0.22, 0.36), (0.33, 0.30, 0.25), (0.24, 0.13, 0.05), bag=(0.32, 0.06, 0.08)),
            1.68,
        ),
        Driver(
            "guest",
            Route(((29, 7.1, -14.0), (31.5, 7.1, -4.0), (34, 7.1, 2.2), (35.8, 7.1, 4.3), (59.9, 7.1, 4.3))),
            HATCHBACK,
            (0.06, 0.16, 0.34),
            night,
        ),
        Walker(
            "quinn",
            Route(((38.5, 5.9, 4.3), (41, 4.6, 5.2), (45, 1.2, 9.9), (48.5, _DOOR_X, 11.2), (50, _DOOR_X, 11.55))),
            Clothes((0.46, 0.44, 0.40), (0.06, 0.07, 0.10), (0.05, 0.03, 0.02)),
            1.76,
        ),
        Walker(
            "rosa",
            Route(
                (
                    (33, _DOOR_X, 11.3),
                    (37, _DOOR_X - 0.4, 7.0),
                    (44, _DOOR_X - 0.5, -0.8),
                    (50, -7.5, -1.5),
                    (55, -13.5, -1.6),
                )
            ),
            Clothes((0.42, 0.06, 0.10), (0.04, 0.04, 0.05), (0.12, 0.06, 0.02)),
            1.71,
        ),
        Driver("passes", Route(((5, -30, -5.3), (9, -6, -5.3), (13, 26, -5.3))), VAN, (0.62, 0.62, 0.60), night),
        Walker(
            "sam", Route(((49, 10.5, -1.5), (58.5, -1.5, -1.4))), Clothes((0.14, 0.26, 0.14), (0.10, 0.10, 0.11)), 1.84
        ),
    )
    return figures[:5] if night else figures
