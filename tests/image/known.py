"""What a monitor is to show: the calm sheet as it is drawn here, and what the simulated cameras look at."""

import subprocess
from pathlib import Path

import pygame
from pygame import Rect, Surface

from recorder.client.clock import SECOND_US
from tests.gui.wall.conftest import WallInHand

SMALL = (32, 18)
"""Moving things and a camera's clock are less than a pixel of it."""
MIDDLE = (0.02, 0.2, 0.96, 0.68)
"""Of a tile: what is not covered by clock, name and state, as shares of it: left, top, width, height."""


def calm_sheet(size: tuple[int, int], now_us: int, network: str) -> Surface:
    """Draw the wall of a recorder without camera and disk at a time; `network` is what it says of its address."""
    hand = WallInHand(size)
    hand.clock.step((now_us - hand.clock.now_us()) / SECOND_US)
    hand.doors.simulation, hand.doors.network = False, network
    hand.open()
    hand.tell(disks=())
    hand.refresh()
    return hand.surface


def scene(url: str, out: Path) -> Surface:
    """Have ffmpeg take a picture of a camera."""
    words = ("-loglevel", "error", "-y", "-rtsp_transport", "tcp", "-i", url, "-frames:v", "1", str(out))
    subprocess.run(["ffmpeg", *words], check=True, timeout=300)
    return pygame.image.load(str(out))


def unlike(one: Surface, other: Surface) -> float:
    """How far two pictures of one thing are apart: the mean difference of grey, 0 to 255."""
    left, right = _grey(one), _grey(other)
    return sum(abs(a - b) for a, b in zip(left, right, strict=True)) / len(left)


def middle(picture: Surface, tile: Rect | None = None) -> Surface:
    """What of a picture, or of a tile of it, nothing is written over."""
    tile = tile or picture.get_rect()
    left, top, wide, high = MIDDLE
    place = Rect(tile.x + tile.w * left, tile.y + tile.h * top, tile.w * wide, tile.h * high)
    return picture.subsurface(place)


def _grey(picture: Surface) -> list[float]:
    data = pygame.image.tobytes(pygame.transform.smoothscale(picture.convert(32), SMALL), "RGB")
    return [0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2] for at in range(0, len(data), 3)]
