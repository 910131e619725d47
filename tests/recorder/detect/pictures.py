"""Small grey pictures of a made-up yard, with whatever moves in it, its light and its noise."""

import cv2
import numpy as np

from recorder.client.clock import SECOND_US
from recorder.client.grid import COLUMNS, ROWS
from recorder.detect.motion import CELL, HEIGHT, WIDTH

BEGIN_US = 1_700_000_000 * SECOND_US
STEP_US = SECOND_US // 5


class Yard:
    """A still place with edges and texture; `picture` draws a figure, light, noise and a burned-in clock."""

    def __init__(self, seed=1):
        self.rng = np.random.default_rng(seed)
        rough = self.rng.integers(60, 190, (9, 11)).astype(np.uint8)
        place = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST).astype(np.float32)
        self.place = cv2.GaussianBlur(place, (3, 3), 0) + self.rng.normal(0, 5, (HEIGHT, WIDTH))

    def picture(self, figure=None, *, gain=1.0, offset=0.0, noise=1.5, clock=None, rain=0):
        drawn = self.place * gain + offset
        if figure is not None:
            x, y, width, height = (round(one) for one in figure)
            drawn[max(y, 0) : y + height, max(x, 0) : x + width] += 55
        drawn = drawn + self.rng.normal(0, noise, drawn.shape)
        for _drop in range(rain):
            x, y = self.rng.integers(0, WIDTH), self.rng.integers(0, HEIGHT - 7)
            drawn[y : y + 7, x : x + 1] += 50
        drawn = np.clip(drawn, 0, 255).astype(np.uint8)
        if clock is not None:
            # Written into a picture four times as large, as cameras do.
            strip = cv2.resize(drawn[:8], (4 * WIDTH, 32), interpolation=cv2.INTER_NEAREST)
            cv2.putText(
                strip, f"2026-11-26 {clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}", (8, 24), 5, 1, 255
            )
            drawn[:8] = cv2.resize(strip, (WIDTH, 8), interpolation=cv2.INTER_AREA)
        return drawn


def at(number):
    """When picture `number` was taken."""
    return BEGIN_US + number * STEP_US


def cells_under(figure):
    """The cells that a figure touches."""
    x, y, width, height = figure
    columns = range(max(0, round(x) // CELL), min(COLUMNS, round(x + width - 1) // CELL + 1))
    rows = range(max(0, round(y) // CELL), min(ROWS, round(y + height - 1) // CELL + 1))
    return {(column, row) for column in columns for row in rows}
