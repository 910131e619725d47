import os
import threading

import pytest

from hal.errors import BadAnswer, Offline
from hal.kinds.alarm_input import AlarmInput
from hal.kinds.relay import Relay
from hal.machine import Machine
from hal.worker import AGAIN_S, HANGS_AFTER_S, MOST_WAITING, Worker

PATIENCE_S = 60


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


class Contact(Relay):
    """A relay whose driver does what the test wants."""

    def __init__(self, name="K1", opening=None):
        super().__init__(name)
        self.opening = opening
        self.opened = 0
        self.held = threading.Event()
        self.go = threading.Event()

    def open(self):
        self.opened += 1
        if self.opening:
            raise self.opening
        self.come_online()

    def close(self):
        pass

    def drive(self, *, closed):
        self.held.set()
        assert self.go.wait(PATIENCE_S)


@pytest.fixture
def started():
    workers = []

    def start(*devices, clock=None):
        worker = Worker("i2c-1", devices, clock or Clock())
        workers.append((worker, devices))
        worker.start()
        assert worker.opened.wait(PATIENCE_S)
        return worker

    yield start
    for worker, devices in workers:
        for device in devices:
            if isinstance(device, Contact):
                device.go.set()
        worker.stop(PATIENCE_S)


def test_a_driver_that_hangs_makes_its_bus_refuse_at_once_and_no_other(started):
    clock, stuck, well = Clock(), Contact(), Contact("K2")
    well.go.set()
    hanging, other = started(stuck, clock=clock), started(well, clock=clock)
    asked = hanging.ask(lambda: stuck.switch(closed=True))
    assert stuck.held.wait(PATIENCE_S)
    assert hanging.hangs_s is None
    clock.now_s += HANGS_AFTER_S + 1
    assert hanging.hangs_s == HANGS_AFTER_S + 1
    with pytest.raises(Offline, match="i2c-1 does not answer"):
        hanging.ask(lambda: None).result(PATIENCE_S)
    other.ask(lambda: well.switch(closed=True)).result(PATIENCE_S)
    stuck.go.set()
    asked.result(PATIENCE_S)
    assert hanging.hangs_s is None
    assert hanging.ask(lambda: 7).result(PATIENCE_S) == 7


class Slow(Contact):
    """One whose look runs a program."""

    look_s = 30.0
    poll_s = 60.0

    def poll(self):
        self.drive(closed=True)


def test_a_look_that_may_take_long_is_waited_for(started):
    clock, slow = Clock(), Slow()
    worker = started(slow, clock=clock)
    clock.now_s += 61
    worker.ask(lambda: None).result(PATIENCE_S)
    assert slow.held.wait(PATIENCE_S)
    clock.now_s += slow.look_s - 1
    assert worker.hangs_s is None
    asked = worker.ask(lambda: 7)
    slow.go.set()
    assert asked.result(PATIENCE_S) == 7


def test_more_requests_than_a_bus_can_hold_are_refused(started):
    stuck = Contact()
    worker = started(stuck)
    worker.ask(lambda: stuck.switch(closed=True))
    assert stuck.held.wait(PATIENCE_S)
    for _ in range(MOST_WAITING):
        worker.ask(lambda: None)
    with pytest.raises(Offline, match="is busy"):
        worker.ask(lambda: None).result(PATIENCE_S)


def test_a_device_that_cannot_be_opened_says_why_and_is_opened_again(started):
    clock, device = Clock(), Contact(opening=BadAnswer("not a TPS23861", b"\xff\x00"))
    worker = started(device, clock=clock)
    assert (device.state.online, device.state.reason) == (False, "not a TPS23861: ff 00")
    device.opening = None
    clock.now_s += AGAIN_S
    worker.ask(lambda: None).result(PATIENCE_S)
    worker.ask(lambda: None).result(PATIENCE_S)
    assert (device.state.online, device.opened) == (True, 2)


def test_a_mistake_in_a_driver_takes_down_only_its_device(started):
    broken, well = Contact(opening=ZeroDivisionError()), Contact("K2")
    started(broken, well)
    assert "a mistake in its driver" in broken.state.reason
    assert well.state.online


def test_an_edge_is_told_without_polling(started):
    arrived = threading.Event()

    class Line(AlarmInput):
        def open(self):
            self.ear, self.mouth = os.pipe()
            self.come_online()

        def close(self):
            os.close(self.ear)

        def fileno(self):
            return self.ear

        def readable(self):
            self.change(active=os.read(self.ear, 1) == b"1")

    line = Line("IN1", Machine())
    line.watch(lambda state: arrived.set() if state.active else None)
    started(line)
    os.write(line.mouth, b"1")
    assert arrived.wait(PATIENCE_S)
    os.close(line.mouth)


def test_a_poll_that_fails_makes_the_device_offline(started):
    class Polled(Contact):
        poll_s = 1.0

        def poll(self):
            raise OSError(121, "Remote I/O error")

    clock, device = Clock(), Polled()
    worker = started(device, clock=clock)
    assert device.state.online
    clock.now_s += 1
    worker.ask(lambda: None).result(PATIENCE_S)
    worker.ask(lambda: None).result(PATIENCE_S)
    assert (device.state.online, "Remote I/O error" in device.state.reason) == (False, True)


def test_a_driver_is_looked_at_when_it_wants_and_once(started):
    class Timed(Contact):
        looked = 0

        def poll(self):
            self.looked += 1

    clock, device = Clock(), Timed()
    worker = started(device, clock=clock)
    worker.ask(lambda: setattr(device, "wanted_s", clock.now_s + 5)).result(PATIENCE_S)
    for now_s, looked in ((clock.now_s + 4.9, 0), (clock.now_s + 5, 1), (clock.now_s + 6, 1)):
        clock.now_s = now_s
        worker.ask(lambda: None).result(PATIENCE_S)
        worker.ask(lambda: None).result(PATIENCE_S)
        assert device.looked == looked


def test_a_driver_may_listen_somewhere_else_after_a_request(started):
    arrived = threading.Event()

    class Line(AlarmInput):
        def open(self):
            self.pipes = [os.pipe(), os.pipe()]
            self.ear = self.pipes[0][0]
            self.come_online()

        def close(self):
            for pipe in self.pipes:
                for end in pipe:
                    os.close(end)

        def fileno(self):
            return self.ear

        def readable(self):
            assert os.read(self.ear, 1) == b"2"
            arrived.set()

    line = Line("IN1", Machine())
    worker = started(line)
    worker.ask(lambda: setattr(line, "ear", line.pipes[1][0])).result(PATIENCE_S)
    os.write(line.pipes[0][1], b"1")
    os.write(line.pipes[1][1], b"2")
    assert arrived.wait(PATIENCE_S)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(121, "chip 0x20: Remote I/O error"), "chip 0x20: Remote I/O error"),
        (
            FileNotFoundError(2, "No such file or directory", "/sys/class/leds/x"),
            "/sys/class/leds/x: No such file or directory",
        ),
        (OSError("gone"), "gone"),
        (Offline("its cable is cut"), "its cable is cut"),
    ],
)
def test_why_a_device_is_offline_is_told_in_words_without_numbers(started, error, reason):
    contact = Contact(opening=error)
    started(contact)
    assert contact.state.reason == reason
