"""Draws figures into a picture: shaded face by face, behind what stands before them, with a shadow on the ground."""

from dataclasses import dataclass

import cv2
import numpy as np

from recorder.simulate.scenes.geometry import Array, Perspective, Vector
from recorder.simulate.scenes.light import Light
from recorder.simulate.scenes.mesh import Mesh
from recorder.simulate.scenes.plate import Plate
from recorder.simulate.scenes.tone import Picture, developed

_FINE = 4
"""Bits behind the point in OpenCV's coordinates."""

_MOST_OVERSAMPLED = 500_000
_CONTACT_M = 0.02
_BEAM = (0.95, 1.25, 1.35)
"""What headlights add to the ground: blue, green, red."""
_LOST_IN_SHADE = 0.4
"""What ground in the sun loses at least in a shadow, after development."""


@dataclass(frozen=True)
class Span:
    """Where something is in a picture, in pixels; `right` and `bottom` lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Painter:
    """Draws the figures of one scene as its lights show them."""

    def __init__(self, view: Perspective, plate: Plate, light: Light, exposure: float) -> None:
        self._view = view
        self._plate = plate
        self._light = light
        self._exposure = exposure

    def draw(self, picture: Picture, mesh: Mesh, at: Vector) -> Span | None:
        """Draw a figure that stands at `at`; gives where it is, or None where it is not in the picture."""
        sunlit = self._sunlit(at)
        self._shadow(picture, mesh, at)
        pixels, depth = self._view.project(mesh.corners.reshape(-1, 3))
        depth = depth.reshape(-1, 4)
        if depth.min() < 0.3:
            return None
        pixels = pixels.reshape(-1, 4, 2)
        span = self._span(pixels.reshape(-1, 2))
        if span is None:
            return None
        normals, facing = self._facing(mesh)
        order = np.argsort(-depth.mean(axis=1))
        order = order[facing[order]]
        colours = self._shaded(mesh, normals, at, sunlit)
        scale = 3 if (span.right - span.left) * (span.bottom - span.top) * 9 < _MOST_OVERSAMPLED else 2
        size = (span.bottom - span.top) * scale, (span.right - span.left) * scale
        canvas = np.zeros((*size, 4), np.uint8)
        corner = np.array((span.left, span.top), np.float32)
        fixed = np.round((pixels - corner) * (scale << _FINE)).astype(np.int32)
        for index in order:
            red, green, blue = colours[index]
            cv2.fillConvexPoly(canvas, fixed[index], (blue, green, red, 255), cv2.LINE_8, _FINE)
        small = (span.right - span.left, span.bottom - span.top)
        # The canvas is black outside: its mean is already weighted by what is covered.
        drawn = cv2.resize(canvas, small, interpolation=cv2.INTER_AREA)
        # Depth is known to 2 %: only what is clearly nearer hides.
        drawn[self._plate.depth[span.area] * 1.03 < float(depth.min()) - 0.05] = 0
        seen = picture[span.area]
        kept = cv2.merge([255 - drawn[..., 3]] * 3)
        seen[...] = cv2.add(cv2.multiply(seen, kept, scale=1 / 255), np.ascontiguousarray(drawn[..., :3]))
        return span

    def headlights(self, picture: Picture, at: Vector, heading_deg: float, nose_m: float) -> None:
        """Brighten the ground before a car that stands or drives at `at`."""
        turn = np.radians(heading_deg)
        ahead, aside = np.array((np.sin(turn), np.cos(turn))), np.array((np.cos(turn), -np.sin(turn)))
        outline = [(-0.9, 0.4), (0.9, 0.4), (2.0, 8.5), (1.0, 11.0), (-1.0, 11.0), (-2.0, 8.5)]
        ground = [(*(np.array(at[:2]) + aside * x + ahead * (nose_m + y)), at[2]) for x, y in outline]
        pixels, depth = self._view.project(np.array(ground, np.float32))
        span = self._span(pixels, 40)
        if span is None or depth.min() < 1:
            return
        pool = np.zeros(((span.bottom - span.top) // 4 + 1, (span.right - span.left) // 4 + 1), np.float32)
        cv2.fillConvexPoly(pool, np.round((pixels - (span.left, span.top)) / 4).astype(np.int32), (1.0,))
        pool = cv2.GaussianBlur(pool, (0, 0), max(1.0, self._view.focal / float(depth.mean()) * 0.1))
        grown = cv2.resize(pool, (span.right - span.left, span.bottom - span.top), interpolation=cv2.INTER_LINEAR)
        seen = picture[span.area]
        lit = np.array(_BEAM, np.float32) * grown[..., None]
        seen[...] = np.clip(seen * (1 + lit) + 10 * lit, 0, 255).astype(np.uint8)

    def covered(self, mesh: Mesh, span: Span) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
        """Tell which pixels of a span a figure covers."""
        pixels, _depth = self._view.project(mesh.corners.reshape(-1, 3))
        mask = np.zeros((span.bottom - span.top, span.right - span.left), np.uint8)
        for one in np.round(pixels.reshape(-1, 4, 2) - (span.left, span.top)).astype(np.int32):
            cv2.fillConvexPoly(mask, one, 255)
        return mask > 0

    def _facing(self, mesh: Mesh) -> tuple[Array, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
        one, two = mesh.corners[:, 2] - mesh.corners[:, 0], mesh.corners[:, 3] - mesh.corners[:, 1]
        normals = np.cross(one, two)
        normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
        middles = mesh.corners.mean(axis=1)
        to_eye = self._view.eye - middles
        turned = (normals * to_eye).sum(axis=-1)
        # Faces are seen from both sides: what looks away is hidden by what is nearer.
        normals = normals * np.sign(turned)[:, None]
        return normals.astype(np.float32), np.abs(turned) > 1e-6

    def _shaded(self, mesh: Mesh, normals: Array, at: Vector, sunlit: float) -> "list[tuple[int, int, int]]":
        light = self._light
        sun = np.clip(normals @ light.sun_from, 0, 1) * sunlit
        middles = mesh.corners.mean(axis=1)
        sky = light.sky
        up = normals[:, 2:3]
        ambient = (
            np.asarray(sky.horizon, np.float32) * 0.5 + np.asarray(sky.zenith, np.float32) * np.clip(up, 0, 1) * 0.7
        )
        ambient = ambient * (0.55 + 0.45 * up) * sky.ambient * 0.9 + np.asarray(sky.bounce, np.float32) * (1 - 0.4 * up)
        # Feet are darker: they see less of the sky.
        ambient = ambient * np.clip(0.45 + (middles[:, 2:3] - at[2]) * 0.6, 0.45, 1)
        falling = sun[:, None] * light.sun_colour + ambient + light.lamp_glow(middles, normals)
        colour = mesh.colours * falling + mesh.glow
        shiny = mesh.gloss > 0.3
        if shiny.any():
            towards = middles[shiny] - self._view.eye
            towards /= np.linalg.norm(towards, axis=-1, keepdims=True)
            slope = (towards * normals[shiny]).sum(axis=-1, keepdims=True)
            away = towards - 2 * slope * normals[shiny]
            grazing = 0.05 + 0.6 * (1 - np.abs(slope)) ** 4
            mirrored = sky.seen(away) * np.clip(0.25 + away[:, 2:3], 0.08, 1)
            spark = np.clip(away @ light.sun_from, 0, 1)[:, None] ** 60 * light.sun_colour * sunlit
            colour[shiny] += mesh.gloss[shiny, None] * (grazing * mirrored * 1.3 + spark * 0.8)
        shown = developed(colour, self._exposure).astype(np.int32)
        return [(int(one[0]), int(one[1]), int(one[2])) for one in shown]

    def _sunlit(self, at: Vector) -> float:
        """Tell how much sun falls on a place, by how dark a shadow there would be: 1 in the sun, 0 in the shade."""
        if not self._light.has_sun:
            return 0.0
        pixels, _depth = self._view.project(np.array([at], np.float32))
        x, y = int(pixels[0, 0]), int(pixels[0, 1])
        reach = max(1, self._view.width // 300)
        area = slice(max(0, y - reach), max(1, y + reach + 1)), slice(max(0, x - reach), max(1, x + reach + 1))
        lit, shaded = self._plate.picture[area], self._plate.shaded[area]
        if not lit.size:
            return 1.0
        kept = float(shaded.sum()) / max(1.0, float(lit.sum()))
        return float(np.clip((1 - kept) / _LOST_IN_SHADE, 0, 1))

    def _shadow(self, picture: Picture, mesh: Mesh, at: Vector) -> None:
        corners = mesh.corners.reshape(-1, 3)
        source = self._light.shadow_direction(at)
        if source is None:
            return
        height = np.maximum(corners[:, 2:3] - at[2], 0)
        fallen = corners - source * (height / max(float(source[2]), 0.12))
        fallen[:, 2] = at[2] + _CONTACT_M
        pixels, depth = self._view.project(fallen.astype(np.float32))
        if depth.min() < 0.3:
            return
        span = self._span(pixels, 12)
        if span is None:
            return
        half = 2
        size = -(-(span.bottom - span.top) // half), -(-(span.right - span.left) // half)
        mask = np.zeros(size, np.uint8)
        fixed = np.round((pixels - np.array((span.left, span.top), np.float32)) * ((1 << _FINE) / half)).astype(
            np.int32
        )
        for one in fixed.reshape(-1, 4, 2):
            cv2.fillConvexPoly(mask, one, 255, cv2.LINE_8, _FINE)
        near = self._view.focal / max(float(depth.mean()), 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.8, near * 0.016))
        share = cv2.resize(mask, (size[1] * half, size[0] * half), interpolation=cv2.INTER_LINEAR)
        share = share[: span.bottom - span.top, : span.right - span.left]
        seen = picture[span.area]
        whole = cv2.merge([share] * 3)
        shaded = np.ascontiguousarray(self._plate.shaded[span.area])
        # Where it is darker already (another's shadow, a figure), it stays as it is.
        gone = cv2.multiply(cv2.subtract(seen, shaded), whole, scale=1 / 255)
        seen[...] = cv2.subtract(seen, gone)

    def _span(self, pixels: Array, margin: int = 2) -> Span | None:
        across, down = pixels[:, 0], pixels[:, 1]
        span = Span(
            max(0, int(across.min()) - margin),
            max(0, int(down.min()) - margin),
            min(self._view.width, int(across.max()) + 1 + margin),
            min(self._view.height, int(down.max()) + 1 + margin),
        )
        return span if span.left < span.right and span.top < span.bottom else None
