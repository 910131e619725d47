"""A car: a body lofted from sections along its length, windows, wheels and lights."""

from dataclasses import dataclass

import numpy as np

from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.mesh import Mesh, faces, joined, loft

_GLASS: Vector = (0.012, 0.016, 0.02)
_DARK: Vector = (0.012, 0.012, 0.013)
_RIM: Vector = (0.42, 0.43, 0.45)


@dataclass(frozen=True)
class Shape:
    """Half lengths and heights along the body, all in metres, from tail (negative) to nose."""

    length: float
    width: float
    stations: tuple[float, ...]
    belt: tuple[float, ...]
    roof: tuple[float, ...]
    wheels: tuple[float, float]
    radius: float = 0.33


SALOON = Shape(
    4.55,
    1.80,
    (-2.27, -2.22, -2.05, -1.75, -1.55, -1.15, -0.75, -0.3, 0.1, 0.15, 0.5, 0.85, 1.15, 1.6, 1.95, 2.18, 2.27),
    (0.70, 0.86, 0.92, 0.94, 0.94, 0.94, 0.93, 0.92, 0.91, 0.91, 0.91, 0.90, 0.88, 0.83, 0.76, 0.66, 0.52),
    (0.70, 0.86, 0.93, 0.97, 1.05, 1.28, 1.41, 1.44, 1.44, 1.43, 1.36, 1.12, 0.92, 0.86, 0.78, 0.67, 0.52),
    (-1.38, 1.36),
)
HATCHBACK = Shape(
    4.05,
    1.77,
    (-2.02, -1.98, -1.88, -1.68, -1.4, -1.0, -0.55, -0.1, 0.1, 0.15, 0.5, 0.85, 1.1, 1.45, 1.75, 1.95, 2.02),
    (0.62, 0.84, 0.94, 0.97, 0.97, 0.96, 0.95, 0.94, 0.94, 0.94, 0.93, 0.93, 0.92, 0.87, 0.80, 0.68, 0.54),
    (0.62, 0.88, 1.10, 1.33, 1.46, 1.50, 1.51, 1.50, 1.49, 1.48, 1.40, 1.14, 0.96, 0.90, 0.82, 0.69, 0.54),
    (-1.25, 1.26),
)
VAN = Shape(
    5.30,
    1.98,
    (-2.65, -2.62, -2.55, -2.2, -1.5, -0.7, 0.1, 0.75, 0.8, 1.05, 1.35, 1.65, 1.9, 2.15, 2.4, 2.58, 2.65),
    (0.60, 1.05, 1.18, 1.20, 1.20, 1.20, 1.20, 1.20, 1.20, 1.19, 1.18, 1.17, 1.14, 1.06, 0.96, 0.80, 0.60),
    (0.60, 1.60, 2.10, 2.20, 2.22, 2.22, 2.22, 2.20, 2.19, 2.14, 2.02, 1.70, 1.36, 1.12, 0.98, 0.81, 0.60),
    (-1.75, 1.70),
    0.36,
)
_BOTTOM_M = 0.20


def car(shape: Shape, paint: Vector, rolled_m: float = 0.0, *, lights: bool = False, braking: bool = False) -> Mesh:
    """Give a car at the origin, driving along y, whose wheels have rolled so far."""
    half = shape.width / 2
    stations = np.array(shape.stations, np.float32)
    belt, roof = np.array(shape.belt, np.float32), np.array(shape.roof, np.float32)
    narrow = 1 - 0.16 * (np.abs(stations) / (shape.length / 2)) ** 6
    rings = _sections(stations, belt, roof, half * narrow)
    body = loft(rings, closed=False).reshape(len(stations) - 1, -1, 4, 3)
    cabin = np.minimum((roof - belt)[:-1], (roof - belt)[1:])
    colours = np.broadcast_to(np.asarray(paint, np.float32), (*body.shape[:2], 3)).copy()
    gloss = np.full(body.shape[:2], 0.5, np.float32)
    points = rings.shape[1]
    slope = np.abs(roof[1:] - roof[:-1]) / (stations[1:] - stations[:-1])
    for at in range(len(stations) - 1):
        colours[at, [0, points - 2]] = _DARK
        gloss[at, [0, points - 2]] = 0.05
        side_glass = cabin[at] > 0.10 and stations[at + 1] - stations[at] > 0.08
        if side_glass and not (shape is VAN and stations[at] < 0.75):
            colours[at, [5, points - 7]], gloss[at, [5, points - 7]] = _GLASS, 0.9
        if (
            roof[at : at + 2].max() - belt[at : at + 2].max() > 0.10
            and slope[at] > 0.27
            and not (shape is VAN and stations[at] < 0)
        ):
            top = slice(7, points - 8)
            colours[at, top], gloss[at, top] = _GLASS, 0.9
    parts = [
        Mesh(body.reshape(-1, 4, 3), colours.reshape(-1, 3), gloss.reshape(-1), np.zeros((gloss.size, 3), np.float32))
    ]
    for end in (rings[0], rings[-1]):
        count = len(end) // 2
        left, right = end[:count], end[::-1][:count]
        cap = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=1)
        tint = np.broadcast_to(np.asarray(paint, np.float32), (len(cap), 3)).copy()
        tint[:2] = _DARK
        parts.append(faces(cap, tint, 0.35))
    parts += _lights(shape, stations, lights=lights, braking=braking)
    for along in shape.wheels:
        for side in (-1, 1):
            parts += _wheel(side * (half - 0.02), along, shape.radius, rolled_m, side)
    return joined(parts)


def _sections(stations: Array, belt: Array, roof: Array, half: Array) -> Array:
    """Give the outline across the car at every station, from the left sill over the roof to the right sill."""
    rise = np.clip((roof - belt) / 0.35, 0, 1)
    inward = 0.93 - 0.19 * rise
    zero = np.zeros_like(belt)
    # The sills rise towards nose and tail.
    end = 0.10 * (np.abs(stations) / np.abs(stations).max()) ** 8
    outline = [
        (0.84 + zero, np.minimum(_BOTTOM_M + end, belt - 0.16)),
        (0.97 + zero, np.minimum(_BOTTOM_M + 0.10 + end, belt - 0.12)),
        (1.00 + zero, np.minimum(0.50, belt * 0.7)),
        (0.985 + zero, np.minimum(0.72, belt * 0.88)),
        (0.97 + zero, belt - 0.04),
        (0.93 + zero, belt),
        (inward, roof - 0.05 * rise),
        (inward - 0.08, roof + 0.0 * rise),
        (inward * 0.5, roof + 0.022),
    ]
    left = [np.stack([-share * half, stations, height], axis=-1) for share, height in outline]
    right = [np.stack([share * half, stations, height], axis=-1) for share, height in reversed(outline)]
    return np.stack(left + right, axis=1).astype(np.float32)


def _lights(shape: Shape, stations: Array, *, lights: bool, braking: bool) -> list[Mesh]:
    half, nose, tail = shape.width / 2, float(stations[-1]), float(stations[0])
    parts: list[Mesh] = []
    white: Vector = (5.0, 4.8, 4.2) if lights else (0.10, 0.10, 0.10)
    red: Vector = (3.4, 0.10, 0.05) if braking else (1.3, 0.03, 0.02) if lights else (0.02, 0.001, 0.001)
    for side in (-1, 1):
        x0, x1 = side * half * 0.52, side * half * 0.84
        front = np.array(
            [[(x0, nose - 0.07, 0.70), (x1, nose - 0.20, 0.72), (x1, nose - 0.17, 0.58), (x0, nose - 0.03, 0.56)]],
            np.float32,
        )
        parts.append(faces(front + np.array((0, 0.13, 0.01), np.float32), (0.75, 0.76, 0.78), 0.9, white))
        back_z = 0.90 if shape is not VAN else 1.0
        back = np.array(
            [
                [
                    (x0, tail - 0.02, back_z),
                    (x1, tail + 0.03, back_z),
                    (x1, tail + 0.02, back_z - 0.17),
                    (x0, tail - 0.03, back_z - 0.17),
                ]
            ],
            np.float32,
        )
        parts.append(faces(back, (0.26, 0.008, 0.008), 0.5, red))
    for y, z in ((nose + 0.01, 0.40), (tail - 0.03, 0.56)):
        plate = np.array([[(-0.26, y, z), (0.26, y, z), (0.26, y, z + 0.11), (-0.26, y, z + 0.11)]], np.float32)
        parts.append(faces(plate, (0.72, 0.72, 0.66)))
    return parts


def _wheel(x: float, y: float, radius: float, rolled_m: float, side: int) -> list[Mesh]:
    angles = np.arange(17) * 2 * np.pi / 16
    turn = -rolled_m / radius

    def ring(at: float, r: float, phase: float = 0.0) -> Array:
        return np.stack([np.full(17, at), y + r * np.sin(angles + phase), radius + r * np.cos(angles + phase)], axis=-1)

    outer, inner = x + side * 0.03, x - side * 0.17
    tread = loft(np.stack([ring(inner, radius), ring(outer, radius)]).astype(np.float32), closed=False)
    tyre = loft(
        np.stack([ring(outer, radius), ring(outer + side * 0.012, radius * 0.68)]).astype(np.float32), closed=False
    )
    hub = loft(
        np.stack([ring(outer + side * 0.012, radius * 0.68, turn), ring(outer, 0.001, turn)]).astype(np.float32),
        closed=False,
    )
    spokes = np.where((np.arange(len(hub)) % 4 < 2)[:, None], np.asarray(_RIM, np.float32), np.float32(0.08))
    return [faces(tread, _DARK), faces(tyre, (0.018, 0.018, 0.018)), faces(hub, spokes, 0.4)]
