"""What the screen knows of control: patience while it starts, and no word twice."""

import threading

import pytest

from gui import control_feed
from gui.control_feed import ControlFeed
from gui.wall.showing import Health
from gui.wall.troubles import troubles
from recorder.client.answers import Status
from recorder.client.clock import ManualClock
from recorder.client.errors import Unavailable


class Control:
    """Answers with a status, or not at all."""

    def __init__(self):
        self.there = False
        self.name = "Nightjar"

    def status(self):
        if not self.there:
            raise Unavailable(process="control")
        return Status("0", self.name, 0, "Europe/Paris", False, 1, 0, 0)


@pytest.fixture
def control():
    return Control()


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def feed(control, clock, told):
    return ControlFeed(control, clock, lambda: told.append(1))


def missed(feed, clock):
    health = Health(clock.now_us(), feed.zone)
    return [one.short for one in troubles(None, health, feed.lost_since_us)]


def test_while_it_starts_nobody_is_told_that_control_does_not_answer(feed, clock):
    feed.look()
    clock.advance(7)
    feed.look()
    assert missed(feed, clock) == []
    clock.advance(3)
    assert len(missed(feed, clock)) == 1


def test_a_fault_ends_no_following(control, clock, monkeypatch, caplog):
    monkeypatch.setattr(control_feed, "EVERY_S", 0)
    told, again = [], threading.Event()

    def changed():
        told.append(control.name)
        if len(told) == 1:
            control.name = "Another name"
            raise ZeroDivisionError
        again.set()

    control.there = True
    feed = ControlFeed(control, clock, changed)
    feed.start()
    assert again.wait(60)
    feed.close()
    assert feed.latest.name == "Another name"
    assert "could not be followed" in caplog.text


def test_control_that_was_there_and_goes_is_missed_soon(feed, clock, control):
    control.there = True
    feed.look()
    control.there = False
    feed.look()
    assert missed(feed, clock) == []
    clock.advance(2)
    feed.look()
    assert len(missed(feed, clock)) == 1


def test_it_tells_what_is_new_and_nothing_twice(feed, control, told):
    control.there = True
    for _look in range(3):
        feed.look()
    assert len(told) == 1
    control.name = "North gate"
    feed.look()
    assert (len(told), feed.latest.name, str(feed.zone)) == (2, "North gate", "Europe/Paris")
    control.there = False
    for _look in range(3):
        feed.look()
    assert len(told) == 3
    assert feed.latest.name == "North gate"
