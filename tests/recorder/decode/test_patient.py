"""Detection gets luma alone, at its own pace, and key frames alone where the processor has better things to do."""

from itertools import pairwise

import av
import numpy as np
import pytest

from recorder.client.stream import StreamKey, StreamName
from recorder.client.views import View
from recorder.decode import crew, live, scaling, swscale
from recorder.decode.decoder import VideoDecoder
from recorder.decode.pace import Pace
from tests.recorder.decode.film import FRAME_US, START_US, film

KEY = StreamKey(1, StreamName.SUB)


def luma(house, view):
    surface = house.client.surface(view)
    if surface is None:
        return None
    memory = bytearray(surface.picture_bytes)
    picture = surface.copy(memory)
    if picture is None:
        return None
    return picture, np.frombuffer(memory, np.uint8).reshape(surface.height, surface.stride)[:, : surface.width]


def watch(house, size=(64, 48), per_s=5.0, view=1):
    house.client.watch(view, 1, StreamName.SUB, size, per_s)
    house.wait(lambda: house.media.live_subscriptions(KEY))


def push(house, made, first, until):
    house.media.push(KEY, made.epoch, made.samples()[first:until])


def shown(house, view, number):
    """Wait until a view has the picture of a number; gives how many it has had."""

    def there():
        seen = luma(house, view)
        return seen is not None and seen[0].at_us == START_US + number * FRAME_US and seen

    picture, lines = house.wait(there, lambda: f"picture {number}")
    return picture.sequence, lines


def step_by_step(house, made, first, until):
    for number in range(first, until):
        stream = house.wait(lambda: house.service.streams.get(KEY))
        before = stream._bytes_out
        push(house, made, number, number + 1)
        house.wait(lambda stream=stream, before=before: stream._bytes_out > before)


def test_luma_arrives_as_the_mean_of_the_pixels_that_it_stands_for(house):
    made = film()
    watch(house)
    push(house, made, 0, 1)
    _count, lines = shown(house, 1, 0)
    frame = VideoDecoder(made.epoch.video).decode(made.data[0], 0) or VideoDecoder(made.epoch.video).flush()
    truth = frame[0].to_ndarray(format="yuv420p")[:240].reshape(48, 5, 64, 5).mean(axis=(1, 3))
    assert np.abs(lines.astype(float) - truth).max() < 2


@pytest.mark.parametrize("frames_per_s", [4, 5, 6, 15, 25, 30])
def test_a_pace_is_kept_on_the_average_whatever_the_stream_has(frames_per_s):
    pace = Pace(5)
    due = [at for at in range(10 * frames_per_s) if pace.due(at * 1_000_000 // frames_per_s)]
    assert abs(len(due) - 10 * min(5, frames_per_s)) <= 1
    assert max(b - a for a, b in pairwise(due)) <= frames_per_s / 5 + 1
    assert pace.due(-5_000_000)  # the clock was set back


def test_a_view_has_no_more_pictures_than_it_asked_for(house):
    made = film()
    watch(house)
    step_by_step(house, made, 0, 50)
    house.wait(lambda: house.client.surface(1).sequence >= 9)
    assert house.client.surface(1).sequence <= 11  # 2 s at five a second


def test_key_frames_alone_where_the_processor_has_better_things_to_do_and_it_is_told(house, monkeypatch):
    monkeypatch.setattr(crew, "PATIENT_SHARE", -1.0)
    made = film()
    watch(house)
    step_by_step(house, made, 0, 40)
    stream = house.service.streams[KEY]
    assert stream.decoded == 4
    shown(house, 1, 30)
    house.wait(lambda: house.client.state(1).state is View.KEYS_ONLY)
    # Somebody looks: everything is decoded again, from the newest key frame on.
    house.client.view(2, 1, StreamName.SUB, 320, 240)
    house.wait(lambda: stream.decoded == 4 + 10)
    house.wait_number(2, 39)
    step_by_step(house, made, 40, 45)
    house.wait_number(2, 44)


def test_a_main_stream_that_nobody_looks_at_is_decoded_by_its_key_frames(house, monkeypatch):
    monkeypatch.setattr(live, "PATIENT_PIXELS", 320 * 240 - 1)
    watch(house)
    step_by_step(house, film(), 0, 30)
    assert house.service.streams[KEY].decoded == 3


def test_of_pictures_that_stand_alone_those_that_are_not_due_cost_nothing(house):
    watch(house)
    step_by_step(house, film(codec="mjpeg"), 0, 50)
    assert house.service.streams[KEY].decoded <= 13


def test_a_core_goes_to_what_is_looked_at_and_then_to_who_asked_first():
    worker = crew.Worker("test")
    try:
        assert worker.claim("first", 0.3, patient=True)
        assert not worker.claim("second", 0.3, patient=True)
        assert worker.claim("small", 0.1, patient=True)
        assert worker.claim("wall", 0.3, patient=False)
        assert not worker.claim("first", 0.3, patient=True)
        assert worker.claim("small", 0.1, patient=True)
    finally:
        worker.stop()


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (18, 4096), (4096, 18), (7680, 4320)])
@pytest.mark.parametrize("kind", ["yuv420p", "yuvj422p", "gray", "yuv420p10le", "rgb24"])
def test_luma_is_made_of_pictures_of_any_size_and_kind(size, kind):
    frame = av.VideoFrame(*size, kind)
    for plane in frame.planes:
        plane.update(bytes([90]) * plane.buffer_size)
    canvas = swscale.Canvas(swscale.pixels(176, 144, 1))
    scaling.show_luma(frame, canvas)
    assert canvas.pixels.min() >= 60
    assert canvas.pixels.max() <= 120 or kind == "yuv420p10le"
