"""Small views of a stream are decoded without the deblocking filter; where it could be seen it is there."""

import time

import numpy as np
import pytest

from recorder.client.stream import StreamKey, StreamName
from recorder.client.views import Part
from recorder.decode import scaling
from recorder.decode.decoder import VideoDecoder
from tests.recorder.decode.conftest import PATIENCE_S
from tests.recorder.decode.film import Film, film

KEY = StreamKey(1, StreamName.SUB)


def show(house, width, height, view=1):
    house.client.view(view, 1, StreamName.SUB, width, height)


def play(house, made: Film, until: int, first: int = 0) -> None:
    """Send pictures one by one, each when the one before was decoded."""
    for sample in made.samples()[first:until]:
        stream = house.wait(lambda: house.service.streams.get(KEY))
        before = stream.decoded
        house.media.push(KEY, made.epoch, [sample])
        house.wait(lambda stream=stream, before=before: stream.decoded > before)


def true_picture(made: Film, number: int, width: int, height: int, part: Part | None = None) -> np.ndarray:
    """The picture, or a part of it, as a decoder gives it that leaves nothing out."""
    decoder = VideoDecoder(made.epoch.video)
    begin = max(at for at in range(number + 1) if made.keys[at])
    frames = [frame for at in range(begin, number + 1) for frame in decoder.decode(made.data[at], at)]
    return scaling.shown((frames + decoder.flush())[number - begin], width, height, part)


def started(house, made: Film, width: int, height: int, pictures: int = 25):
    show(house, width, height)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    play(house, made, pictures)
    return house.service.streams[KEY]


def shows(house, view: int, expected: np.ndarray) -> bool:
    seen = house.look(view)
    return seen is not None and np.array_equal(seen[1], expected)


def test_a_small_view_does_without_the_filter_and_is_close_to_the_true_picture(house):
    made = film(rough=True)
    assert started(house, made, 160, 120).coarse
    expected = true_picture(made, 24, 160, 120)
    shown = house.wait(lambda: house.look(1))[1]
    assert not np.array_equal(shown, expected)
    error = np.mean((shown[..., :3].astype(float) - expected[..., :3]) ** 2)
    assert 10 * np.log10(255**2 / error) > 30
    assert house.number(1) == 24


def test_a_view_that_grows_shows_the_true_picture_before_the_next_key_frame(house):
    made = film(rough=True)
    stream = started(house, made, 160, 120)
    show(house, 320, 240)
    house.wait(lambda: shows(house, 1, true_picture(made, 24, 320, 240)))
    assert not stream.coarse
    play(house, made, 27, first=25)
    house.wait(lambda: shows(house, 1, true_picture(made, 26, 320, 240)))


def test_one_large_view_gives_all_views_the_true_picture(house):
    made = film(rough=True)
    stream = started(house, made, 160, 120)
    show(house, 320, 240, view=2)
    house.wait(lambda: shows(house, 2, true_picture(made, 24, 320, 240)))
    play(house, made, 26, first=25)
    assert not stream.coarse
    house.wait(lambda: shows(house, 1, true_picture(made, 25, 160, 120)))


@pytest.mark.parametrize(("width", "height"), [(320, 240), (200, 150), (160, 200)])
def test_a_view_not_much_smaller_than_the_picture_is_true(house, width, height):
    made = film(rough=True)
    assert not started(house, made, width, height).coarse
    house.wait(lambda: shows(house, 1, true_picture(made, 24, width, height)))


def test_where_key_frames_are_far_apart_errors_must_not_add_up(house, monkeypatch):
    monkeypatch.setattr("recorder.decode.live.LEAN_GOP", 9)
    made = film(rough=True)
    assert not started(house, made, 160, 120).coarse
    house.wait(lambda: shows(house, 1, true_picture(made, 24, 160, 120)))


def test_a_still_of_a_stream_in_a_small_view_is_the_true_picture(house):
    made = film(rough=True)
    stream = started(house, made, 160, 120)
    house.client.still(1, StreamName.SUB).result(10)
    at_us, frame = stream.newest
    assert (at_us, stream.coarse) == (made.samples()[24].wall_us, False)
    target = scaling.shown(frame, 320, 240)
    assert np.array_equal(target, true_picture(made, 24, 320, 240))
    play(house, made, 32, first=25)
    assert stream.coarse  # and then it is spared again


def test_pictures_decoded_again_are_not_shown_again(house):
    made = film(count=60, gop=20, rough=True)
    stream = started(house, made, 160, 120, pictures=59)
    house.wait_number(1, 58)
    assert stream.coarse
    seen, begun, before = set(), time.monotonic(), stream.decoded
    show(house, 320, 240)
    while stream.coarse and time.monotonic() - begun < PATIENCE_S:
        seen.add(house.number(1))
    assert stream.decoded - before == 19  # 40, the key frame, to 58
    assert seen <= {None, 58}
