"""Renders the still part of a scene: traced, lit, and smoothed at its edges."""

from collections.abc import Sequence

import cv2
import numpy as np

from recorder.simulate.scenes.geometry import Array, Perspective, dot
from recorder.simulate.scenes.lighting import Lighting
from recorder.simulate.scenes.plate import Plate
from recorder.simulate.scenes.solid import Met, Solid, Surface, trace
from recorder.simulate.scenes.texture import noise
from recorder.simulate.scenes.tone import Picture, developed

_CORNERS = ((-0.3, -0.1), (0.1, 0.3), (0.25, -0.3))
_CHUNK = 1 << 18


def render(
    view: Perspective, solids: Sequence[Solid], lighting: Lighting, exposure: float, *, shade: float, bloom: float
) -> Plate:
    """Render a scene. `shade` is the share of direct light that a figure's shadow leaves."""
    met = trace(view, solids)
    everything = np.arange(view.width * view.height)
    lit, shaded = _colours(view, solids, lighting, met, everything, (0.0, 0.0), shade)
    edges = np.flatnonzero(_edges(met, lit.reshape(view.height, view.width, 3), exposure))
    if len(edges):
        sums = np.zeros((2, len(edges), 3), np.float32)
        for corner in _CORNERS:
            finer = _colours(view, solids, lighting, trace(view, solids, corner), edges, corner, shade)
            # Averaged as they will be seen: a bright lamp must not swallow its rim.
            sums += [developed(one, exposure) for one in finer]
        smoothed = sums / len(_CORNERS)
    else:
        smoothed = np.zeros((2, 0, 3), np.float32)
    pictures: list[Picture] = []
    for light, better in zip((lit, shaded), smoothed, strict=True):
        shown = developed(light, exposure)
        shown[edges] = better
        pictures.append(_finished(shown.reshape(view.height, view.width, 3), light, exposure, bloom))
    return Plate(pictures[0], pictures[1], met.depth)


def _colours(
    view: Perspective,
    solids: Sequence[Solid],
    lighting: Lighting,
    met: Met,
    wanted: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    shift: tuple[float, float],
    shade: float,
) -> tuple[Array, Array]:
    """Give the light of the wanted pixels (by their flat index), and the same in shade."""
    eye, directions = view.rays(shift, (slice(0, view.height), slice(0, view.width)))
    rays = directions.reshape(-1, 3)[wanted]
    depth, numbers = met.depth.reshape(-1)[wanted], met.number.reshape(-1)[wanted]
    towards = rays / np.sqrt(dot(rays, rays))[:, None]
    points = eye + rays * depth[:, None]
    normals, colour, glow = (np.zeros_like(rays) for _ in range(3))
    order = np.argsort(numbers, kind="stable")
    bounds = np.searchsorted(numbers[order], np.arange(-1, len(solids) + 1))
    for number, solid in enumerate(solids):
        some = order[bounds[number + 1] : bounds[number + 2]]
        if len(some):
            normals[some], colour[some], glow[some] = _material(
                view, solid, lighting, points[some], towards[some], depth[some]
            )
    ambient, direct = np.zeros_like(rays), np.zeros_like(rays)
    solid_ones = order[bounds[1] :]
    for at in range(0, len(solid_ones), _CHUNK):
        some = solid_ones[at : at + _CHUNK]
        ambient[some] = lighting.ambient(points[some], normals[some])
        direct[some] = lighting.sun(points[some], normals[some]) + lighting.lamp_light(points[some], normals[some])
    empty = order[: bounds[1]]
    glow[empty] = _sky(lighting, towards[empty])
    return colour * (ambient + direct) + glow, colour * (ambient + shade * direct) + glow


def _material(
    view: Perspective, solid: Solid, lighting: Lighting, points: Array, towards: Array, depth: Array
) -> tuple[Array, Array, Array]:
    """Give normals, colours and own light of points on a solid."""
    normals, u, v = solid.surface(points)
    material = solid.material
    if material.rough:
        ruffle = np.stack([noise(u + 7 * k, v + 3 * k, 1.3) for k in range(3)], axis=-1)
        normals = normals + material.rough * ruffle
        normals /= np.sqrt(dot(normals, normals))[:, None]
    # Seen at a slant, a pixel covers more: the mean of its two sides keeps lines sharp across.
    slant = np.abs(dot(normals, towards))
    pixel_m = depth / view.focal / np.sqrt(np.maximum(slant, 0.03))
    surface = Surface(points, normals, towards, u, v, pixel_m)
    colour = material.colour(surface) if callable(material.colour) else np.asarray(material.colour, np.float32)
    glow = np.zeros_like(points)
    if material.glow is not None:
        glow = glow + (material.glow(surface) if callable(material.glow) else np.asarray(material.glow, np.float32))
    if material.mirror:
        away = towards - 2 * dot(towards, normals)[:, None] * normals
        grazing = material.mirror + (1 - material.mirror) * (1 - slant[:, None]) ** 5
        glow = glow + grazing * lighting.sky.seen(away) * np.clip(0.35 + away[:, 2:3], 0.15, 1)
    return normals, np.broadcast_to(colour, points.shape), glow


def _sky(lighting: Lighting, towards: Array) -> Array:
    seen = lighting.sky.seen(towards)
    if lighting.sky.clouds:
        height = np.maximum(towards[:, 2], 0.03)
        billow = noise(towards[:, 0] / height, towards[:, 1] / height, 14.0)
        share = np.clip((billow + 0.2) * 0.7, 0, 1) * lighting.sky.clouds * np.clip(towards[:, 2] * 6, 0, 1)
        white = 1.15 * seen.max(axis=-1, keepdims=True)
        seen = seen + (white - seen) * share[:, None]
    return seen


def _edges(met: Met, light: Array, exposure: float) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    shown = developed(light, exposure).max(axis=-1)
    cross = np.ones((3, 3), np.uint8)
    contrast = cv2.morphologyEx(shown, cv2.MORPH_GRADIENT, cross) > 22
    solids = met.number.astype(np.float32)
    border = cv2.morphologyEx(solids, cv2.MORPH_GRADIENT, cross) > 0
    return contrast | border


def _finished(shown: Array, light: Array, exposure: float, bloom: float) -> Picture:
    """Add the glare of bright lights and the darker corners of a lens."""
    height, width = shown.shape[:2]
    if bloom:
        bright = np.clip(light.reshape(height, width, 3) * exposure - 1.0, 0, 6)
        small = cv2.resize(bright, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
        glare = sum(cv2.GaussianBlur(small, (0, 0), width / 4 * share) for share in (0.006, 0.02, 0.05))
        shown = shown + 46 * bloom * cv2.resize(np.asarray(glare, np.float32), (width, height))
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    shown = shown * (1 - 0.16 * (x * x + y * y * 0.7))
    return np.ascontiguousarray(np.clip(shown[..., ::-1], 0, 255).astype(np.uint8))
