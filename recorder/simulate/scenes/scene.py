"""A scene: a still place, the people and cars that cross it at known times, and the film that a camera makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol, cast

import cv2
import numpy as np

from recorder.simulate.film import Planes
from recorder.simulate.scenes.background import render
from recorder.simulate.scenes.caption import Caption
from recorder.simulate.scenes.car import Shape, car
from recorder.simulate.scenes.figure import Painter, Span
from recorder.simulate.scenes.geometry import Perspective, Vector
from recorder.simulate.scenes.light import Lamp, Light, Sky
from recorder.simulate.scenes.mesh import Mesh
from recorder.simulate.scenes.person import STANDARD_M, STEP_CYCLE_M, Clothes, person
from recorder.simulate.scenes.plate import Plate, load
from recorder.simulate.scenes.route import Pose, Route
from recorder.simulate.scenes.solid import Solid

_WALK_M_S = 1.25
_STRIDE_M = STEP_CYCLE_M / 60
_PACES = 4
_MOST_STEPS = 1000
_NOISES = 5
_NOISE_MIDDLE = 16


@dataclass(frozen=True)
class Walker:
    """A person on a way."""

    name: str
    route: Route
    clothes: Clothes
    height_m: float = 1.75
    kind: str = "person"

    def mesh(self, pose: Pose) -> Mesh:
        """Give the figure of a moment, at the origin."""
        pace = round(min(1.0, pose.speed / _WALK_M_S) * _PACES) / _PACES
        return _stepping(
            self.clothes,
            round(pose.gone_m * STANDARD_M / self.height_m / _STRIDE_M) % round(STEP_CYCLE_M / _STRIDE_M),
            pace,
            self.height_m,
        )


@lru_cache(_MOST_STEPS)
def _stepping(clothes: Clothes, strides: int, pace: float, height_m: float) -> Mesh:
    """Keep the figures of one step: they come again and again."""
    return person(clothes, strides * _STRIDE_M * height_m / STANDARD_M, pace, height_m)


@dataclass(frozen=True)
class Driver:
    """A car on a way; one that stands for the whole loop belongs to the still place."""

    name: str
    route: Route
    shape: Shape
    paint: Vector
    lights: bool = False
    kind: str = "car"

    def mesh(self, pose: Pose) -> Mesh:
        """Give the figure of a moment, at the origin."""
        return car(self.shape, self.paint, pose.gone_m, lights=self.lights, braking=self.lights and pose.speed < 2)


class Figure(Protocol):
    """Whoever or whatever moves through a scene."""

    @property
    def name(self) -> str:
        """What ground truth calls it."""
        ...

    @property
    def kind(self) -> str:
        """Person or car."""
        ...

    @property
    def route(self) -> Route:
        """Where it goes."""
        ...

    def mesh(self, pose: Pose) -> Mesh:
        """Give the figure of a moment, at the origin."""
        ...


@dataclass(frozen=True)
class Parked:
    """A car that stands."""

    shape: Shape
    paint: Vector
    x: float
    y: float
    heading_deg: float


@dataclass(frozen=True)
class Look:
    """How the camera stands and sees."""

    eye: Vector
    target: Vector
    fov_deg: float
    exposure: float
    noise: float
    """Deviation of luma from picture to picture, of 255."""
    shade: float = 0.0
    """Share of direct light in a figure's shadow."""
    bloom: float = 0.0


@dataclass(frozen=True)
class Scene:
    """All that decides what is seen. `begins` is the scene's own time at the start of the loop."""

    key: str
    """How files and settings call it."""
    name: str
    """How its picture calls it."""
    begins: datetime
    look: Look
    sky: Sky
    solids: tuple[Solid, ...]
    figures: tuple[Figure, ...]
    parked: tuple[Parked, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    centre: Vector = (0.0, 14.0, 0.0)
    span_m: float = 60.0
    """The part of the world whose shadows are known."""

    def view(self, width: int, height: int) -> Perspective:
        """Give the camera for a size of picture."""
        return Perspective(self.look.eye, self.look.target, self.look.fov_deg, width, height)

    def rendered(self, width: int, height: int) -> Plate:
        """Render the still place, parked cars included; takes long."""
        from recorder.simulate.scenes.lighting import Lighting

        look, view = self.look, self.view(width, height)
        light = Lighting(self.sky, self.lamps, self.solids, self.centre, self.span_m)
        still = render(view, self.solids, light, look.exposure, shade=look.shade, bloom=look.bloom)
        painter = Painter(view, still, light, look.exposure)
        for one in sorted(self.parked, key=lambda one: -one.y):
            place = one.x, one.y, 0.0
            mesh = car(one.shape, one.paint).placed(place, one.heading_deg)
            before = still.picture.copy()
            span = painter.draw(still.picture, mesh, place)
            painter.draw(still.shaded, mesh, place)
            if span is not None:
                # Whoever walks behind it is hidden by it; its shadow hides nobody.
                covered = painter.covered(mesh, span) & (before[span.area] != still.picture[span.area]).any(axis=-1)
                depth = still.depth[span.area]
                middle = float(view.project(mesh.corners.reshape(-1, 3))[1].mean())
                depth[covered] = np.minimum(depth[covered], middle)
        return still


@dataclass(frozen=True)
class Seen:
    """Ground truth: a figure at one moment. `place` is where it stands, `span` the box around it in pixels."""

    name: str
    kind: str
    place: Vector
    span: Span


class SceneFilm:
    """The loop of a scene in one size."""

    def __init__(self, scene: Scene, width: int, height: int, frames_per_s: int, frames: int) -> None:
        self._scene = scene
        self._frames_per_s = frames_per_s
        self._frames = frames
        look = scene.look
        shipped = load(scene.key)
        self._plate = shipped.resized(width, height) if shipped is not None else scene.rendered(width, height)
        self._view = scene.view(width, height)
        self._painter = Painter(self._view, self._plate, Light(scene.sky, scene.lamps), look.exposure)
        self._caption = Caption(height)
        rng = np.random.default_rng(3)
        self._noise = [
            np.clip(rng.normal(_NOISE_MIDDLE, look.noise, (height, width)), 0, 2 * _NOISE_MIDDLE).astype(np.uint8)
            for _ in range(_NOISES)
        ]

    def picture(self, number: int) -> Planes:
        """Draw one picture of the loop."""
        drawn, _seen = self.draw(number)
        planes = cast("Planes", cv2.cvtColor(drawn, cv2.COLOR_BGR2YUV_I420))
        luma = planes[: drawn.shape[0]]
        # The same few grains, flipped about: enough that no two pictures in a row are alike.
        grain = self._noise[number % _NOISES]
        grain = grain[:: -1 if number // _NOISES % 2 else 1, :: -1 if number // (2 * _NOISES) % 2 else 1]
        cv2.addWeighted(luma, 1.0, np.ascontiguousarray(grain), 1.0, -_NOISE_MIDDLE, dst=luma)
        return planes

    def draw(self, number: int) -> tuple[np.ndarray[tuple[int, int, int], np.dtype[np.uint8]], list[Seen]]:
        """Draw one picture in blue-green-red without noise, and tell what is in it."""
        drawn = self._plate.picture.copy()
        second = number / self._frames_per_s
        seen: list[Seen] = []
        here = [(figure, pose) for figure in self._scene.figures if (pose := figure.route.at(second)) is not None]
        eye = self._view.eye
        here.sort(key=lambda one: -float(np.hypot(one[1].x - eye[0], one[1].y - eye[1])))
        for figure, pose in here:
            place = pose.x, pose.y, 0.0
            if isinstance(figure, Driver) and figure.lights:
                self._painter.headlights(drawn, place, pose.heading_deg, figure.shape.length / 2)
            span = self._painter.draw(drawn, figure.mesh(pose).placed(place, pose.heading_deg), place)
            if span is not None:
                seen.append(Seen(figure.name, figure.kind, place, span))
        now = self._scene.begins + timedelta(seconds=second)
        self._caption.write(drawn, f"{now:%Y-%m-%d  %H:%M:%S}", f"{number:04d}/{self._frames:04d}", self._scene.name)
        return drawn, seen
