"""A walking person: joints by the phase of the step, limbs as tubes, clothes by their colours."""

from dataclasses import dataclass

import numpy as np

from recorder.simulate.scenes.geometry import Array, Vector
from recorder.simulate.scenes.mesh import Mesh, block, faces, joined, tube

STEP_CYCLE_M = 1.45
"""Way of two steps of a person of 1.75 m."""

STANDARD_M = 1.75
_A_LITTLE = np.array((0, 0, 0.05), np.float32)


@dataclass(frozen=True)
class Clothes:
    """Colours of one person, linear."""

    jacket: Vector
    trousers: Vector
    hair: Vector = (0.03, 0.02, 0.015)
    skin: Vector = (0.52, 0.32, 0.22)
    shoes: Vector = (0.03, 0.03, 0.03)
    vest: Vector | None = None
    """A high-visibility vest over the jacket."""
    bag: Vector | None = None
    """A backpack."""
    parcel: Vector | None = None
    """Carried in front with both arms."""


def person(clothes: Clothes, walked_m: float, pace: float, height_m: float = STANDARD_M) -> Mesh:
    """Give a person at the origin, facing along y, who has walked so far; `pace` 0 stands, 1 walks."""
    phase = 2 * np.pi * walked_m / (STEP_CYCLE_M * height_m / STANDARD_M)
    bob = 0.022 * pace * np.cos(2 * phase)
    hips_m = 0.90 + bob - 0.015 * pace
    parts = [_trunk(clothes, hips_m, phase, pace)]
    for side in (-1, 1):
        swing = np.sin(phase) * side
        parts += _leg(clothes, side, hips_m, phase + (0 if side > 0 else np.pi), pace)
        parts += _arm(clothes, side, hips_m, -swing, pace)
    parts.append(_head(clothes, hips_m))
    mesh = joined(parts)
    return Mesh(mesh.corners * np.float32(height_m / STANDARD_M), mesh.colours, mesh.gloss, mesh.glow)


def _leg(clothes: Clothes, side: int, hips_m: float, phase: float, pace: float) -> list[Mesh]:
    thigh = (0.50 * np.sin(phase) + 0.06) * pace
    # The knee bends while the leg swings forward.
    knee = (0.12 + 0.95 * np.clip(np.sin(phase - 1.0 + np.pi / 2 + 0.3), 0, 1) ** 2 * (np.cos(phase) > -0.25)) * pace
    hip = np.array((0.095 * side, 0.0, hips_m), np.float32)
    knee_at = hip + 0.43 * np.array((0, np.sin(thigh), -np.cos(thigh)), np.float32)
    shin = thigh - knee
    ankle = knee_at + 0.41 * np.array((0, np.sin(shin), -np.cos(shin)), np.float32)
    ankle[2] = max(ankle[2], 0.075)
    middle = (hip + knee_at) / 2
    leg = np.stack([hip + _A_LITTLE, hip - _A_LITTLE, middle, knee_at, (knee_at + ankle) / 2, ankle])
    radii = np.array((0.085, 0.098, 0.082, 0.062, 0.058, 0.052), np.float32)
    toes = np.array((0, np.cos(shin * 0.6), np.sin(shin * 0.6)), np.float32)
    sole = np.array((0, 0, -0.045), np.float32)
    shoe = np.stack(
        [ankle + sole - 0.075 * toes, ankle + sole - 0.02 * toes, ankle + sole + 0.1 * toes, ankle + sole + 0.18 * toes]
    )
    return [
        faces(tube(leg.astype(np.float32), radii), clothes.trousers),
        faces(_foot(shoe.astype(np.float32)), clothes.shoes, 0.15),
    ]


def _foot(points: Array) -> Array:
    rings: list[Array] = []
    for point, width, height in zip(points, (0.030, 0.042, 0.048, 0.026), (0.035, 0.05, 0.035, 0.018), strict=True):
        angles = np.arange(8) * np.pi / 4
        rings.append(point + np.stack([width * np.cos(angles), 0 * angles, height * np.sin(angles)], axis=-1))
    stacked = np.stack(rings).astype(np.float32)
    return np.concatenate(
        [
            np.stack(
                [stacked[:-1], np.roll(stacked[:-1], -1, 1), np.roll(stacked[1:], -1, 1), stacked[1:]], axis=2
            ).reshape(-1, 4, 3)
        ]
    )


def _arm(clothes: Clothes, side: int, hips_m: float, swing: float, pace: float) -> list[Mesh]:
    shoulder = np.array((0.188 * side, 0.0, hips_m + 0.475), np.float32)
    if clothes.parcel is not None:
        elbow = shoulder + np.array((0.03 * side, 0.10, -0.26), np.float32)
        hand = elbow + np.array((-0.05 * side, 0.25, 0.02), np.float32)
    else:
        angle = 0.48 * swing * pace + 0.04
        bend = angle + 0.22 + 0.25 * max(0.0, swing) * pace
        elbow = shoulder + 0.29 * np.array((0.07 * side, np.sin(angle), -np.cos(angle)), np.float32)
        hand = elbow + 0.25 * np.array((0.02 * side, np.sin(bend), -np.cos(bend)), np.float32)
    top = shoulder + np.array((-0.03 * side, 0, 0.055), np.float32)
    points = np.stack([top, (top + shoulder) / 2, shoulder, (shoulder + elbow) / 2, elbow, (elbow + hand) / 2, hand])
    sleeve = faces(
        tube(points.astype(np.float32), np.array((0.02, 0.056, 0.064, 0.057, 0.049, 0.044, 0.037), np.float32), 11),
        clothes.jacket,
    )
    tip = hand + (hand - elbow) * 0.36
    fist = tube(
        np.stack([hand, (hand + tip) / 2, tip]).astype(np.float32), np.array((0.032, 0.043, 0.022), np.float32), 7
    )
    return [sleeve, faces(fist, clothes.skin)]


def _trunk(clothes: Clothes, hips_m: float, phase: float, pace: float) -> Mesh:
    given = np.array((-0.10, -0.02, 0.10, 0.25, 0.40, 0.48, 0.525, 0.56), np.float32)
    heights = np.concatenate([np.linspace(-0.10, 0.48, 12), (0.505, 0.525, 0.545, 0.56)]).astype(np.float32)
    widths = np.interp(heights, given, (0.150, 0.166, 0.156, 0.168, 0.196, 0.192, 0.140, 0.060)).astype(np.float32)
    depths = np.interp(heights, given, (0.112, 0.122, 0.110, 0.118, 0.130, 0.112, 0.090, 0.056)).astype(np.float32)
    twist = 0.10 * np.sin(phase) * pace * np.linspace(-0.4, 1, len(heights))
    angles = np.arange(20) * 2 * np.pi / 20
    across, along = np.cos(angles)[None] * widths[:, None], np.sin(angles)[None] * depths[:, None]
    turned = np.stack(
        [
            across * np.cos(twist)[:, None] - along * np.sin(twist)[:, None],
            across * np.sin(twist)[:, None] + along * np.cos(twist)[:, None] + 0.02 * heights[:, None],
            np.broadcast_to((hips_m + heights)[:, None], across.shape),
        ],
        axis=-1,
    ).astype(np.float32)
    corners = np.stack([turned[:-1], np.roll(turned[:-1], -1, 1), np.roll(turned[1:], -1, 1), turned[1:]], axis=2)
    colours = np.broadcast_to(np.asarray(clothes.jacket, np.float32), (*corners.shape[:2], 3)).copy()
    colours[0] *= 0.8
    if clothes.vest is not None:
        colours[1:13] = clothes.vest
        colours[[4, 8]] = (0.75, 0.76, 0.78)  # reflecting bands
    meshes = [faces(corners.reshape(-1, 4, 3), colours.reshape(-1, 3))]
    if clothes.bag is not None:
        meshes.append(faces(block((-0.15, -0.27, hips_m + 0.08), (0.15, -0.11, hips_m + 0.50)), clothes.bag))
    if clothes.parcel is not None:
        meshes.append(faces(block((-0.22, 0.22, hips_m + 0.20), (0.22, 0.52, hips_m + 0.44)), clothes.parcel))
    return joined(meshes)


def _head(clothes: Clothes, hips_m: float) -> Mesh:
    up = np.array((0.0, 0.03, 0.08, 0.14, 0.19, 0.235, 0.255), np.float32)
    wide = np.array((0.050, 0.060, 0.078, 0.085, 0.080, 0.052, 0.012), np.float32)
    angles = np.arange(12) * 2 * np.pi / 12
    rings = np.stack(
        [
            wide[:, None] * np.cos(angles)[None],
            1.14 * wide[:, None] * np.sin(angles)[None] + 0.025,
            np.broadcast_to((hips_m + 0.585 + up)[:, None], (len(up), len(angles))),
        ],
        axis=-1,
    ).astype(np.float32)
    corners = np.stack([rings[:-1], np.roll(rings[:-1], -1, 1), np.roll(rings[1:], -1, 1), rings[1:]], axis=2)
    middle = angles + np.pi / 12
    behind = np.sin(middle)[None] < (0.15 + np.array((-1.4, -0.7, -0.35, 0.35, 2, 2))[:, None])
    colours = np.where(behind[..., None], np.asarray(clothes.hair, np.float32), np.asarray(clothes.skin, np.float32))
    neck = np.stack([(0, 0.0, hips_m + 0.52), (0, 0.01, hips_m + 0.60)]).astype(np.float32)
    return joined(
        [
            faces(tube(neck, np.array((0.055, 0.050), np.float32)), clothes.skin),
            faces(corners.reshape(-1, 4, 3), colours.reshape(-1, 3).astype(np.float32), 0.08),
        ]
    )
