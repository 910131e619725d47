"""Sticks are mounted by hal-admin: to be read while they are in, to be written while something is (simulated board)."""

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hal.client import HalClient
from hal.client.kinds import UsbPortState
from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.instance import Instance
from recorder.control.sticks import AGAIN_US, LASTS_S, StickNotWritten, Sticks

PLACE = "/run/nightjar/sticks/stick-1"
EMPTY = UsbPortState("USB1", online=True, reason="")
IN = replace(EMPTY, occupied=True, disk="sdb", label="KEYS", capacity_bytes=4_000_000_000)
READ = replace(IN, place=PLACE, free_bytes=3_000_000_000)
WRITTEN = replace(READ, writing=True)


class Hal:
    """A hardware service that says what the test says."""

    def __init__(self):
        self.port = EMPTY

    def listen(self, ear):
        self._ear = ear

    def states(self, _kind):
        return [self.port]

    def say(self, port):
        before, self.port = self.port, port
        self._ear(port, before)


class House:
    """Sticks over such a service; `asked` is what hal-admin was asked, `against` what it says against it."""

    def __init__(self, tmp_path):
        self.hal, self.clock = Hal(), ManualClock(1_800_000_000_000_000)
        self.asked, self.against, self.used, self.pulled = [], "", (), []
        words = (self.hal, lambda: self.used, lambda *_told: None, self.pulled.append)
        self.sticks = Sticks(Instance(tmp_path), self.clock, *words)
        self.sticks._ask = self._ask

    def _ask(self, verb, **arguments):
        self.asked.append((verb, arguments))
        return self.against

    def look(self):
        self.asked.clear()
        self.sticks.look([self.hal.port], self.used)
        return self.asked


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


@pytest.mark.covers("D-BKP-04")
def test_a_stick_that_is_pushed_in_is_mounted_to_be_read_once(house):
    assert house.look() == []
    house.hal.say(IN)
    assert house.look() == [("mount", {"disk": "sdb"})]
    assert house.look() == []
    house.hal.say(READ)
    assert house.look() == []
    (stick,) = house.sticks.sticks
    assert (stick.label, stick.place, stick.writing) == ("KEYS", PLACE, False)


def test_a_stick_is_written_while_an_export_goes_there_and_not_any_longer(house):
    house.hal.say(READ)
    house.sticks.open_for_writing(f"{PLACE}/Yard")
    assert house.asked == [("mount", {"disk": "sdb", "writing": True})]
    assert house.sticks.sticks[0].writing  # told before hal has seen it
    house.hal.say(WRITTEN)
    assert house.look() == []
    house.clock.advance(LASTS_S + 1)
    house.used = (f"{PLACE}/Yard",)
    assert house.look() == []
    house.used = ()
    assert house.look() == [("mount", {"disk": "sdb", "writing": False})]
    house.hal.say(READ)
    assert not house.sticks.sticks[0].writing


def test_a_folder_beside_a_stick_has_nothing_mounted(house):
    house.hal.say(READ)
    for folder in ("/run/nightjar/sticks/stick-10", "/data/exports", f"{PLACE}/../stick-2", "relative"):
        house.sticks.open_for_writing(folder)
    assert house.asked == []


def test_why_a_stick_cannot_be_written_is_told_to_who_asked(house):
    house.hal.say(READ)
    house.against = "This stick is protected from writing; look for a switch on it"
    with pytest.raises(StickNotWritten, match="The USB stick KEYS cannot be written: This stick is protected"):
        house.sticks.open_for_writing(PLACE)


def test_a_stick_that_cannot_be_mounted_is_told_and_tried_again_later(house):
    house.hal.say(IN)
    house.against = "The file system of the stick (vfat) is damaged; have it checked at a computer"
    house.look()
    assert house.sticks._faults == {"USB1": house.against}
    assert house.look() == []
    house.clock.advance(AGAIN_US / SECOND_US + 1)
    house.against = ""
    house.look()
    assert house.sticks._faults == {}


def test_what_hal_knows_of_a_stick_is_told_and_it_is_not_tried(house):
    house.hal.say(replace(IN, problem="It has no file system that is read here"))
    assert house.look() == []
    assert house.sticks._faults == {"USB1": "It has no file system that is read here"}
    house.hal.say(EMPTY)
    house.look()
    assert house.sticks._faults == {}


def test_what_is_left_of_a_stick_that_was_pulled_out_is_taken_away_and_that_it_was_written_is_told(house):
    house.hal.say(READ)
    house.hal.say(EMPTY)
    assert house.look() == [("forget", {})]
    assert house.pulled == []
    house.hal.say(READ)
    house.sticks.open_for_writing(PLACE)
    house.hal.say(EMPTY)
    assert [one.label for one in house.pulled] == ["KEYS"]
    house.hal.say(IN)
    house.look()
    assert ("mount", {"disk": "sdb"}) in house.asked


@pytest.fixture
def laptop(tmp_path_factory):
    """hal and hal-admin of a laptop with a stick in its port."""
    data = tmp_path_factory.mktemp("s")
    instance = Instance(data)
    world = ["--world", str(data)]
    hal = ["hal", "--socket", str(instance.socket("hal")), "--board", "simulated", *world]
    root = ["hal.admin", "--socket", str(instance.socket("hal-admin")), "--audit", str(data / "audit"), *world]
    with ExitStack() as processes:
        for words in (hal, root):
            process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True)
            processes.callback(process.stdout.close)
            processes.callback(process.wait)
            processes.callback(process.terminate)
            assert process.stdout.readline() == "ready\n"
        yield SimpleNamespace(
            instance=instance, hal=processes.enter_context(HalClient(instance.socket("hal"), timeout_s=60))
        )


def test_the_simulated_root_helper_opens_a_stick_for_writing_and_closes_it(laptop):
    port = lambda: next(one for one in laptop.hal.devices() if isinstance(one, UsbPortState))  # noqa: E731
    laptop.hal.simulate("usb_port", "USB1", "insert")
    hal = SimpleNamespace(listen=lambda _ear: None, states=lambda _kind: [port()])
    clock = ManualClock(1_800_000_000_000_000)
    sticks = Sticks(laptop.instance, clock, hal, lambda: (), lambda *_told: None, lambda _stick: None)
    sticks.open_for_writing(port().place)
    assert sticks.sticks[0].writing
    clock.advance(LASTS_S + 1)
    sticks.look([port()], ())
    assert sticks._until_us == {}
    assert sticks._ask("mount", disk="stick-USB9") == "There is no stick 'stick-USB9'"
