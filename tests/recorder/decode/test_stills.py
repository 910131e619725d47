"""Stills: live and recorded, at the asked width, refused in words."""

import av
import numpy as np
import pytest

from recorder.client.errors import NightjarError
from recorder.client.still import NoStill
from recorder.client.stream import StreamKey, StreamName
from recorder.decode import scaling
from recorder.decode.stills import encode
from tests.recorder.decode.film import START_US, film, number_of
from tests.recorder.decode.taps import Stretch

MAIN = StreamName.MAIN
KEY = StreamKey(1, MAIN)


def look(jpeg: bytes) -> np.ndarray:
    decoder = av.CodecContext.create("mjpeg", "r")
    return decoder.decode(av.Packet(jpeg))[0].to_ndarray(format="bgra")


@pytest.mark.parametrize("codec", ["h264", "mjpeg", "mpeg4"])
def test_a_recorded_still_is_the_picture_of_that_time(house, clock, codec):
    made = film(100, codec=codec)
    house.reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    clock.wall_us += 86_400_000_000
    still = house.client.still(1, MAIN, START_US + 47 * 40_000 + 5, width=160).result(10)
    picture = look(still.jpeg)
    assert picture.shape[:2] == (120, 160)
    assert number_of(picture) == 47
    assert still.at_us == START_US + 47 * 40_000


def test_a_live_still_is_the_newest_key_frame_and_leaves_no_subscription(house, monkeypatch):
    monkeypatch.setattr("recorder.decode.service.LINGER_S", 0.01)
    made = film()
    house.media.push(KEY, made.epoch, made.samples(first=10, count=1))
    still = house.client.still(1, MAIN).result(10)
    assert number_of(look(still.jpeg)) == 10
    assert look(still.jpeg).shape[:2] == (240, 320)
    house.wait(lambda: not house.media.live_subscriptions(KEY))


def test_a_still_is_kept_for_a_second(house, clock):
    made = film(100)
    house.reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    clock.wall_us += 86_400_000_000
    ask = lambda: house.client.still(1, MAIN, START_US).result(10)  # noqa: E731
    assert ask().jpeg == ask().jpeg
    assert len(house.reader.asked) == 1
    clock.advance(1.1)
    ask()
    assert len(house.reader.asked) == 2


@pytest.mark.covers("D-ENC-04")
def test_a_better_quality_is_nearer_to_the_picture_and_takes_more_room():
    dice = np.random.default_rng(3)
    frame = av.VideoFrame.from_ndarray(dice.integers(0, 255, (120, 160, 3), np.uint8), "rgb24").reformat(
        format="yuv420p"
    )
    whole = scaling.shown(frame, 160, 120)[..., :3].astype(int)
    made = [encode(frame, 0, quality) for quality in range(1, 7)]
    assert [len(one) for one in made] == sorted({len(one) for one in made})
    off = [np.abs(look(one)[..., :3].astype(int) - whole).mean() for one in made]
    assert off == sorted(off, reverse=True)
    assert encode(frame, 0, 0) == made[0]
    assert encode(frame, 0, 99) == made[5]


def test_a_time_without_footage_is_told(house):
    with pytest.raises(NoStill, match="nothing is recorded"):
        house.client.still(1, MAIN, START_US).result(10)


@pytest.mark.parametrize(("away_us", "number"), [(-3_600_000_000, None), (-5_000_000, 0), (60_000_000, None)])
def test_a_picture_of_another_time_is_none_of_the_time_that_was_asked_for(house, clock, away_us, number):
    made = film(100)
    hours_later = made.samples(START_US + 7_200_000_000, first=50)
    house.reader.recorded[KEY] = [Stretch(made.epoch, made.samples(count=50)), Stretch(made.epoch, hours_later)]
    clock.wall_us += 86_400_000_000
    asked = house.client.still(1, MAIN, START_US + away_us)
    if number is None:
        with pytest.raises(NoStill, match="nothing is recorded at this time"):
            asked.result(10)
    else:
        assert number_of(look(asked.result(10).jpeg)) == number


def test_a_camera_that_sends_nothing_is_told(house, monkeypatch):
    monkeypatch.setattr("recorder.decode.stills.PATIENCE_S", 0.05)
    with pytest.raises(NightjarError, match="no picture"):
        house.client.still(1, MAIN).result(10)
