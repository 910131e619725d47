"""Scenes of the simulator through a real encoder and decoder, as detection gets them, and what truly moves in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import cv2
import numpy as np

from recorder.client.grid import COLUMNS, ROWS
from recorder.decode import scaling, swscale
from recorder.detect.motion import HEIGHT, WIDTH
from recorder.simulate.scenes import scene
from recorder.simulate.scenes.scene import SceneFilm

SIZE, FPS, GOP, BITS_PER_S = (640, 360), 5, 10, 256_000
LOOP_S = 60
LEAST_PIXELS = 60
"""Of a figure that can be seen: fewer are a hand behind a car."""
LEAST_M = 0.05
"""From one picture to the next: who moves less stands."""


def film(name: str, *, empty: bool) -> SceneFilm:
    """A scene as it is, or without anybody in it."""
    found = scene(name)
    return SceneFilm(replace(found, figures=()) if empty else found, *SIZE, FPS, LOOP_S * FPS)


def seen_by_decode(pictures: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Encode as a camera's sub stream, decode as decode does for small views, and give luma as detect gets it."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *SIZE, "yuv420p"
    encoder.framerate, encoder.time_base, encoder.bit_rate = Fraction(FPS), Fraction(1, FPS), BITS_PER_S
    encoder.thread_count = 1
    kbps = BITS_PER_S // 1000
    rate = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0:rc-lookahead=0:vbv-maxrate={kbps}:vbv-bufsize={kbps}"
    encoder.options = {"preset": "superfast", "x264-params": rate}
    decoder = av.VideoCodecContext.create("h264", "r")
    decoder.thread_count, decoder.options = 1, {"flags": "low_delay", "skip_loop_filter": "all"}
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number
        for packet in encoder.encode(frame):
            yield from map(luma, decoder.decode(packet))
    for packet in encoder.encode(None):
        yield from map(luma, decoder.decode(packet))
    yield from map(luma, decoder.decode(None))


def luma(frame: av.VideoFrame) -> np.ndarray:
    canvas = swscale.Canvas(swscale.pixels(WIDTH, HEIGHT, 1))
    scaling.show_luma(frame, canvas)
    return canvas.pixels[:, :, 0].copy()


@dataclass
class Crossing:
    """One figure on its way: in which pictures it moves and can be seen, and the cells around it there."""

    name: str
    boxes: dict[int, set[tuple[int, int]]]

    def found(self, moved: dict[int, set[tuple[int, int]]]) -> bool:
        """Whether what moved was there in half of the pictures."""
        hits = sum(bool(moved.get(number, set()) & cells) for number, cells in self.boxes.items())
        return 2 * hits >= len(self.boxes)


def crossings(made: SceneFilm) -> list[Crossing]:
    """All crossings of the loop, as the scene itself knows them."""
    still, places, found = made._plate.picture, {}, {}
    for number in range(LOOP_S * FPS):
        drawn, seen = made.draw(number)
        for one in seen:
            before, places[one.name] = places.get(one.name), (number, one.place)
            if before is None or before[0] != number - 1 or np.hypot(*np.subtract(one.place, before[1])[:2]) < LEAST_M:
                continue
            area = one.span.area
            if (cv2.absdiff(drawn[area], still[area]).max(axis=2) > 24).sum() >= LEAST_PIXELS:
                crossing = found.setdefault(one.name, Crossing(one.name, {}))
                crossing.boxes[number] = _cells(one.span)
    return [one for one in found.values() if len(one.boxes) >= FPS]


def _cells(span) -> set[tuple[int, int]]:
    """The cells that a box touches."""
    width, height = SIZE
    columns = range(span.left * COLUMNS // width, (span.right - 1) * COLUMNS // width + 1)
    rows = range(span.top * ROWS // height, (span.bottom - 1) * ROWS // height + 1)
    return {(column, row) for column in columns for row in rows}
