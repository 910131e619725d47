"""A stop follows every move, whatever fails, and what is held is asked for again."""

import threading

import pytest

from gui.ptz.steering import STILL, TRIES, Motion, Steering
from recorder.client.errors import Unavailable

RIGHT, UP = Motion(pan=0.5), Motion(tilt=0.5)


class Dome:
    """Remembers what it was sent; fails as often as it is told to."""

    def __init__(self):
        self.sent = []
        self.fail_moves = self.fail_stops = 0
        self.heard = threading.Condition()
        self.told = []

    def note(self, what):
        with self.heard:
            self.sent.append(what)
            self.heard.notify_all()

    def move(self, motion):
        self.note(motion)
        if self.fail_moves:
            self.fail_moves -= 1
            raise Unavailable(process="control")

    def stop(self):
        self.note("stop")
        if self.fail_stops:
            self.fail_stops -= 1
            raise Unavailable(process="control")

    def wait(self, seen):
        with self.heard:
            assert self.heard.wait_for(lambda: seen(self.sent), 60), self.sent


@pytest.fixture
def dome():
    return Dome()


@pytest.fixture
def steering(dome):
    found = Steering(dome.move, dome.stop, dome.told.append, again_s=0.01, retry_s=0.01)
    found.start()
    yield found
    found.close()
    assert found.join(60)


@pytest.mark.covers("D-PTZ-02.3")
def test_what_is_held_is_asked_for_again_and_then_stopped(dome, steering):
    steering.want(RIGHT)
    dome.wait(lambda sent: sent.count(RIGHT) >= 3)
    steering.want(STILL)
    dome.wait(lambda sent: sent[-1] == "stop")
    assert dome.sent.count("stop") == 1


def test_another_direction_needs_no_stop_between(dome, steering):
    steering.want(RIGHT)
    dome.wait(lambda sent: RIGHT in sent)
    steering.want(UP)
    dome.wait(lambda sent: UP in sent)
    assert "stop" not in dome.sent


def test_closing_stops_what_moves_and_ends(dome, steering):
    steering.want(RIGHT)
    dome.wait(lambda sent: RIGHT in sent)
    steering.close()
    assert steering.join(60)
    assert dome.sent[-1] == "stop"


def test_a_move_that_failed_is_stopped_nevertheless_and_told(dome, steering):
    dome.fail_moves = 1
    steering.want(RIGHT)
    dome.wait(lambda sent: sent[-1:] == ["stop"])
    assert len(dome.told) == 1


def test_a_stop_that_failed_is_sent_again(dome, steering):
    dome.fail_stops = 2
    steering.want(RIGHT)
    dome.wait(lambda sent: RIGHT in sent)
    steering.want(STILL)
    dome.wait(lambda sent: sent.count("stop") == 3)
    assert dome.told == []


def test_a_dome_that_cannot_be_stopped_is_told(dome, steering):
    dome.fail_stops = TRIES
    steering.want(RIGHT)
    dome.wait(lambda sent: RIGHT in sent)
    steering.close()
    assert steering.join(60)
    assert dome.sent.count("stop") == TRIES
    assert len(dome.told) == 1


def test_who_never_moved_is_sent_nothing(dome, steering):
    steering.want(STILL)
    steering.close()
    assert steering.join(60)
    assert dome.sent == []
