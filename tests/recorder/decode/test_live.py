"""Live views: one decode for all of them, other sizes without a dark moment, hostile streams, restarts."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from recorder.client.stream import SAMPLE_BYTES, StreamKey, StreamName
from recorder.client.views import Colours, View
from tests.recorder.decode.film import film

KEY = StreamKey(1, StreamName.SUB)


def show(house, view=1, channel=1, width=160, height=120):
    house.client.view(view, channel, StreamName.SUB, width, height)


def held_up(house, made, count):
    """Show the first picture of so many, and let the others wait for a worker that does something else until told."""
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    stream = house.wait(lambda: house.service.streams.get(KEY))
    samples = made.samples(count=count)
    house.media.push(KEY, made.epoch, samples[:1])
    house.wait_number(1, 0)
    blocked, go = threading.Event(), threading.Event()
    stream._worker.put(lambda: (blocked.set(), go.wait(60)))
    assert blocked.wait(60)
    house.media.push(KEY, made.epoch, samples[1:])
    house.wait(lambda: len(stream._waiting) == count - 1)
    return stream, go


def test_a_view_shows_the_newest_key_frame_of_the_ring_at_once(house):
    made = film()
    house.media.push(KEY, made.epoch, made.samples(count=1))
    show(house)
    house.wait_number(1, 0)
    state = house.wait(lambda: (told := house.client.state(1)) and told.state is View.SHOWING and told)
    assert (state.codec, state.width, state.height) == ("h264", 320, 240)


def test_every_picture_that_comes_slowly_is_shown(house):
    made = film()
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    for number, sample in enumerate(made.samples(count=15)):
        house.media.push(KEY, made.epoch, [sample])
        house.wait_number(1, number)


def test_two_views_of_a_stream_cost_one_subscription_and_one_decode(house):
    made = film()
    show(house, 1)
    show(house, 2, width=320, height=240)
    house.media.push(KEY, made.epoch, made.samples(count=5))
    house.wait_number(1, 4)
    house.wait_number(2, 4)
    assert house.media.live_subscriptions(KEY) == 1
    assert house.service.streams[KEY].decoded == 5


def test_a_view_that_changes_size_keeps_its_picture_and_gets_it_in_the_new_size(house):
    made = film()
    show(house)
    house.media.push(KEY, made.epoch, made.samples(count=3))
    house.wait_number(1, 2)
    old = house.client.surface(1)
    show(house, width=64, height=48)
    seen = house.wait(lambda: house.client.surface(1) is not old and house.look(1))
    assert seen[1].shape == (48, 64, 4)
    assert house.number(1) == 2
    assert house.media.live_subscriptions(KEY) == 1


def test_a_view_that_changes_stream_shows_the_old_one_until_the_new_one_has_a_picture(house):
    made, other = film(), StreamKey(2, StreamName.SUB)
    show(house)
    house.media.push(KEY, made.epoch, made.samples(count=4))
    house.wait_number(1, 3)
    show(house, channel=2)
    house.wait(lambda: house.media.live_subscriptions(other))
    assert house.number(1) == 3
    house.media.push(other, made.epoch, made.samples(count=10))
    house.wait_number(1, 9)


def test_a_stream_that_nobody_shows_is_let_go(house, monkeypatch):
    monkeypatch.setattr("recorder.decode.service.LINGER_S", 0.01)
    show(house)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    house.client.close_view(1)
    house.wait(lambda: not house.media.live_subscriptions(KEY))


def test_odd_sizes_are_given_exactly(house):
    made = film()
    show(house, width=161, height=121)
    house.media.push(KEY, made.epoch, made.samples(count=2))
    house.wait_number(1, 1)
    assert house.look(1)[1].shape == (121, 161, 4)


def test_every_codec_and_reordered_pictures_are_shown_in_order(house):
    films = (film(codec="h265"), film(b_frames=2), film(codec="mjpeg"), film(codec="mpeg4"))
    for channel, made in enumerate(films, 1):
        key = StreamKey(channel, StreamName.SUB)
        show(house, channel, channel)
        house.wait(lambda key=key: house.media.live_subscriptions(key))
        seen, sent, stream = [], 0, house.wait(lambda key=key: house.service.streams.get(key))
        for sample in made.samples(count=40):
            house.media.push(key, made.epoch, [sample])
            sent += len(sample.data) + SAMPLE_BYTES
            house.wait(lambda stream=stream, sent=sent: stream._bytes_out == sent)
            done = threading.Event()
            stream._worker.put(done.set)
            assert done.wait(60)
            seen.append(house.number(channel))
        settled = [number for number in seen[12:] if number is not None]
        assert settled == sorted(settled)
        assert settled[-1] >= 35


def test_after_a_backlog_it_goes_on_at_the_newest_key_frame_and_says_so(house, clock):
    made = film()
    stream, go = held_up(house, made, 35)
    clock.advance(0.7)
    before = stream.decoded
    go.set()
    house.wait_number(1, 34)
    assert stream.decoded - before == 5  # 30, the key frame, to 34
    house.wait(lambda: house.client.state(1).state is View.KEYS_ONLY)
    clock.advance(6)
    house.media.push(KEY, made.epoch, made.samples(first=40, count=2))
    house.wait(lambda: house.client.state(1).state is View.SHOWING)


def test_a_decoder_that_is_always_behind_still_shows_a_picture_five_times_a_second(house, clock):
    made = film(20, gop=20)
    stream, go = held_up(house, made, 19)
    stream.on_picture.add(lambda: clock.advance(0.1))
    before = house.client.surface(1).sequence
    go.set()
    house.wait_number(1, 18)
    assert stream.decoded == 19
    # Every other one, until the last three, behind which hardly anything waits.
    assert house.client.surface(1).sequence - before == 7 + 3


def test_a_stream_whose_key_frames_are_minutes_apart_is_caught_up_with(house, clock):
    made = film(400, gop=400)
    # As a view that joins gets it: all since the key frame at once, more than is decoded in a moment.
    stream, go = held_up(house, made, 400)
    clock.advance(5)
    go.set()
    house.wait_number(1, 399)
    assert stream.decoded == 400


def test_a_restarted_media_is_found_again_and_the_picture_stays_meanwhile(house):
    made = film()
    show(house)
    house.media.push(KEY, made.epoch, made.samples(count=3))
    house.wait_number(1, 2)
    house.media.hang_up()
    house.wait(lambda: house.client.state(1).state is View.WAITING)
    assert house.number(1) == 2
    house.wait(lambda: house.media.live_subscriptions(KEY))
    house.media.push(KEY, made.epoch, made.samples(first=10, count=2))
    house.wait_number(1, 11)
    house.wait(lambda: house.client.state(1).state is View.SHOWING)


def test_changed_codec_parameters_change_the_decoder(house):
    small, large = film(), film(width=640, height=480, count=20)
    show(house)
    house.media.push(KEY, small.epoch, small.samples(count=3))
    house.wait_number(1, 2)
    house.media.push(KEY, replace(large.epoch, number=2), large.samples(count=8))
    house.wait_number(1, 7)
    # The picture travels through memory, the word about it through the socket.
    house.wait(lambda: house.client.state(1).width == 640)


@pytest.mark.parametrize("size", [(0, 100), (100, -1), (9000, 9000), (8, 8)])
def test_a_view_of_an_impossible_size_is_refused_and_the_connection_lives(house, size):
    show(house, 1, width=size[0], height=size[1])
    made = film()
    show(house, 2)
    house.media.push(KEY, made.epoch, made.samples(count=2))
    house.wait_number(2, 1)
    assert house.client.surface(1) is None


def test_who_reads_planes_gets_the_same_picture_as_planes(house):
    made = film()
    show(house, 1)
    house.client._planes = True
    show(house, 2)
    house.media.push(KEY, made.epoch, made.samples(count=5))
    house.wait_number(1, 4)
    picture, pixels = house.look(1)
    surface = house.wait(lambda: house.client.surface(2))
    newest = house.wait(lambda: (told := surface.newest()) and told.at_us == picture.at_us and told)
    assert newest.colours is Colours.BT601
    luma = np.frombuffer(surface.memory(newest.slot), np.uint8).reshape(-1, surface.planar.stride)[:120, :160]
    green = pixels[..., 1].astype(int)
    assert np.abs((luma.astype(int) - 16) * 255 / 219 - green).mean() < 6
