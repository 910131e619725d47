"""Planes that decode shares are drawn in the colours that they have, at any size, and nowhere else."""

import os

import av
import numpy as np
import pygame
import pytest
from av.video.reformatter import ColorRange

from gui.wall.pictures import Picture
from recorder.client.surface import Surface
from recorder.client.views import Colours, PictureFlag
from recorder.decode import scaling
from recorder.decode.pictures import SharedPictures

BLUE = (0, 0, 200)
KINDS = {Colours.BT601: (5, ColorRange.MPEG), Colours.BT709: (1, ColorRange.MPEG), Colours.JPEG: (5, ColorRange.JPEG)}


class Decode:
    """Shares one view."""

    def __init__(self, width, height):
        self.pictures = SharedPictures(width, height)
        one = self.pictures
        told = one.width, one.height, one.stride, one.slots, one.slot_bytes
        self._surface = Surface(os.dup(one.descriptor), 1, *told)

    def surface(self, _view):
        return self._surface


def rainbow(colours, size=(704, 576)):
    """A picture in which all colours are, each next to similar ones."""
    width, height = size
    red, green = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    rgb = np.stack((red, green, 255 - (red + green) / 2), axis=-1).astype(np.uint8)
    space, extent = KINDS[colours]
    made = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=space, dst_color_range=extent
    )
    made.colorspace, made.color_range = space, extent
    return made


def taken(decode, frame):
    colours = scaling.show_planes(frame, decode.pictures.planes)
    decode.pictures.publish(7, PictureFlag.PREVIEW, colours)
    picture = Picture(decode, 1)
    assert picture.refresh()
    return picture, colours


def pixels(surface, left, top, width, height):
    whole = np.frombuffer(surface.get_buffer().raw, np.uint8).reshape(surface.get_height(), -1, 4)
    return whole[top : top + height, left : left + width, :3].astype(int)


@pytest.mark.parametrize("size", [(358, 268), (352, 288), (63, 47), (17, 19), (704, 576), (1281, 721)])
@pytest.mark.parametrize("colours", KINDS)
def test_planes_are_drawn_as_the_pixels_that_decode_would_have_made(size, colours):
    width, height = size
    frame = rainbow(colours)
    picture, told = taken(Decode(width, height), frame)
    assert told is colours
    target = pygame.Surface((width + 40, height + 30), depth=32)
    target.fill(BLUE)
    picture.draw(target, (20, 10))
    as_pixels = scaling.shown(frame, width + width % 2, height + height % 2)[:height, :width, :3]
    error = np.abs(pixels(target, 20, 10, width, height) - as_pixels)
    # Pixels come in pairs of columns and rows, so that those of odd sizes lie up to half a pixel beside planes.
    step = 255 / min(width, height) if width % 2 or height % 2 else 0
    assert error.mean() < 2 + step / 2
    assert error.max() <= 12 + 2 * step
    outside = pixels(target, 0, 0, width + 40, height + 30)
    outside[10 : 10 + height, 20 : 20 + width] = BLUE[::-1]
    assert (outside == BLUE[::-1]).all()


@pytest.mark.parametrize("at", [(-10, 5), (300, 200), (0, 0)])
@pytest.mark.parametrize("depth", [24, 32])
def test_planes_that_have_to_be_cut_or_turned_into_another_format_look_the_same(at, depth):
    picture, _colours = taken(Decode(358, 268), rainbow(Colours.BT601))
    straight, cut = pygame.Surface((358, 268), depth=32), pygame.Surface((400, 300), depth=depth)
    picture.draw(straight, (0, 0))
    cut.fill(BLUE)
    cut.set_clip((20, 20, 300, 250))
    picture.draw(cut, at)
    drawn = pygame.Rect(at, (358, 268)).clip(cut.get_clip())
    for x in range(0, 400, 7):
        for y in range(0, 300, 7):
            expected = straight.get_at((x - at[0], y - at[1]))[:3] if drawn.collidepoint(x, y) else BLUE
            assert cut.get_at((x, y))[:3] == expected


def test_planes_are_scaled_in_their_colours():
    picture, _colours = taken(Decode(358, 268), rainbow(Colours.JPEG))
    straight = pygame.Surface((358, 268), depth=32)
    picture.draw(straight, (0, 0))
    small = picture.scaled((179, 134))
    assert small.get_at((90, 60))[:3] == pytest.approx(straight.get_at((181, 121))[:3], abs=4)


def test_pixels_after_planes_are_drawn_as_pixels():
    decode = Decode(64, 48)
    picture, _colours = taken(decode, rainbow(Colours.BT709))
    decode.pictures.publish_empty(9)
    assert picture.refresh()
    target = pygame.Surface((64, 48), depth=32)
    target.fill(BLUE)
    picture.draw(target, (0, 0))
    assert not pixels(target, 0, 0, 64, 48).any()
    assert picture.flags is PictureFlag.EMPTY
