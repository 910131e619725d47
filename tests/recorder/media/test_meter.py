from recorder.client.clock import SECOND_US
from recorder.media.meter import Meter


def play(meter, seconds, frames_per_s=25, size=1000, start_us=0):
    for frame in range(round(seconds * frames_per_s)):
        meter.frames += 1
        meter.bytes += size
        meter.newest_us = start_us + frame * SECOND_US // frames_per_s
        if frame % frames_per_s == 0:
            meter.tick()


def test_rates_are_those_of_the_last_five_seconds():
    meter = Meter()
    play(meter, 20, frames_per_s=25)
    play(meter, 6.01, frames_per_s=10, start_us=20 * SECOND_US)
    assert meter.frames_per_s == 10
    assert meter.bits_per_s == 80_000


def test_a_second_after_the_first_picture_the_rate_is_right():
    meter = Meter()
    play(meter, 1.04, frames_per_s=25)
    assert meter.frames_per_s == 25


def test_another_connection_or_a_jump_of_time_begins_anew():
    meter = Meter()
    play(meter, 5)
    play(meter, 3, start_us=-3600 * SECOND_US)
    assert meter.frames_per_s == 25
    meter.restart()
    assert meter.frames_per_s == 0
