"""A scene: a still place, the people and cars that cross it at known times, and the film that a camera makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol, cast

import cv2
import numpy as np

from recorder.simulate.film import Planes
from recorder.simulate.scenes.background import render
from recorder.simulate.scenes.caption import Caption
from recorder.simulate.scenes.car import Shape, car
from recorder.simulate.scenes.figure import Painter, Span
from recorder.simulate.scenes.geometry import Perspective, Vector
from recorder.simulate.scenes.light import Lamp, Lighting, Sky
from recorder.simulate.scenes.mesh import Mesh
from recorder.simulate.scenes.person import Clothes, person
from recorder.simulate.scenes.route import Pose, Route
from recorder.simulate.scenes.solid import Solid

_WALK_M_S = 1.25
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
        return person(self.clothes, pose.gone_m, min(1.0, pose.speed / _WALK_M_S), self.height_m)


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
    saturation: float = 1.0


@dataclass(frozen=True)
class Scene:
    """All that decides what is seen. `begins` is the scene's own time at the start of the loop."""

    name: str
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

    @cached_property
    def lighting(self) -> Lighting:
        """Light with its shadows; the same for every size of picture."""
        return Lighting(self.sky, self.lamps, self.solids, self.centre, self.span_m)

    def view(self, width: int, height: int) -> Perspective:
        """Give the camera for a size of picture."""
        return Perspective(self.look.eye, self.look.target, self.look.fov_deg, width, height)


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
        view = scene.view(width, height)
        self._background = render(view, scene.solids, scene.lighting, look.exposure, shade=look.shade, bloom=look.bloom)
        self._painter = Painter(view, self._background, scene.lighting, look.exposure)
        self._view = view
        for one in sorted(scene.parked, key=lambda one: -one.y):
            self._park(one)
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
        drawn = self._background.lit.copy()
        second = number / self._frames_per_s
        seen: list[Seen] = []
        here = [(figure, pose) for figure in self._scene.figures if (pose := figure.route.at(second)) is not None]
        eye = self._view.eye
        here.sort(key=lambda one: -float(np.hypot(one[1].x - eye[0], one[1].y - eye[1])))
        for figure, pose in here:
            place = pose.x, pose.y, 0.0
            span = self._painter.draw(drawn, figure.mesh(pose).placed(place, pose.heading_deg), place)
            if span is not None:
                seen.append(Seen(figure.name, figure.kind, place, span))
        now = self._scene.begins + timedelta(seconds=second)
        self._caption.write(drawn, f"{now:%Y-%m-%d  %H:%M:%S}", f"{number:04d}/{self._frames:04d}", self._scene.name)
        return drawn, seen

    def _park(self, one: Parked) -> None:
        place = one.x, one.y, 0.0
        mesh = car(one.shape, one.paint).placed(place, one.heading_deg)
        shaded = self._background.shaded.copy()
        self._painter.draw(self._background.lit, mesh, place)
        self._painter.draw(self._background.shaded, mesh, place)
        # Whoever walks behind it is hidden by it.
        changed = (np.abs(self._background.shaded.astype(np.int16) - shaded) > 3).any(axis=-1)
        middle = float(self._view.project(mesh.corners.reshape(-1, 3))[1].mean())
        depth = self._background.depth
        depth[changed] = np.minimum(depth[changed], middle)
