"""`python -m buildroot_external.image.splash OUT`: draw what is seen from the boot loader to the wall.

The picture is kept as board/common/splash.png, so that an image is built without a toolkit that draws.
"""

import sys
from pathlib import Path

import pygame
from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.text import Text
from gui.toolkit.theme import BACKGROUND, TEXT, Theme, Type

SIZE = 1280, 720
"""The boot loader stretches it to the size of the monitor."""
ICON = Path(__file__).parents[2] / "recorder" / "web" / "static" / "icon.svg"
ICON_SIDE = 120
GAP = 28


def draw() -> Surface:
    """The product's sign and name on the ground that the wall has."""
    picture = Surface(SIZE, 0, 32)
    picture.fill(BACKGROUND)
    words = Text(Theme(SIZE[1]))
    high = words.line_height(Type.DISPLAY)
    place = Rect(0, 0, ICON_SIDE, ICON_SIDE + GAP + high)
    place.center = picture.get_rect().center
    picture.blit(pygame.image.load_sized_svg(ICON, (ICON_SIDE, ICON_SIDE)), place.topleft)
    words.draw(picture, "Nightjar", Rect(0, place.bottom - high, SIZE[0], high), Type.DISPLAY, TEXT, Align.CENTER)
    return picture


if __name__ == "__main__":
    # Without transparency, which the boot loader would have to look at for each pixel.
    pygame.image.save(draw().convert(24), sys.argv[1])
