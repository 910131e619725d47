"""Scaling keeps colours: BT.601 and BT.709, limited and full range, against swscale."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from recorder.client.views import Colours
from recorder.decode import scaling, swscale
from recorder.decode.pictures import SharedPictures
from recorder.decode.swscale import Canvas, NoConversion

SPACES = {"itu601": 5, "itu709": 1}
COLOURS = [(220, 40, 30), (40, 200, 60), (30, 50, 210), (230, 210, 40), (128, 128, 128), (250, 250, 250), (5, 5, 5)]


def painted(colour, space: str, *, full: bool, size=(640, 360), kind: str = "yuv420p") -> av.VideoFrame:
    rgb = np.full((size[1], size[0], 3), colour, np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    made = frame.reformat(
        format=kind, dst_colorspace=SPACES[space], dst_color_range=ColorRange.JPEG if full else ColorRange.MPEG
    )
    made.colorspace = SPACES[space]
    made.color_range = ColorRange.JPEG if full else ColorRange.MPEG
    return made


@pytest.mark.parametrize("space", ["itu601", "itu709"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_comes_out_as_it_was_painted(space, full, colour):
    target = scaling.shown(painted(colour, space, full=full), 320, 180)
    blue, green, red = target[90, 160, :3].tolist()
    assert np.abs(np.array((red, green, blue)) - np.array(colour)).max() <= 8


@pytest.mark.parametrize("kind", ["yuv422p", "yuv444p", "yuv420p10le", "gray"])
def test_other_pixel_formats_are_shown_too(kind):
    target = scaling.shown(painted((128, 128, 128), "itu601", full=False, kind=kind), 160, 90)
    assert np.abs(target[45, 80, :3].astype(int) - 128).max() <= 8


def test_unnamed_colours_are_bt709_from_720_lines_on():
    small, large = (painted((220, 40, 30), "itu709", full=False, size=size) for size in ((640, 360), (1280, 720)))
    shown = []
    for frame in (small, large):
        frame.colorspace = 2
        target = scaling.shown(frame, 160, 90)
        shown.append(target[45, 80, 2])
    assert abs(int(shown[1]) - 220) <= 8
    assert abs(int(shown[0]) - 220) > 8


def test_fine_texture_becomes_grey_and_no_moire():
    frame = av.VideoFrame(1920, 1080, "yuv420p")
    for plane, value in zip(frame.planes, (None, 128, 128), strict=True):
        data = np.full((plane.height, plane.line_size), value or 0, np.uint8)
        if value is None:
            data[:, ::2] = 235
            data[:, 1::2] = 16
        plane.update(data)
    target = scaling.shown(frame, 480, 270)
    assert int(target[..., 1].max()) - int(target[..., 1].min()) < 12


def test_a_small_picture_is_the_mean_of_what_it_leaves_out():
    chance = np.random.default_rng(4)
    frame = av.VideoFrame(704, 576, "yuv420p")
    luma = chance.integers(16, 236, (576, 704), np.uint8)
    padded = np.zeros((576, frame.planes[0].line_size), np.uint8)
    padded[:, :704] = luma
    frame.planes[0].update(padded)
    for plane in frame.planes[1:]:
        plane.update(np.full((plane.height, plane.line_size), 128, np.uint8))
    target = scaling.shown(frame, 352, 288)
    mean = (luma.reshape(288, 2, 352, 2).mean((1, 3)) - 16) * 255 / 219
    assert np.abs(target[..., 1] - mean).mean() < 4


def test_a_picture_that_is_scaled_already_is_shown_as_it_is():
    frame = painted((220, 40, 30), "itu709", full=True, kind="yuvj420p")
    small = scaling.scaled(frame, 320, 180)
    assert scaling.scaled(small, 320, 180) is small
    assert scaling.size(small) >= 320 * 180 * 3 // 2
    target = scaling.shown(small, 320, 180)
    assert np.abs(target[90, 160, 2::-1].astype(int) - (220, 40, 30)).max() <= 8


@pytest.mark.parametrize("size", [(33, 17), (358, 268), (640, 360), (1281, 721)])
def test_every_size_is_filled_to_the_edge(size):
    width, height = size
    target = scaling.shown(painted((250, 250, 250), "itu601", full=False), width, height)
    assert int(target[..., :3].min()) > 240


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("size", [(33, 17), (358, 268), (1074, 806), (1281, 721)])
def test_a_slope_goes_on_to_the_last_column(size, kept):
    width, height = size
    frame = av.VideoFrame(704, 576, "yuv420p")
    luma = np.zeros((576, frame.planes[0].line_size), np.uint8)
    luma[:, :704] = np.linspace(16, 235, 704)
    frame.planes[0].update(luma)
    for plane in frame.planes[1:]:
        plane.update(np.full((plane.height, plane.line_size), 128, np.uint8))
    target = scaling.shown(scaling.scaled(frame, width, height) if kept else frame, width, height)
    steps = np.diff(target[..., 1].astype(int), axis=1)
    assert steps.min() >= -2
    assert steps.max() <= 255 / width + 4
    assert target[:, -1, 1].min() >= 250 - 255 / width


@pytest.mark.parametrize(("space", "full"), [(9, False), (1, True)])
def test_colours_that_no_reader_of_planes_knows_are_not_given_as_planes(space, full):
    frame = painted((220, 40, 30), "itu709", full=full)
    frame.colorspace = space
    pictures = SharedPictures(320, 180)
    assert scaling.show_planes(frame, pictures.planes) is Colours.PIXELS
    assert not pictures.next_slot().any()


@pytest.mark.parametrize("size", [(320, 180), (358, 268), (17, 19), (640, 360), (63, 47)])
def test_a_view_gets_its_planes_and_no_other_memory_is_touched(size):
    pictures = SharedPictures(*size)
    memory = np.frombuffer(pictures._memory, np.uint8)
    before = memory.copy()
    frame = painted((220, 40, 30), "itu709", full=False)
    assert scaling.show_planes(frame, pictures.planes) is Colours.BT709
    begin = pictures.canvas.pointers[0] - memory.__array_interface__["data"][0]
    touched = np.flatnonzero(memory != before)
    assert begin <= touched.min()
    assert touched.max() < begin + pictures.slot_bytes
    assert len(touched) >= size[0] * size[1] * 3 // 2


@pytest.mark.parametrize("size", [(320, 180), (358, 268), (17, 19)])
def test_a_view_gets_its_picture_and_no_other_memory_is_touched(size):
    width, height = size
    frame = painted((220, 40, 30), "itu709", full=False)
    pictures = SharedPictures(width, height)
    pictures.publish_empty(0)
    scaling.show(frame, pictures.canvas)
    rows, columns = pictures.next_slot().shape[:2]
    assert np.array_equal(scaling.shown(frame, columns, rows), pictures.next_slot())
    pictures.publish(1)
    pictures.publish(2)
    assert not pictures.next_slot()[..., :3].any()
    assert not np.frombuffer(pictures._memory, np.uint8)[88:4096].any()


def test_memory_that_swscale_would_write_beyond_is_no_canvas():
    for memory in (np.zeros((64, 63, 4), np.uint8), swscale.pixels(64, 64, 4)[:, 1:]):
        with pytest.raises(ValueError, match="rows"):
            Canvas(memory)


def test_what_swscale_does_not_know_is_refused_in_words():
    frame = av.VideoFrame(64, 64, "gray32le")
    with pytest.raises(NoConversion, match="gray32le"):
        scaling.shown(frame, 64, 64)
