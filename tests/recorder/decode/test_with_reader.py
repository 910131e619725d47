"""Playback, stills and export from a real store through the real reader: the same promises as with the fake tap."""

import threading

import pytest

from recorder.client.stream import StreamKey, StreamName
from recorder.client.views import PlayState, PlayView
from recorder.playback.job import ExportJob, State
from tests.recorder.decode.film import FRAME_US, START_US, film
from tests.recorder.decode.recording import reader_process, record
from tests.recorder.decode.taps import Stretch
from tests.recorder.playback.from_reader import export
from tests.recorder.playback.test_export import decoded, source

MAIN = StreamName.MAIN
LATER = START_US + 600_000_000


def at(number: int) -> int:
    return START_US + number * FRAME_US


@pytest.fixture
def recorded(house):
    """100 pictures, ten minutes of nothing, 60 pictures; a second channel that has only the first."""
    made = film(100)
    first, second = Stretch(made.epoch, made.samples()), Stretch(made.epoch, made.samples(LATER, first=40))
    house.reader.close()
    record(
        house.instance, {StreamKey(1, MAIN): [first, second], StreamKey(2, MAIN): [Stretch(made.epoch, made.samples())]}
    )
    house.clock.wall_us = START_US + 86_400_000_000
    with reader_process(house.instance):
        house.wait(lambda: house.service.reader.connected)
        yield made


def state(house, wanted):
    return house.wait(lambda: (told := house.client.position(1)) and told.state is wanted and told)


@pytest.mark.covers("D-PLAY-09", "V-PLAY-05", "V-PLAY-07")
@pytest.mark.usefixtures("recorded")
def test_playback_of_a_real_store_is_exact_in_both_directions(house, clock):
    house.client.play_open(1, [PlayView(1, 1, MAIN, 160, 120), PlayView(2, 2, MAIN, 160, 120)], at(57))
    for view in (1, 2):
        house.wait_number(view, 57)
    for step, number in ((1, 58), (1, 59), (1, 60), (-1, 59), (-1, 58), (-9, 49)):
        house.client.play_step(1, step)
        for view in (1, 2):
            house.wait_number(view, number)
    house.client.play_speed(1, -1.0)
    state(house, PlayState.PLAYING)
    for number in range(48, 28, -1):
        clock.advance(0.04)
        for view in (1, 2):
            house.wait_number(view, number)
    house.client.play_seek(1, at(97))
    house.client.play_speed(1, 1.0)
    state(house, PlayState.PLAYING)
    clock.advance(0.2)
    house.wait_number(1, 40)  # over the hole
    house.wait(lambda: house.client.position(1).at_us >= LATER)
    clock.advance(0.2)
    house.wait_number(1, 45)


@pytest.mark.covers("V-PLAY-06")
@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(("speed", "number"), [(8.0, 80), (-8.0, 10)])
def test_fast_playback_of_a_real_store_goes_from_key_to_key(house, clock, speed, number):
    begin = 20 if speed > 0 else 70
    house.client.play_open(1, [PlayView(1, 1, MAIN, 160, 120)], at(begin))
    house.wait_number(1, begin)
    house.client.play_speed(1, speed)
    state(house, PlayState.PLAYING)
    clock.advance(0.3)
    house.wait_number(1, number)


@pytest.mark.usefixtures("recorded")
def test_seeks_into_the_hole_and_beyond_the_end_find_footage(house):
    house.client.play_open(1, [PlayView(1, 1, MAIN, 160, 120)], START_US + 300_000_000)
    house.wait_number(1, 40)
    house.client.play_seek(1, LATER + 300_000_000)
    house.wait_number(1, 99)
    house.client.play_seek(1, START_US - 300_000_000)
    house.wait_number(1, 0)


@pytest.mark.usefixtures("recorded")
def test_a_still_of_a_real_store_is_the_picture_of_that_time(house):
    assert house.client.still(1, MAIN, at(33), width=160).result(10).at_us == at(33)


@pytest.mark.covers("D-BKP-01")
def test_an_export_of_a_real_store_equals_what_was_recorded(house, recorded, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    job = ExportJob((1, 2), MAIN, at(15), LATER + 30 * FRAME_US, str(folder))
    done = export(job, house.instance.socket("reader"), lambda _progress: None, threading.Event())
    assert done.state is State.DONE, done.words
    assert len(done.files) == 3
    samples, later = recorded.samples(), recorded.samples(LATER, first=40)
    assert decoded(done.files[0]) == source(recorded, samples[10:])
    assert decoded(done.files[1]) == source(recorded, later[:30])
    assert decoded(done.files[2]) == source(recorded, samples[10:])
