"""What goes wrong with the machine is told once, in words, and again when it is over."""

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from hal.client.follower import Follower
from hal.client.kinds import (
    AlarmInputState,
    ArrayHealth,
    ArraySet,
    ArrayState,
    Battery,
    ClockState,
    DiskState,
    DomeComplaint,
    FanState,
    FirmwareSlotState,
    InputFault,
    InputRole,
    KeyAction,
    KeyEvent,
    NetworkInterfaceState,
    PoeFault,
    PoePort,
    PoeSupplyState,
    PortState,
    PowerSource,
    SupplyState,
    TemperatureState,
)
from recorder.client.answers import BayStatus
from recorder.client.clock import SECOND_US, ManualClock
from recorder.control.events import Events
from recorder.control.hardware_events import LINK_US, SILENT_US, HardwareEvents
from recorder.control.troubles import NAMES, troubles_of

pytestmark = pytest.mark.anyio
UP = {"online": True, "reason": ""}
ARRAY = ArraySet("md127", "Video", "u", "raid1", ArrayHealth.GOOD, 1, 2)
DEGRADED = replace(ARRAY, health=ArrayHealth.DEGRADED)
FAILED = replace(ARRAY, health=ArrayHealth.FAILED)


class Machine:
    """A machine whose devices say what the test says, and somebody who listens to the events."""

    def __init__(self):
        self.clock = ManualClock()
        self.events = Events(self.clock)
        self.follower = Follower(Path("nowhere"))
        self.follower._writer = True  # it is connected
        self.hears = HardwareEvents(self.follower, self.events, self.clock)

    def says(self, state):
        self.follower._changed(state)

    @contextlib.asynccontextmanager
    async def listening(self):
        async with self.events.listen() as queue:
            self.queue = queue
            yield self

    def told(self, kind="trouble"):
        found = []
        while not self.queue.empty():
            event = self.queue.get_nowait()
            if event.kind == kind:
                found.append(event.data)
        return found

    @property
    def words(self):
        return [one.words for one in self.hears.troubles]


@pytest.fixture
async def machine():
    async with Machine().listening() as found:
        yield found


@pytest.mark.covers("D-MNT-05", "D-HW-16", "D-STO-03")
@pytest.mark.parametrize(
    ("well", "ill", "words"),
    [
        (FanState("FAN1", **UP), {"stalled": True}, "Fan FAN1 does not turn."),
        (TemperatureState("CPU", **UP), {"celsius": 83.4}, "CPU is hot: 83 °C."),
        (TemperatureState("CPU", **UP), {"celsius": 99.0}, "CPU is dangerously hot: 99 °C."),
        (SupplyState("UPS", **UP), {"source": PowerSource.BATTERY, "runtime_s": 630.0}, "It lasts 10 min."),
        (SupplyState("PSU1", **UP), {"source": PowerSource.NOTHING}, "PSU1 gives no power."),
        (SupplyState("UPS", **UP), {"low_battery": True}, "nearly empty"),
        (SupplyState("UPS", **UP), {"replace_battery": True}, "replace the battery"),
        (ArrayState("A", **UP), {"sets": (DEGRADED,)}, "Array Video: a disk is missing."),
        (ArrayState("A", **UP), {"sets": (FAILED,)}, "Array Video has failed"),
        (AlarmInputState("IN2", **UP), {"faults": frozenset({InputFault.STUCK})}, "Alarm input IN2"),
        (ClockState("RTC", **UP), {"battery": Battery.LOW}, "battery of the recorder's clock"),
        (NetworkInterfaceState("LAN1", **UP), {"conflict_mac": "02:00:00:00:00:01"}, "02:00:00:00:00:01"),
    ],
)
async def test_what_goes_wrong_is_told_once_and_when_it_is_over(machine, well, ill, words):
    machine.says(well)
    assert machine.told() == []
    machine.clock.advance(SECOND_US)
    machine.says(replace(well, **ill))
    machine.says(replace(well, **ill))
    (told,) = machine.told()
    assert words in told["words"]
    assert (told["kind"], told["name"], told["over"]) == (well.kind, well.name, False)
    assert [one.since_us for one in machine.hears.troubles] == [machine.clock.now_us()]
    machine.says(well)
    assert [one["over"] for one in machine.told()] == [True]
    assert machine.hears.troubles == ()


async def test_the_figures_of_a_trouble_follow_without_a_new_event(machine):
    hot = TemperatureState("CPU", celsius=83, **UP)
    machine.says(hot)
    machine.says(replace(hot, celsius=90))
    assert len(machine.told()) == 1
    assert "90 °C" in machine.words[0]
    machine.says(replace(hot, celsius=96))
    assert [(one["fault"], one["over"]) for one in machine.told()] == [("high", True), ("critical", False)]


@pytest.mark.covers("D-CAM-10")
async def test_each_fault_of_a_port_has_its_words_and_ports_are_told_by_their_state(machine):
    port = PoePort(3, label="3")
    machine.says(PoeSupplyState("PSE", ports=(port,), **UP))
    for fault in PoeFault:
        broken = replace(port, state=PortState.FAULT, faults=frozenset({fault}))
        (found,) = troubles_of(PoeSupplyState("PSE", ports=(broken,), **UP))
        assert found.words.startswith("Port 3: ")
        assert found.words.endswith(".")
    for state in PortState:
        machine.says(PoeSupplyState("PSE", ports=(replace(port, state=state),), **UP))
    told = machine.told("poe_port")
    assert [one["state"] for one in told] == list(PortState)
    assert all(one["words"].startswith("Port 3: ") for one in told)


async def test_a_second_disk_with_a_recorder_on_it_is_told_until_it_is_out(machine):
    runs = FirmwareSlotState("A", booted=True, good=True, rivals=("WDC WD40PURX (SN-sdb)",), **UP)
    machine.says(runs)
    (words,) = machine.words
    assert "WDC WD40PURX (SN-sdb)" in words
    assert words.startswith("Nightjar is installed on a second disk")
    machine.says(replace(runs, rivals=()))
    assert not machine.hears.troubles


async def test_a_device_that_is_silent_is_told_after_a_while_and_not_while_all_are(machine):
    there = FanState("FAN1", **UP)
    machine.says(there)
    machine.says(replace(there, online=False, reason="closed"))
    machine.says(DiskState("1", reason="There is no disk in bay 1"))
    machine.hears._tell_new()
    assert machine.told() == []
    machine.clock.advance(SILENT_US + SECOND_US)
    machine.follower._writer = None
    machine.hears._tell_new()
    assert machine.told() == []
    machine.follower._writer = True
    machine.hears._tell_new()
    assert [one["words"] for one in machine.told()] == ["Fan FAN1 does not work: closed."]
    machine.says(there)
    assert [one["over"] for one in machine.told()] == [True]
    assert {"fan", "relay", "poe_supply"} <= NAMES.keys()


LINK_S = LINK_US / SECOND_US
LAN1 = NetworkInterfaceState("LAN1", mac="02:00:00:00:00:01", link=True, **UP)
LAN2 = NetworkInterfaceState("LAN2", mac="02:00:00:00:00:02", **UP)


@pytest.mark.covers("D-ALM-17.1")
async def test_a_network_that_is_lost_is_told_after_a_while_and_a_socket_that_nobody_uses_is_not(machine):
    machine.says(LAN1)
    machine.says(LAN2)
    machine.says(replace(LAN1, link=False))
    machine.clock.advance(4.9)
    machine.hears._tell_new()
    machine.says(LAN1)
    assert machine.told() == [], "it agreed on its speed anew"
    machine.says(replace(LAN1, link=False))
    machine.clock.step(-3600)
    machine.clock.advance(5)
    machine.hears._tell_new()
    (told,) = machine.told()
    assert (told["kind"], told["name"], told["fault"]) == ("network_interface", "LAN1", "unplugged")
    assert told["words"] == "LAN1 has lost its network. Look at its cable, and at the switch at its other end."
    machine.says(LAN1)
    assert [one["over"] for one in machine.told()] == [True]


@pytest.mark.covers("D-RULE-21")
@pytest.mark.parametrize("goes", ["LAN1", "LAN2"])
async def test_of_two_interfaces_that_are_one_the_network_is_lost_when_both_are_without(machine, goes):
    both = {name: replace(LAN1, name=name) for name in ("LAN1", "LAN2")}
    stays = "LAN2" if goes == "LAN1" else "LAN1"
    for one in both.values():
        machine.says(one)
    machine.says(replace(both[goes], link=False))
    machine.clock.advance(2 * LINK_S)
    machine.hears._tell_new()
    assert machine.words == []
    machine.says(replace(both[stays], link=False))
    machine.clock.advance(2 * LINK_S)
    machine.hears._tell_new()
    assert len(machine.words) == 2
    machine.says(both[goes])
    assert machine.words == []


@pytest.mark.covers("D-HW-14")
async def test_what_is_wrong_with_a_bay_is_a_trouble_too(machine):
    machine.hears.note_bay(BayStatus("2", occupied=False, fault="disk disk2 is missing"))
    assert machine.words == ["Bay 2: disk disk2 is missing."]
    machine.hears.note_bay(BayStatus("2", occupied=True))
    assert [one["over"] for one in machine.told()] == [False, True]


async def test_an_opened_case_and_a_dome_that_complains_are_told(machine):
    case = AlarmInputState("CASE", role=InputRole.TAMPER, **UP)
    machine.says(case)
    machine.says(replace(case, active=True))
    assert [one["words"] for one in machine.told("input")] == ["The recorder's case was opened."]
    machine.follower._tell(DomeComplaint("RS485", address=2, words="it cannot"), None)
    assert machine.told("dome") == [{"line": "RS485", "address": 2, "words": "it cannot"}]


async def test_it_looks_by_itself(machine, monkeypatch):
    monkeypatch.setattr("recorder.control.hardware_events.LOOK_S", 0.01)
    machine.says(FanState("FAN1", online=False, reason="gone"))
    machine.clock.advance(SILENT_US + SECOND_US)
    running = asyncio.create_task(machine.hears.run())
    event = await asyncio.wait_for(machine.queue.get(), 30)
    assert event.data["words"] == "Fan FAN1 does not work: gone."
    running.cancel()


async def test_a_reset_key_that_is_held_is_an_event_with_words_and_other_keys_are_none():
    async with Machine().listening() as machine:
        for key, action in (("reset", KeyAction.PRESSED), ("menu", KeyAction.HELD), ("reset", KeyAction.HELD)):
            machine.follower._tell(KeyEvent("FRONT", key=key, action=action), None)
        words = "The reset key of the recorder was held."
        assert machine.told("key") == [{"name": "FRONT", "key": "reset", "words": words}]
