"""What is copied into a display controller's memory, byte by byte."""

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygame import Rect, Surface

from gui.presenter.scanout import Scanout


def painted(size):
    surface = Surface(size, 0, 32)
    for x in range(size[0]):
        for y in range(size[1]):
            surface.set_at((x, y), ((x * 37) % 256, (y * 53) % 256, (x * y) % 256))
    return surface


def pixels(memory, pitch, size):
    return [[bytes(memory[y * pitch + x * 4 : y * pitch + x * 4 + 3]) for x in range(size[0])] for y in range(size[1])]


@given(
    pitch=st.sampled_from((40, 64)),
    area=st.tuples(st.integers(-3, 12), st.integers(-3, 9), st.integers(0, 12), st.integers(0, 9)),
    at=st.tuples(st.integers(0, 9), st.integers(0, 7)),
)
def test_an_area_arrives_at_its_place_and_nothing_else_changes(pitch, area, at):
    size, canvas = (10, 8), painted((10, 8))
    memory = bytearray(pitch * size[1])
    Scanout(memoryview(memory), size, pitch).put(canvas, Rect(area), at)
    part = Rect(area).clip(canvas.get_rect())
    for y, row in enumerate(pixels(memory, pitch, size)):
        for x, found in enumerate(row):
            inside = Rect(at, part.size).collidepoint(x, y)
            red, green, blue, _none = (
                canvas.get_at((part.x + x - at[0], part.y + y - at[1])) if inside else (0, 0, 0, 0)
            )
            assert found == bytes((blue, green, red))
    assert not any(any(memory[y * pitch + 40 : (y + 1) * pitch]) for y in range(size[1]))


def test_sixteen_bits_keep_the_upper_bits_of_each_colour():
    canvas = Surface((3, 1), 0, 32)
    for x, colour in enumerate(((255, 0, 0), (0, 255, 0), (8, 4, 255))):
        canvas.set_at((x, 0), colour)
    memory = bytearray(8)
    Scanout(memoryview(memory), (3, 1), 8, bits=16).put(canvas, canvas.get_rect(), (0, 0))
    told = [int.from_bytes(memory[at : at + 2], "little") for at in (0, 2, 4)]
    assert told == [0xF800, 0x07E0, (1 << 11) | (1 << 5) | 0x1F]


@pytest.mark.parametrize(("size", "pitch", "bits"), [((10, 8), 36, 32), ((10, 9), 40, 32), ((10, 8), 40, 24)])
def test_a_picture_that_cannot_lie_there_is_refused(size, pitch, bits):
    with pytest.raises(ValueError, match="10x"):
        Scanout(memoryview(bytearray(320)), size, pitch, bits)


def test_a_surface_is_free_again_after_the_copy():
    canvas = painted((4, 4))
    Scanout(memoryview(bytearray(64)), (4, 4), 16).put(canvas, canvas.get_rect(), (0, 0))
    assert not canvas.get_locked()
    pygame.draw.rect(canvas, (1, 2, 3), Rect(0, 0, 2, 2))
