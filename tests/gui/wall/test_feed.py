"""The wall hears from media as soon as there is one, and again after it was killed."""

import socket
import threading

import msgspec
import pytest

from gui.wall.feed import MediaFeed
from recorder.client import wire
from recorder.client.clock import ManualClock
from recorder.client.status import MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName


class FakeMedia:
    """Answers one `watch` at a time with what it is told to push."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen()
        self.listener.settimeout(5)
        self.accepted = []

    def close(self):
        for one in (*self.accepted, self.listener):
            one.close()

    def accept(self):
        connection, _ = self.listener.accept()
        self.accepted.append(connection)
        connection.settimeout(5)
        splitter, frames = wire.Splitter(), []
        while not frames:
            frames = splitter.feed(connection.recv(4096))
        assert wire.decode(frames[0][1]) == {"op": "watch"}
        return connection


class Heard:
    """Waits, without guessing, until the feed says what is wanted."""

    def __init__(self):
        self.told = threading.Condition()

    def wake(self):
        with self.told:
            self.told.notify_all()

    def until(self, condition):
        with self.told:
            assert self.told.wait_for(condition, timeout=60)


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def media(tmp_path):
    media = FakeMedia(tmp_path / "media.sock")
    yield media
    media.close()


@pytest.fixture
def feed(tmp_path, heard):
    feed = MediaFeed(tmp_path / "media.sock", ManualClock(), heard.wake)
    yield feed
    feed.close()


def status(state):
    return MediaStatus(1, 1, (StreamStatus(1, StreamName.SUB, state),), names={1: "Yard"})


def test_what_media_pushes_is_known(media, feed, heard):
    assert feed.lost_since_us == ManualClock().now_us()
    feed.start()
    connection = media.accept()
    connection.sendall(wire.encode(status(StreamState.PLAYING)))
    heard.until(lambda: feed.latest is not None)
    assert feed.latest == status(StreamState.PLAYING)
    assert feed.lost_since_us is None


def test_a_killed_media_is_told_and_found_again_and_its_last_words_stay(media, feed, heard):
    feed.start()
    first = media.accept()
    first.sendall(wire.encode(status(StreamState.PLAYING)))
    heard.until(lambda: feed.lost_since_us is None)
    first.close()
    heard.until(lambda: feed.lost_since_us is not None)
    assert feed.latest.names == {1: "Yard"}
    second = media.accept()
    second.sendall(wire.encode(status(StreamState.STALLED)))
    heard.until(lambda: feed.lost_since_us is None)
    assert feed.latest.streams[0].state is StreamState.STALLED


@pytest.mark.parametrize(
    "rubbish",
    [b"\xff" * 64, wire.HEADER.pack(3, 0) + b"{}", wire.encode({"op": "status", "time_us": "now"})],
    ids=["no frame", "no message", "no status"],
)
def test_rubbish_is_hung_up_on_and_the_feed_goes_on(media, feed, heard, rubbish):
    feed.start()
    first = media.accept()
    first.sendall(rubbish)
    second = media.accept()
    second.sendall(wire.encode({**msgspec.to_builtins(status(StreamState.PLAYING)), "of a later version": 1}))
    heard.until(lambda: feed.lost_since_us is None)
    first.close()
