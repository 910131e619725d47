"""How the machine is, in words: every trouble has words and a tone, and what is no trouble has none."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

import hal.drivers
from hal.client import Inventory
from hal.client.kinds import (
    Battery,
    ClockState,
    FirmwareSlotState,
    NetworkInterfaceState,
    PoeSupplyState,
    PowerSource,
    SupplyState,
    SwitchPortState,
    TemperatureState,
    WatchdogState,
)
from hal.kinds.poe_supply import PoeFault, PoePort, PortState
from recorder.client.tone import Tone
from recorder.control.hardware_words import groups
from recorder.control.poe_words import FAULTS, STATES
from recorder.control.unproven import unproven_words

DRIVERS = Path(hal.drivers.__file__).parent

ON = {"online": True, "reason": ""}
CPU = TemperatureState("CPU", celsius=44, **ON)
UPS = SupplyState("UPS", charge_percent=100, runtime_s=600, load_percent=30, **ON)
LAN = NetworkInterfaceState("LAN1", link=True, speed_mbit_s=1000, addresses=("192.168.1.20/24",), **ON)
CLOCK = ClockState("RTC", battery=Battery.GOOD, trusted=True, **ON)
SLOT = FirmwareSlotState("A", booted=True, good=True, version="0.1.0", **ON)


def lines(*states):
    return {line.name: (line.words, line.tone) for group in groups(states) for line in group.lines}


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        (replace(CPU, celsius=97), "97 °C, far too hot: switch off and look at the fans", Tone.BAD),
        (replace(UPS, source=PowerSource.BATTERY, charge_percent=60), "The mains failed: on battery, ", Tone.WARNING),
        (replace(UPS, low_battery=True), "nearly empty", Tone.BAD),
        (replace(UPS, replace_battery=True), "replace its battery", Tone.WARNING),
        (SupplyState("PSU2", source=PowerSource.NOTHING, **ON), "Gives no power", Tone.BAD),
        (replace(LAN, addresses=()), "no address", Tone.WARNING),
        (replace(LAN, conflict_mac="02:00:00:00:00:01"), "has the same address (02:00", Tone.BAD),
        (replace(LAN, link=False), "No cable", Tone.BAD),
        (replace(CLOCK, battery=Battery.EMPTY), "after a power cut times are wrong", Tone.BAD),
        (WatchdogState("W", bit_last_boot=True, **ON), "which hung", Tone.WARNING),
        (replace(SLOT, good=False), "not proven yet", Tone.WARNING),
        (SwitchPortState("PORT1", number=1, reason="gone"), "Do not work: PORT1", Tone.BAD),
    ],
)
def test_every_trouble_has_words_and_a_tone(state, words, tone):
    ((said, shown),) = lines(state).values()
    assert words in said
    assert shown == tone


def test_a_socket_that_nobody_uses_is_no_trouble():
    assert lines(LAN, NetworkInterfaceState("LAN2", **ON))["LAN2"][1] == Tone.QUIET


def test_a_port_without_power_says_why_in_the_one_wording_there_is():
    port = PoePort(3, state=PortState.FAULT, faults=frozenset({PoeFault.SHORT}))
    told = lines(PoeSupplyState("PSE", ports=(port,), budget_watts=120, **ON))
    assert told["Port 3"] == ("Short circuit. Power is off; check the cable", Tone.BAD)


def test_drivers_that_were_never_tried_are_named_with_their_chip_and_why():
    why = "Written from data sheets."
    chips = [
        Inventory("poe_supply", "PSE", "quadpse", "i2c-1", why, simulated=False, model="TPS23861"),
        Inventory("poe_supply", "PSE2", "quadpse", "i2c-1", why, simulated=False, model="TPS23861"),
        Inventory("fan", "FAN1", "hwmon", "hwmon", "", simulated=False),
    ]
    (found,) = groups([], chips)
    assert [(one.name, one.words) for one in found.lines] == [("TPS23861", why)]
    assert unproven_words(chips[0]) == f"The driver for TPS23861 was never tried with the real thing. {why}"
    assert unproven_words(chips[2]) == ""


@pytest.mark.parametrize("path", sorted(DRIVERS.glob("*/*.py")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_unproven_says_in_sentences_what_it_was_tried_with(path):
    module = importlib.import_module(f"hal.drivers.{path.parent.name}.{path.stem}")
    why = getattr(getattr(module, "DRIVER", None), "unproven", "")
    assert not why or (why[0].isupper() and why.endswith("yet."))


def test_all_that_the_hardware_layer_can_say_of_a_port_has_words():
    assert set(STATES) == set(PortState)
    assert set(FAULTS) == set(PoeFault)
