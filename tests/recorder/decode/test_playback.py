"""Playback: exact seeks, both directions, every speed, single pictures, holes, and views that stay together."""

import itertools

import pytest

from recorder.client.stream import StreamKey, StreamName
from recorder.client.tap import Mode
from recorder.client.views import PictureFlag, PlayState, PlayView, View
from recorder.decode import session
from recorder.decode.player import Player
from recorder.decode.view import ClientView
from tests.recorder.decode.film import FRAME_US, START_US, film
from tests.recorder.decode.taps import Stretch

SECOND = 1_000_000
MAIN = StreamName.MAIN


def at(number: int) -> int:
    return START_US + number * FRAME_US


def record(house, channel: int, *stretches) -> None:
    house.clock.wall_us = START_US + 86_400 * SECOND  # long after the footage
    house.reader.recorded[StreamKey(channel, MAIN)] = list(stretches)


def stretch(made, start_us: int = START_US, first: int = 0, count: int | None = None) -> Stretch:
    return Stretch(made.epoch, made.samples(start_us, first=first, count=count))


def open_views(house, *channels: int, at_us: int = START_US, size=(160, 120)) -> None:
    views = [PlayView(10 + channel, channel, MAIN, *size) for channel in channels]
    house.client.play_open(1, views, at_us)


def wait_state(house, state: PlayState, at_us: int | None = None):
    def found():
        told = house.client.position(1)
        return told if told and told.state is state and at_us in {None, told.at_us} else None

    return house.wait(found, lambda: f"{house.client.position(1)} never was {state} at {at_us}")


@pytest.mark.parametrize("number", [0, 1, 10, 19, 37, 99])
def test_a_seek_shows_exactly_the_picture_of_that_time(house, number):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(number) + FRAME_US // 2)
    house.wait_number(11, number)
    wait_state(house, PlayState.STANDING, at(number) + FRAME_US // 2)
    assert house.look(11)[0].flags == PictureFlag.NONE


def test_the_key_picture_comes_before_the_exact_one(house, monkeypatch):
    record(house, 1, stretch(film(100)))
    published = []
    show = ClientView.show

    def noting(self, frame, at_us, flags=PictureFlag.NONE):
        published.append((at_us, flags))
        show(self, frame, at_us, flags)

    monkeypatch.setattr(ClientView, "show", noting)
    open_views(house, 1, at_us=at(27))
    house.wait_number(11, 27)
    assert published == [(at(20), PictureFlag.PREVIEW), (at(27), PictureFlag.NONE)]


@pytest.mark.covers("D-PLAY-09")
@pytest.mark.parametrize(
    ("speed", "seconds", "number"), [(1.0, 1.2, 35), (0.25, 4.0, 30), (4.0, 0.5, 55), (2.0, 0.6, 35)]
)
def test_it_plays_by_the_clock_at_every_speed(house, clock, speed, seconds, number):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(5))
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, speed)
    wait_state(house, PlayState.PLAYING)
    clock.advance(seconds)
    house.wait_number(11, number)
    house.wait(lambda: house.client.position(1).at_us == at(number))


def test_from_eight_times_on_only_key_frames_are_read(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 8.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.3)  # 60 pictures on
    house.wait_number(11, 60)
    assert house.reader.asked[-1].mode is Mode.KEY


@pytest.mark.covers("D-PLAY-09")
def test_it_plays_backwards_picture_by_picture(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(45))
    house.wait_number(11, 45)
    house.client.play_speed(1, -1.0)
    wait_state(house, PlayState.PLAYING)
    for number in range(44, 18, -1):
        clock.advance(0.04)
        house.wait_number(11, number)
    assert house.reader.asked[-1].mode is Mode.REVERSE


def test_fast_backwards_shows_key_frames_and_ends_at_the_begin(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(95))
    house.wait_number(11, 95)
    house.client.play_speed(1, -16.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.1)
    house.wait(lambda: (house.number(11) or 99) <= 60)
    assert house.number(11) % 10 == 0
    assert house.reader.asked[-1].mode is Mode.REVERSE_KEY
    clock.advance(1)
    wait_state(house, PlayState.ENDED)
    assert house.number(11) == 0


def test_fast_backwards_jumps_over_a_hole_and_not_over_the_pause_between_key_frames(house, clock):
    made, sparse_us = film(100), 10 * SECOND
    later = START_US + 3600 * SECOND
    sparse = [made.samples(later + key * sparse_us, first=10 * key, count=1) for key in range(4)]
    record(house, 1, stretch(made, count=20), Stretch(made.epoch, list(itertools.chain.from_iterable(sparse))))
    open_views(house, 1, at_us=later + 3 * sparse_us)
    house.wait_number(11, 30)
    house.client.play_speed(1, -8.0)
    wait_state(house, PlayState.PLAYING)
    for number in (20, 10):
        clock.advance(1.25)
        house.wait_number(11, number)
    assert not any(getattr(event, "skipped_us", 0) for event in house.client.events())
    clock.advance(1.35)
    told = house.wait(lambda: (p := house.client.position(1)) and p.at_us <= at(10) and p)
    assert told.state is PlayState.PLAYING
    assert any(getattr(event, "skipped_us", 0) > 3000 * SECOND for event in house.client.events())


def test_after_fast_backwards_a_pause_and_a_step_are_exact(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(95))
    house.wait_number(11, 95)
    house.client.play_speed(1, -8.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.16)  # 32 pictures back, to 63
    house.wait(lambda: house.client.position(1).at_us <= at(63))
    house.client.play_speed(1, 0.0)
    house.wait_number(11, 63)
    house.client.play_step(1, -1)
    house.wait_number(11, 62)


def test_after_half_fast_backwards_a_pause_and_steps_leave_out_no_picture(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(95))
    house.wait_number(11, 95)
    house.client.play_speed(1, -4.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.2)  # 20 pictures back, to 75
    house.wait(lambda: house.client.position(1).at_us <= at(75))
    house.client.play_speed(1, 0.0)
    house.wait_number(11, 75)
    for number in (74, 73, 72, 71):
        house.client.play_step(1, -1)
        house.wait_number(11, number)


@pytest.mark.covers("D-PLAY-09")
def test_steps_go_on_and_back_by_one_picture_across_key_frames(house):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(28))
    house.wait_number(11, 28)
    number = 28
    for step in (1, 1, 1, -1, -1, -1, -1, -1, 1, 1, 7, -9):
        number += step
        house.client.play_step(1, step)
        house.wait_number(11, number)
        wait_state(house, PlayState.STANDING, at(number))


def test_steps_that_come_before_others_are_taken_are_all_taken(house):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(28))
    house.wait_number(11, 28)
    wait_state(house, PlayState.STANDING)
    for step in (1, 1, 1, 1, 1, -1, 1):
        house.client.play_step(1, step)
    wait_state(house, PlayState.STANDING, at(33))
    house.wait_number(11, 33)


def test_a_step_in_the_middle_of_a_seek_goes_from_where_that_leads(house):
    record(house, 1, stretch(film(100)))
    open_views(house, 1)
    wait_state(house, PlayState.STANDING)
    house.reader.until_us = at(74)
    house.client.play_seek(1, at(77))
    house.wait_number(11, 70)
    house.client.play_step(1, 1)
    house.client.play_step(1, 1)
    wait_state(house, PlayState.SEEKING)
    house.reader.catch_up()
    wait_state(house, PlayState.STANDING, at(79))
    house.wait_number(11, 79)


def test_a_step_goes_by_a_view_that_has_footage_and_not_across_the_hole_of_another(house, clock):
    made, later_us = film(100), START_US + 3600 * SECOND
    record(house, 1, stretch(made, count=20), stretch(made, later_us, first=50))
    record(house, 2, stretch(made))
    open_views(house, 1, 2, at_us=at(10))
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(2.8)
    house.wait_number(12, 80)
    house.wait(lambda: house.look(11)[0].flags & PictureFlag.EMPTY)
    house.client.play_speed(1, 0.0)
    wait_state(house, PlayState.STANDING)
    for number in (81, 82):
        house.client.play_step(1, 1)
        house.wait_number(12, number)
        wait_state(house, PlayState.STANDING, at(number))


def test_a_step_takes_all_views_along(house):
    record(house, 1, stretch(film(100)))
    record(house, 2, stretch(film(60, gop=7), START_US + 10_000))
    open_views(house, 1, 2, at_us=at(23))
    wait_state(house, PlayState.STANDING)
    for step, number in ((1, 24), (-2, 22), (-8, 14), (1, 15)):
        house.client.play_step(1, step)
        house.wait_number(11, number)
        house.wait_number(12, number - 1)  # taken 10 ms later, so its picture of that time is the one before


@pytest.mark.covers("V-PLAY-08")
def test_four_views_stay_within_a_picture_of_each_other(house, clock):
    for channel in (1, 2, 3, 4):
        record(house, channel, stretch(film(100)))
    open_views(house, 1, 2, 3, 4)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    for number in range(7, 63, 7):
        clock.advance(0.28)
        for view in (11, 12, 13, 14):
            house.wait_number(view, number)


def test_views_that_join_one_after_the_other_show_the_picture_of_those_that_stand(house):
    for channel in (1, 2, 3, 4):
        record(house, channel, stretch(film(100)))
    open_views(house, 1, at_us=at(33))
    house.wait_number(11, 33)
    for shown in (2, 3, 4):
        open_views(house, *range(1, shown + 1), at_us=at(33))
        for channel in range(1, shown + 1):
            house.wait_number(10 + channel, 33)
        wait_state(house, PlayState.STANDING, at(33))
    house.client.play_step(1, 1)
    house.wait_number(14, 34)


def test_a_hole_that_all_views_have_is_jumped_over_and_told(house, clock):
    made = film(100)
    later = START_US + 3600 * SECOND
    record(house, 1, stretch(made, count=20), stretch(made, later, first=30))
    open_views(house, 1, at_us=at(15))
    house.wait_number(11, 15)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.2)
    told = house.wait(lambda: (p := house.client.position(1)) and p.at_us >= later and p)
    assert told.state is PlayState.PLAYING
    house.wait_number(11, 30)
    assert any(getattr(event, "skipped_us", 0) > 3000 * SECOND for event in house.client.events())
    assert house.client.skipped(1) > 3000 * SECOND, "however many positions were told since"
    assert house.client.skipped(1) == 0


def test_a_time_in_which_no_view_has_footage_is_jumped_over_though_one_had_none_before(house, clock):
    made, hour_us = film(100), 3600 * SECOND
    record(house, 1, stretch(made, START_US + hour_us, first=20))
    record(house, 2, stretch(made, count=20), stretch(made, START_US + 2 * hour_us, first=50))
    open_views(house, 1, 2)
    house.wait_number(12, 0)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(12, 10)
    clock.advance(0.5)
    house.wait(lambda: house.client.position(1).at_us >= START_US + hour_us)
    house.wait_number(11, 20)
    assert house.client.position(1).at_us < START_US + hour_us + SECOND


def test_a_hole_is_jumped_over_backwards_too(house, clock):
    made = film(100)
    later = START_US + 3600 * SECOND
    record(house, 1, stretch(made, count=20), stretch(made, later, first=30))
    open_views(house, 1, at_us=later + 2 * FRAME_US)
    house.wait_number(11, 32)
    house.client.play_speed(1, -1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.12)
    house.wait_number(11, 19)


def test_a_seek_into_a_hole_goes_to_the_next_footage(house):
    made = film(100)
    later = START_US + 3600 * SECOND
    record(house, 1, stretch(made, count=20), stretch(made, later, first=30))
    open_views(house, 1, at_us=START_US + 1800 * SECOND)
    house.wait_number(11, 30)
    wait_state(house, PlayState.STANDING, later)


def test_a_channel_without_footage_at_this_time_is_empty_while_others_play(house, clock):
    made = film(100)
    record(house, 1, stretch(made))
    record(house, 2, stretch(made, START_US + 3 * SECOND))
    open_views(house, 1, 2, at_us=at(5))
    house.wait_number(11, 5)
    seen = house.wait(lambda: (s := house.look(12)) and s[0].flags & PictureFlag.EMPTY and s)
    assert not seen[1][:, :, :3].any()
    assert house.wait(lambda: house.client.state(12)).state is View.WAITING
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(2.9)
    house.wait_number(12, 2)
    house.wait_number(11, 77)


def test_a_view_that_fails_says_so_while_others_play_and_is_tried_again(house, monkeypatch):
    record(house, 1, stretch(film(100)))
    record(house, 2, stretch(film(100)))
    arrive = Player._arrive

    def fail(self, *order, **how):
        if self.key.channel == 2:
            raise ZeroDivisionError
        arrive(self, *order, **how)

    monkeypatch.setattr(session, "LATEST_ARRIVAL_S", 0.2)
    with monkeypatch.context() as broken:
        broken.setattr(Player, "_arrive", fail)
        open_views(house, 1, 2, at_us=at(5))
        house.wait_number(11, 5)
        told = house.wait(lambda: (s := house.client.state(12)) and s.state is View.UNDECODABLE and s)
        assert "could not be played" in told.reason
        wait_state(house, PlayState.STANDING, at(5))
    house.client.play_seek(1, at(7))
    house.wait_number(12, 7)
    assert house.wait(lambda: house.client.state(12).state is View.SHOWING)


def test_a_camera_that_was_taken_away_stays_black_while_the_others_play(house, clock):
    made, later_us = film(100), START_US + 60 * SECOND
    record(house, 1, stretch(made, later_us))
    record(house, 2, stretch(made, count=50))
    house.reader.strict = True
    open_views(house, 1, 2, at_us=later_us)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    for number in range(5, 60, 5):
        clock.advance(0.2)
        house.wait_number(11, number)
        assert house.look(12)[0].flags & PictureFlag.EMPTY


def test_a_seek_to_where_a_disk_does_not_answer_is_gone_on_from_when_it_does(house, clock, monkeypatch):
    monkeypatch.setattr("recorder.decode.player.AGAIN_S", 0.1)
    made = film(100)
    record(house, 1, stretch(made))
    open_views(house, 1)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    known, house.reader.recorded = house.reader.recorded, {}
    house.reader.broken = "Disk one does not answer."
    house.client.play_seek(1, at(50))
    wait_state(house, PlayState.WAITING, at(50))
    assert house.look(11)[0].flags & PictureFlag.EMPTY
    house.reader.broken, house.reader.recorded = "", known
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, 60)


def test_a_picture_that_is_late_is_no_hole(house, clock):
    house.reader.until_us = at(20)
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=at(5))
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(2.9)
    wait_state(house, PlayState.WAITING)
    assert not house.look(11)[0].flags & PictureFlag.EMPTY
    house.reader.catch_up()
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait(lambda: (house.number(11) or 0) > 75)


def test_the_end_of_the_footage_stops_at_the_last_picture(house, clock):
    record(house, 1, stretch(film(100), count=50))
    open_views(house, 1, at_us=at(40))
    house.wait_number(11, 40)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(5)
    told = wait_state(house, PlayState.ENDED)
    assert (told.at_us, told.speed) == (at(49), 0.0)
    assert house.number(11) == 49
    house.client.play_speed(1, -1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, 39)


@pytest.mark.parametrize("step", [False, True])
def test_from_the_end_it_goes_on_with_what_was_recorded_since(house, clock, step):
    made = film(100)
    record(house, 1, stretch(made, count=50))
    open_views(house, 1, at_us=at(45))
    house.wait_number(11, 45)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(1)
    wait_state(house, PlayState.ENDED, at(49))
    house.reader.recorded[StreamKey(1, MAIN)] = [stretch(made)]
    if step:
        house.client.play_step(1, 1)
        house.wait_number(11, 50)
        return
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, 59)


def test_where_a_disk_ends_a_playback_it_is_not_taken_for_the_end_of_the_footage(house, clock, monkeypatch):
    monkeypatch.setattr("recorder.decode.player.AGAIN_S", 0.1)
    made = film(100)
    record(house, 1, stretch(made, count=50))
    house.reader.broken = "Disk one does not answer."
    open_views(house, 1, at_us=at(45))
    house.wait_number(11, 45)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(1)
    house.wait(lambda: house.look(11)[0].flags & PictureFlag.EMPTY)
    assert house.look(11)[0].at_us >= at(49)
    house.wait(lambda: "Disk one" in house.client.state(11).reason)
    waits_at = wait_state(house, PlayState.WAITING).at_us
    house.reader.broken = ""
    house.reader.recorded[StreamKey(1, MAIN)] = [stretch(made)]
    # By itself it goes on where it was, once the disk answers.
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, (waits_at + 400_000 - START_US) // FRAME_US)


def test_a_camera_that_comes_back_is_played_again_beside_the_others_at_the_live_edge(house, clock, monkeypatch):
    monkeypatch.setattr("recorder.decode.player.AGAIN_S", 0.1)
    made, away_us = film(300), 60 * SECOND
    record(house, 1, stretch(made, START_US + away_us))
    record(house, 2, stretch(made, START_US, count=50))
    clock.wall_us = START_US + away_us + 5 * SECOND
    open_views(house, 1, 2, at_us=START_US + away_us)
    wait_state(house, PlayState.STANDING)
    assert house.look(12)[0].flags & PictureFlag.EMPTY
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, 10)
    back_us = START_US + away_us + SECOND
    house.reader.recorded[StreamKey(2, MAIN)].append(stretch(made, back_us, first=100, count=100))
    house.wait(lambda: sum(one.channel == 2 and one.from_us > START_US + away_us for one in house.reader.asked) > 3)
    clock.advance(1)
    house.wait_number(12, 110)
    house.wait_number(11, 35)


def test_a_seek_beyond_all_footage_shows_its_last_picture(house):
    record(house, 1, stretch(film(100)))
    open_views(house, 1, at_us=START_US + 600 * SECOND)
    house.wait_number(11, 99)


def test_at_the_live_edge_it_waits_and_follows(house, clock, monkeypatch):
    monkeypatch.setattr("recorder.decode.footage.FOLLOW_S", 0.05)
    made = film(100)
    record(house, 1, stretch(made, count=50))
    clock.wall_us = at(51)
    open_views(house, 1, at_us=at(40))
    house.wait_number(11, 40)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.8)
    house.wait_number(11, 49 if house.client.position(1).state is PlayState.WAITING else house.number(11))
    wait_state(house, PlayState.WAITING)
    record_now = clock.wall_us
    house.reader.recorded[StreamKey(1, MAIN)] = [stretch(made)]
    clock.wall_us = record_now
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait(lambda: (house.number(11) or 0) > 55)


def test_a_newer_seek_replaces_an_older_one(house):
    record(house, 1, stretch(film(100)))
    open_views(house, 1)
    for number in range(0, 100, 3):
        house.client.play_seek(1, at(number))
    house.wait_number(11, 99)
    wait_state(house, PlayState.STANDING, at(99))


def test_seeking_while_it_plays_plays_on_from_there(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1)
    wait_state(house, PlayState.STANDING)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    house.client.play_seek(1, at(70))
    wait_state(house, PlayState.PLAYING, at(70))
    clock.advance(0.4)
    house.wait_number(11, 80)


def test_a_restarted_reader_is_asked_for_what_is_missing(house, clock):
    record(house, 1, stretch(film(100)))
    open_views(house, 1)
    wait_state(house, PlayState.STANDING)
    house.reader.hang_up()
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    for number in range(10, 100, 10):
        clock.advance(0.4)
        house.wait_number(11, number)


def test_a_resized_playback_view_shows_its_picture_in_the_new_size(house):
    record(house, 1, stretch(film(100)))
    record(house, 2, stretch(film(100)))
    open_views(house, 1, 2, at_us=at(33))
    house.wait_number(11, 33)
    open_views(house, 1, at_us=at(0), size=(320, 240))
    seen = house.wait(lambda: (s := house.look(11)) and s[1].shape == (240, 320, 4) and s)
    assert seen
    assert house.number(11) == 33
    assert house.client.surface(12) is None


def test_footage_of_changed_size_plays_on(house, clock):
    small, large = film(100), film(50, width=640, height=480)
    second = Stretch(large.epoch, large.samples(at(20)))
    record(house, 1, stretch(small, count=20), second)
    open_views(house, 1, at_us=at(15))
    house.wait_number(11, 15)
    house.client.play_speed(1, 1.0)
    wait_state(house, PlayState.PLAYING)
    clock.advance(0.4)
    house.wait_number(11, 5)
    house.wait(lambda: house.client.state(11).width == 640)


def test_long_gops_go_backwards_exactly_in_little_memory(house, clock, monkeypatch):
    monkeypatch.setattr("recorder.decode.session.PICTURE_BYTES", 2 * 5 * 160 * 120 * 3 // 2)  # five pictures
    record(house, 1, stretch(film(100, gop=50)))
    open_views(house, 1, at_us=at(63))
    house.wait_number(11, 63)
    house.client.play_speed(1, -1.0)
    wait_state(house, PlayState.PLAYING)
    for number in range(62, 30, -1):
        clock.advance(0.04)
        house.wait_number(11, number)


def test_a_step_that_comes_before_anything_is_shown_is_taken_from_the_time_that_was_asked_for(house):
    record(house, 1, stretch(film(60)))
    open_views(house, 1, at_us=at(33))
    house.client.play_step(1, 1)
    house.wait_number(11, 34)


@pytest.mark.parametrize(("codec", "b_frames"), [("h265", 2), ("mjpeg", 0), ("mpeg4", 0), ("mpeg4", 2)])
def test_other_codecs_and_reordered_pictures_play_exactly(house, codec, b_frames):
    record(house, 1, stretch(film(60, codec=codec, b_frames=b_frames)))
    open_views(house, 1, at_us=at(33))
    house.wait_number(11, 33)
    for step, number in ((1, 34), (-1, 33), (-1, 32), (2, 34)):
        house.client.play_step(1, step)
        house.wait_number(11, number)
