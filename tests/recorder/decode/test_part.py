"""A part of a picture: cut out of the picture as it was decoded, where it was asked for; refused where it is none."""

import threading

import av
import numpy as np
import pytest

from recorder.client.errors import Invalid
from recorder.client.stream import StreamKey, StreamName
from recorder.client.views import Part, PlayState, PlayView
from recorder.decode import scaling
from recorder.decode.part import checked, pixels_of
from recorder.decode.pictures import SharedPictures
from recorder.decode.view import ClientView
from tests.recorder.decode.film import film
from tests.recorder.decode.test_lean import play, true_picture
from tests.recorder.decode.test_playback import at, open_views, record, stretch, wait_state

KEY = StreamKey(1, StreamName.SUB)
NAN = float("nan")
INFINITE = float("inf")
WRONG = [
    Part(-0.1, 0, 0.5, 0.5),
    Part(0, -0.1, 0.5, 0.5),
    Part(0.6, 0, 0.5, 0.5),
    Part(0, 0.6, 0.5, 0.5),
    Part(0.2, 0.2, 0, 0.5),
    Part(0.2, 0.2, 0.5, -0.5),
    Part(0.2, 0.2, 0.001, 0.5),
    Part(NAN, 0, 0.5, 0.5),
    Part(0, 0, NAN, 0.5),
    Part(0, 0, 0.5, INFINITE),
    Part(-INFINITE, 0, INFINITE, 0.5),
]


def fine(width=640, height=480, kind="yuv420p") -> av.VideoFrame:
    """Noise in all planes: no pixel is like its neighbour."""
    chance = np.random.default_rng(7)
    frame = av.VideoFrame(width, height, kind)
    for plane in frame.planes:
        plane.update(chance.integers(16, 236, (plane.height, plane.line_size), np.uint8).tobytes())
    frame.colorspace, frame.color_range = 5, 1
    return frame


@pytest.mark.parametrize("part", WRONG)
def test_what_is_no_part_of_a_picture_is_refused(part):
    with pytest.raises(Invalid):
        checked(part)


def test_a_part_that_only_rounding_takes_past_the_edge_is_one():
    part = Part(0.7, 0.9, 0.3 + 1e-9, 0.1 + 1e-9)
    pixels = pixels_of(checked(part), fine())
    assert (pixels.x + pixels.width, pixels.y + pixels.height) == (640, 480)


@pytest.mark.parametrize("size", [(640, 480), (641, 481), (352, 288), (18, 18)])
@pytest.mark.parametrize("kind", ["yuv420p", "yuv422p", "yuv444p", "gray", "yuv411p", "nv12"])
def test_every_part_lies_within_its_picture_and_begins_at_a_pixel_of_chroma(size, kind):
    chance = np.random.default_rng(1)
    frame = av.VideoFrame(*size, kind)
    across = {"yuv420p": 2, "yuv422p": 2, "nv12": 2, "yuv411p": 4}.get(kind, 1)
    down = {"yuv420p": 2, "nv12": 2}.get(kind, 1)
    for _time in range(200):
        width, height = chance.uniform(1 / 64, 1, 2)
        part = Part(chance.uniform(0, 1 - width), chance.uniform(0, 1 - height), width, height)
        x, y, wide, high = pixels_of(part, frame)
        assert x % across == 0
        assert y % down == 0
        assert 0 <= x < x + wide <= size[0]
        assert 0 <= y < y + high <= size[1]
        assert wide >= 16
        assert high >= 16


def test_a_part_keeps_its_size_wherever_it_is_moved_to():
    frame = av.VideoFrame(641, 481, "yuv420p")
    sizes = {pixels_of(Part(left / 1000, left / 1000, 0.353, 0.353), frame)[2:] for left in range(0, 640, 7)}
    assert len(sizes) == 1


LAYOUTS = {
    "yuv420p": ((1, 1, 1), (2, 2, 1), (2, 2, 1)),
    "yuv422p": ((1, 1, 1), (2, 1, 1), (2, 1, 1)),
    "yuv444p": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "yuv411p": ((1, 1, 1), (4, 1, 1), (4, 1, 1)),
    "yuv420p10le": ((1, 1, 2), (2, 2, 2), (2, 2, 2)),
    "gbrp": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "gray": ((1, 1, 1),),
    "nv12": ((1, 1, 1), (2, 2, 2)),
}
"""Of each plane: pixels of luma across and down for one of its own, and bytes for that."""


def copied(frame, kind, x, y, width, height):
    """Some pixels of a frame as a frame of their own."""
    made = av.VideoFrame(width, height, kind)
    for source, target, (across, down, size) in zip(frame.planes, made.planes, LAYOUTS[kind], strict=True):
        rows = np.frombuffer(bytes(source), np.uint8).reshape(-1, source.line_size)
        wide, high = width // across * size, height // down
        begin = x // across * size
        into = np.zeros((target.height, target.line_size), np.uint8)
        into[:high, :wide] = rows[y // down : y // down + high, begin : begin + wide]
        target.update(into.tobytes())
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    return made


@pytest.mark.covers("D-LIVE-10")
@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("size", [(320, 240), (640, 480), (200, 150), (321, 241)])
def test_a_part_is_what_a_copy_of_those_pixels_would_be(kind, size, monkeypatch):
    frame = fine().reformat(format=kind) if kind.endswith("10le") else fine(kind=kind)
    frame.colorspace, frame.color_range = 5, 1
    # A whole picture is made larger in a quicker way.
    monkeypatch.setattr(scaling, "_BETWEEN", scaling._SHARP)
    monkeypatch.setattr(scaling, "_kept", scaling._Kept())
    target = scaling.shown(frame, *size, Part(0.25, 0.5, 0.5, 0.5))
    expected = scaling.shown(copied(frame, kind, 160, 240, 320, 240), *size)
    assert np.array_equal(target, expected)
    assert not np.array_equal(target, scaling.shown(copied(frame, kind, 160, 238, 320, 240), *size))


def test_a_part_shows_pixels_that_a_picture_made_larger_has_lost():
    frame = fine()
    part = Part(0.375, 0.375, 0.25, 0.25)
    luma = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(480, -1)[180:300, 240:400]
    sharp = scaling.shown(frame, 160, 120, part)[..., 1]
    small = av.VideoFrame.from_ndarray(scaling.shown(frame, 160, 120)[..., 2::-1].copy(), format="rgb24")
    blurred = scaling.shown(small, 160, 120, part)[..., 1]
    assert np.corrcoef(sharp.ravel(), luma.ravel())[0, 1] > 0.6
    assert np.corrcoef(blurred.ravel(), luma.ravel())[0, 1] < 0.3


@pytest.mark.parametrize("part", [Part(0, 0, 0.1, 0.1), Part(0.9, 0.9, 0.1, 0.1), Part(0.5, 0, 0.5, 1), None])
def test_as_planes_a_part_is_what_it_is_as_pixels_and_no_other_memory_is_touched(part):
    frame = fine()
    pictures = SharedPictures(320, 240)
    memory = np.frombuffer(pictures._memory, np.uint8)
    before = memory.copy()
    scaling.show_planes(frame, pictures.planes, part)
    luma = memory[pictures.canvas.pointers[0] - memory.__array_interface__["data"][0] :][: 384 * 240]
    luma = luma.reshape(240, 384)[:, :320].astype(float)
    expected = scaling.shown(frame, 320, 240, part)[..., :3].astype(float) @ (0.114, 0.587, 0.299)
    # Colours that do not exist were cut off, which changes how light a pixel is.
    assert np.corrcoef(luma.ravel(), expected.ravel())[0, 1] > 0.9
    touched = np.flatnonzero(memory != before)
    begin = pictures.canvas.pointers[0] - memory.__array_interface__["data"][0]
    assert begin <= touched.min()
    assert touched.max() < begin + pictures.slot_bytes


# Live.


def show(house, part=None, view=1, size=(160, 120)):
    house.client.view(view, 1, StreamName.SUB, *size, part=part)


def shows(house, view, expected):
    seen = house.look(view)
    return seen is not None and np.array_equal(seen[1], expected)


def cut(made, number, part, size=(160, 120)):
    return true_picture(made, number, *size, part)


@pytest.mark.covers("D-LIVE-10")
def test_a_view_is_asked_for_another_part_and_shows_it_at_once_in_the_same_memory(house):
    made, part = film(rough=True), Part(0.5, 0.25, 0.25, 0.25)
    show(house, Part(0, 0, 0.5, 0.5))
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, 8)
    house.wait(lambda: shows(house, 1, cut(made, 7, Part(0, 0, 0.5, 0.5))))
    memory = house.client.surface(1)
    show(house, part)
    house.wait(lambda: shows(house, 1, cut(made, 7, part)))
    play(house, made, 9, first=8)
    house.wait(lambda: shows(house, 1, cut(made, 8, part)))
    show(house)
    house.wait(lambda: shows(house, 1, cut(made, 8, None)))
    assert house.client.surface(1) is memory
    assert house.service.streams[KEY].decoded == 9


def test_a_part_of_a_picture_that_was_decoded_without_the_filter_is_decoded_with_it(house):
    made, part = film(rough=True), Part(0.25, 0.25, 0.5, 0.5)
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, 25)
    stream = house.service.streams[KEY]
    assert stream.coarse
    show(house, part)
    house.wait(lambda: shows(house, 1, cut(made, 24, part)))
    assert not stream.coarse


def test_a_part_that_moves_has_nothing_decoded_again(house):
    made = film(rough=True)
    show(house, Part(0, 0, 0.5, 0.5))
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, 5)
    stream = house.service.streams[KEY]
    for step in range(10):
        part = Part(step / 20, step / 20, 0.5, 0.5)
        show(house, part)
        house.wait(lambda part=part: shows(house, 1, cut(made, 4, part)))
    assert stream.decoded == 5
    assert house.media.live_subscriptions(KEY) == 1


def test_while_a_picture_is_on_its_way_with_all_filters_a_part_that_moves_asks_for_nothing_more(house):
    made = film(rough=True)
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, 25)
    stream = house.service.streams[KEY]
    assert stream.coarse
    blocked, go = threading.Event(), threading.Event()
    stream._worker.put(lambda: (blocked.set(), go.wait(60)))
    assert blocked.wait(60)
    before = len(house.media.asked)
    for step in range(1, 11):
        show(house, part := Part(step / 20, step / 20, 0.5, 0.5))
    view = stream.views[0]
    house.wait(lambda: view.part == part)
    go.set()
    house.wait(lambda: shows(house, 1, cut(made, 24, part)))
    assert len(house.media.asked) == before + 1


@pytest.mark.parametrize("part", WRONG)
def test_a_wrong_part_is_refused_and_the_view_goes_on_as_it_was(house, part):
    made = film()
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, 2)
    house.wait_number(1, 1)
    show(house, part)
    show(house, part, view=2)
    play(house, made, 3, first=2)
    house.wait_number(1, 2)
    assert house.client.surface(2) is None


def test_luma_for_detection_is_of_whole_pictures(house):
    made = film()
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    house.client._send(
        {"op": "view", "id": 2, "channel": 1, "stream": "sub", "width": 160, "height": 120, "grey": True}
        | {"part": {"left": 0, "top": 0, "width": 0.5, "height": 0.5}}
    )
    play(house, made, 2)
    house.wait_number(1, 1)
    assert len(house.service.streams[KEY].views) == 1


# Recorded.


def look_at(house, part, size=(160, 120)):
    house.client.play_open(1, [PlayView(11, 1, StreamName.MAIN, *size, part)], at(0))


@pytest.mark.covers("D-PLAY-11")
def test_a_part_of_a_recorded_picture_is_shown_while_it_stands_and_while_it_plays(house, clock):
    made, part = film(rough=True), Part(0.5, 0.25, 0.25, 0.25)
    record(house, 1, stretch(made))
    open_views(house, 1, at_us=at(7))
    wait_state(house, PlayState.STANDING)
    look_at(house, part)
    house.wait(lambda: shows(house, 11, cut(made, 7, part)))
    assert house.client.position(1).at_us == at(7)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.2)
    house.wait(lambda: shows(house, 11, cut(made, 12, part)))
    look_at(house, None)
    clock.advance(0.04)
    house.wait(lambda: shows(house, 11, cut(made, 13, None)))
    assert house.client.position(1).state is PlayState.PLAYING


def test_backwards_too_a_part_is_of_the_picture_as_it_was_decoded(house, clock):
    made, part = film(rough=True), Part(0.5, 0.25, 0.25, 0.25)
    record(house, 1, stretch(made))
    open_views(house, 1, at_us=at(27))
    house.client.play_step(1, -1)
    wait_state(house, PlayState.STANDING, at(26))
    look_at(house, part)
    house.wait(lambda: shows(house, 11, cut(made, 26, part)))
    other = Part(0.1, 0.6, 0.25, 0.25)
    asked = len(house.reader.asked)
    look_at(house, other)
    house.wait(lambda: shows(house, 11, cut(made, 26, other)))
    assert len(house.reader.asked) == asked  # what is kept holds all parts
    house.client.play_speed(1, -1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.12)
    house.wait(lambda: shows(house, 11, cut(made, 23, other)))


@pytest.mark.parametrize("part", WRONG)
def test_a_wrong_part_opens_no_session(house, part):
    record(house, 1, stretch(film()))
    look_at(house, part)
    open_views(house, 1, at_us=at(3))
    house.wait_number(11, 3)


def test_a_view_without_a_part_is_not_asked_more_of(monkeypatch):
    asked = []
    monkeypatch.setattr(scaling, "show", lambda _frame, _canvas, part: asked.append(part))

    class Wire:
        def send(self, message):
            pass

        def send_with(self, message, descriptor):
            pass

    view = ClientView(1, Wire(), None, 160, 120)
    view.show(fine(), 0)
    assert asked == [None]
    assert view.spread == (160, 120)
    view.change(160, 120, Part(0, 0, 0.5, 0.25))
    assert view.spread == (320, 480)
