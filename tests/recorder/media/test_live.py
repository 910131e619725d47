import pytest

from recorder.client.clock import ManualClock
from recorder.client.stream import Codec, Epoch, SampleFlag, StreamKey, TrackKind, TrackParameters
from recorder.client.tap import EpochMessage, Mode, Subscribe, unpack_sample
from recorder.media.feed import Feed
from recorder.media.live import BACKLOG_BYTES, LiveSubscription

VIDEO = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000)
AUDIO = TrackParameters(1, TrackKind.AUDIO, Codec.PCMU, 8000)
GOP = 50


class Client:
    """A client that reads when told to."""

    def __init__(self):
        self.backlog = 0
        self.got = []

    def put(self, header, data):
        self.backlog += len(header) + len(data)
        self.got.append(unpack_sample(header[5:] + bytes(data)))

    def send(self, message):
        self.got.append(message)

    def samples(self):
        return [one.sample for one in self.got if not isinstance(one, EpochMessage)]


class Camera:
    def __init__(self, size=1000):
        self.clock = ManualClock()
        self.feed = Feed(StreamKey(1), self.clock)
        self.feed.keep(0, 64 << 20)
        self.feed.begin()
        self.feed.epoch(Epoch(1, (VIDEO, AUDIO)))
        self.count, self.size = 0, size

    def play(self, frames):
        for _ in range(frames):
            flags = SampleFlag.KEY if self.count % GOP == 0 else SampleFlag.NONE
            data = self.count.to_bytes(4, "big") + bytes(self.size)
            now_us = self.clock.boot_us
            self.feed.samples([(0, now_us, flags, data), (1, now_us, SampleFlag.NONE, b"sound")])
            self.count += 1
            self.clock.advance(0.04)

    def watched_by(self, client, **options):
        ended = []
        subscription = LiveSubscription(Subscribe(7, 1, **options), self.feed, client, ended.append)
        subscription.start()
        return subscription, ended


def numbers(client):
    return [int.from_bytes(bytes(one.data[:4]), "big") for one in client.samples() if one.track == 0]


def test_a_new_view_begins_at_the_newest_key_frame_without_waiting():
    camera, client = Camera(), Client()
    camera.play(120)
    camera.watched_by(client)
    assert numbers(client) == list(range(100, 120))
    assert isinstance(client.got[0], EpochMessage)
    assert SampleFlag.KEY in client.samples()[0].flags
    camera.play(5)
    assert numbers(client) == list(range(100, 125))


def test_a_slow_view_skips_to_the_next_key_frame_and_never_holds_more():
    camera, client = Camera(size=100_000), Client()
    camera.watched_by(client)
    camera.play(3 * GOP - 10)
    seen = numbers(client)
    assert seen == list(range(len(seen)))
    assert client.backlog <= BACKLOG_BYTES + 2 * 100_100
    client.backlog = 0
    camera.play(10)
    assert numbers(client) == seen, "nothing before the next key frame"
    camera.play(3)
    assert numbers(client) == [*seen, 150, 151, 152]
    assert SampleFlag.DISCONTINUITY in client.samples()[-3].flags


def test_a_slow_view_does_not_slow_another():
    camera, slow, fast = Camera(size=100_000), Client(), Client()
    camera.watched_by(slow)
    camera.watched_by(fast)
    for _ in range(100):
        camera.play(1)
        fast.backlog = 0
    assert numbers(fast) == list(range(100))


def test_a_long_gop_sent_at_the_start_is_no_sign_of_a_slow_view():
    camera, client = Camera(size=200_000), Client()
    camera.play(GOP - 5)
    subscription, _ended = camera.watched_by(client)
    assert client.backlog > BACKLOG_BYTES
    camera.play(4)
    assert numbers(client) == list(range(GOP - 1))
    client.backlog = 0
    subscription.drained()
    camera.play(60)
    assert client.backlog <= BACKLOG_BYTES + 2 * 200_100


def test_sound_comes_only_when_asked_for():
    camera, silent, loud = Camera(), Client(), Client()
    camera.watched_by(silent)
    camera.watched_by(loud, audio=True)
    camera.play(3)
    assert {one.track for one in silent.samples()} == {0}
    assert {one.track for one in loud.samples()} == {0, 1}


def test_key_frames_alone_can_be_had():
    camera, client = Camera(), Client()
    camera.play(10)
    camera.watched_by(client, mode=Mode.KEY)
    camera.play(200)
    assert numbers(client) == [0, 50, 100, 150, 200]


def test_new_parameters_come_before_their_first_picture():
    camera, client = Camera(), Client()
    camera.watched_by(client)
    camera.play(GOP)
    camera.feed.epoch(Epoch(2, (TrackParameters(0, TrackKind.VIDEO, Codec.H265, 90_000), AUDIO)))
    camera.play(1)
    *_before, message, arrived = [one for one in client.got if getattr(one, "epoch", None) != 1][-2:]
    assert message.epoch.number == 2
    assert arrived.epoch == 2


def test_the_last_picture_of_a_camera_that_is_gone_is_not_shown_as_live():
    camera, client = Camera(), Client()
    camera.play(20)
    camera.feed.end()
    camera.watched_by(client)
    assert client.samples() == []


@pytest.mark.parametrize("frames", [1, 3])
def test_a_view_with_an_end_is_told_of_it(frames):
    camera, client = Camera(), Client()
    _subscription, ended = camera.watched_by(client, until_us=camera.clock.wall_us + frames * 40_000)
    camera.play(frames)
    assert ended == []
    camera.play(2)
    assert ended
    assert len(numbers(client)) == frames


def test_who_wants_the_sound_alone_gets_no_picture_and_needs_no_key_frame():
    camera, client = Camera(), Client()
    camera.play(GOP + 10)
    camera.watched_by(client, audio=True, video=False)
    before = len(client.samples())
    camera.play(5)
    assert {one.track for one in client.samples()} == {1}
    assert (len(client.samples()), before) == (before + 5, 10)
    assert SampleFlag.DISCONTINUITY in client.samples()[0].flags
