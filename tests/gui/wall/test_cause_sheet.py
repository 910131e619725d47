"""Every cause fits every tile, with its button whole, on every screen."""

from datetime import UTC

import pytest
from pygame import Rect

from gui.toolkit.screen import Screen
from gui.toolkit.theme import Type
from gui.wall.cause_sheet import lay_out
from gui.wall.causes import TABLE, cause
from gui.wall.splits import OFFERED, SPLITS, Box
from gui.wall.strip import Strip
from tests.gui.doubles import NOW

SCREENS = [(1280, 720), (1920, 1080), (640, 480), (3840, 2160)]


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("split", OFFERED)
def test_every_cause_fits_every_tile_with_its_button(size, split):
    screen = Screen(size)
    narrowest = min(SPLITS[split].boxes(Box(0, 0, *size), 2), key=lambda box: (box.width, box.height))
    tile = Rect(*narrowest)
    height = tile.height - Strip.bounds(screen, tile).height
    inside = Rect(0, 0, tile.width, height)
    for kind in TABLE:
        told = cause(kind, NOW, UTC, since_us=NOW - 400 * 86_400_000_000, tries=2, next_try_us=NOW + 12_000_000)
        laid = lay_out(screen, told, tile.width, height)
        assert inside.contains(laid.button)
        assert screen.type.width(laid.label, laid.size) <= laid.button.width
        assert laid.lines
        below = 0
        for line in laid.lines:
            assert inside.contains(line.rect), (kind, line)
            assert screen.type.width(line.words, line.size) <= line.rect.width
            assert line.rect.top >= below
            below = line.rect.bottom
        assert below <= laid.button.top
        if laid.size is not Type.CAPTION:
            # Words do not stick to the upper edge while there is a smaller type.
            assert laid.lines[0].rect.top >= screen.theme.px(2)
