"""The hardware at one glance: in words, what needs a hand first, and everything that a board can tell."""

from dataclasses import replace

import msgspec
import pytest

from gui.pages import hardware_words
from gui.pages.hardware import HardwarePage, states_of
from gui.pages.main_menu import MainMenu
from gui.pages.poe import PoePorts
from gui.toolkit import theme as t
from hal.client.kinds import (
    Battery,
    ClockState,
    DisplayState,
    FanState,
    FirmwareSlotState,
    NetworkInterfaceState,
    PoeSupplyState,
    PowerSource,
    SupplyState,
    SwitchPortState,
    TemperatureState,
    WatchdogState,
)
from hal.kinds.display import Mode
from hal.kinds.poe_supply import PoeFault, PoePort, PortState
from recorder.client.answers import Device
from recorder.client.errors import Unavailable
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

ON = {"online": True, "reason": ""}
PORTS = tuple(
    PoePort(at, state=PortState.DELIVERING if at < 4 else PortState.SEARCHING, watts=4.2 if at < 4 else 0.0)
    for at in range(1, 9)
)
CPU = TemperatureState("CPU", celsius=44, **ON)
FAN = FanState("FAN1", rpm=1180, duty_percent=35, **ON)
UPS = SupplyState("UPS", charge_percent=100, runtime_s=600, load_percent=30, **ON)
PSE = PoeSupplyState("PSE", ports=PORTS, budget_watts=120, used_watts=12.6, **ON)
LAN = NetworkInterfaceState(
    "LAN1", link=True, speed_mbit_s=1000, addresses=("192.168.1.20/24",), received_bytes_s=4_200_000, **ON
)
CLOCK = ClockState("RTC", battery=Battery.GOOD, trusted=True, **ON)
SLOT = FirmwareSlotState("A", booted=True, good=True, version="0.1.0", **ON)
WELL = (
    CPU,
    FAN,
    SupplyState("PSU1", **ON),
    UPS,
    PSE,
    LAN,
    NetworkInterfaceState("LAN2", **ON),
    *(SwitchPortState(f"PORT{at}", number=at, link=at < 4, **ON) for at in range(1, 9)),
    CLOCK,
    WatchdogState("WATCHDOG", armed=True, timeout_s=30, **ON),
    DisplayState("HDMI1", connected=True, maker="Dell", model="U2419H", preferred=Mode(1920, 1080), **ON),
    SLOT,
)


def told(state):
    common = {"kind", "name", "online", "reason"}
    rest = {name: value for name, value in msgspec.to_builtins(state).items() if name not in common}
    return Device(state.kind, state.name, state.online, state.reason, state=rest)


def at_page(states=WELL, size=(1280, 720)):
    rig, rooms, api = house(size)
    api.states = list(states)
    api.devices = lambda: [told(one) for one in api.states]
    return rig, rig.open(HardwarePage(rooms)), api


def lines(*states):
    return {line.name: (line.words, line.colour) for group in hardware_words.groups(states) for line in group.lines}


@pytest.mark.covers("D-HW-03", "D-HW-16")
@pytest.mark.parametrize("size", SIZES)
def test_a_machine_that_is_well_says_so_with_all_its_figures(size):
    rig, _page, _api = at_page(size=size)
    words = rig.words()
    assert "All is well." in words
    for expected in (
        "44 °C",
        "1180 turns a minute",
        "Gives power, battery 100 %, lasts 10 min",
        "13 of 120 W, 3 of 8 ports in use",
        "1 Gbit/s · 192.168.1.20/24 · in 33.6, out 0.0 Mbit/s",
        "3 of 8 connected: 1, 2, 3",
        "Its battery is good",
        "restarts the recorder if it hangs for 30 s",
        "Dell U2419H, 1920×1080",  # noqa: RUF001
        "0.1.0, runs",
    ):
        assert expected in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.parametrize("size", SIZES)
def test_what_needs_a_hand_stands_above_the_worst_first(size):
    shorted = (replace(PORTS[0], state=PortState.FAULT, faults=frozenset({PoeFault.SHORT})), *PORTS[1:])
    bad = (
        replace(CPU, celsius=85),
        TemperatureState("Board", reason="i2c-1 does not answer"),
        replace(FAN, stalled=True, rpm=0),
        replace(PSE, ports=shorted),
        LAN,
        replace(CLOCK, battery=Battery.LOW),
    )
    rig, _page, _api = at_page(bad, size)
    summary = rig.find("summary").text.splitlines()
    assert summary == [
        "Board: Does not work: i2c-1 does not answer",
        "FAN1: Stands still: replace it",
        "Port 1: No power: short circuit: look at cable and plug",
        "and 2 more",
    ]
    assert clipped(rig.screen) == []


@pytest.mark.parametrize(
    ("state", "words", "colour"),
    [
        (replace(CPU, celsius=97), "97 °C, far too hot: switch off and look at the fans", t.DANGER),
        (replace(UPS, source=PowerSource.BATTERY, charge_percent=60), "The mains failed: on battery, ", t.WARNING),
        (replace(UPS, low_battery=True), "nearly empty", t.DANGER),
        (replace(UPS, replace_battery=True), "replace its battery", t.WARNING),
        (SupplyState("PSU2", source=PowerSource.NOTHING, **ON), "Gives no power", t.DANGER),
        (replace(LAN, addresses=()), "no address", t.WARNING),
        (replace(LAN, conflict_mac="02:00:00:00:00:01"), "has the same address (02:00", t.DANGER),
        (replace(LAN, link=False), "No cable", t.DANGER),
        (replace(CLOCK, battery=Battery.EMPTY), "after a power cut times are wrong", t.DANGER),
        (WatchdogState("W", bit_last_boot=True, **ON), "which hung", t.WARNING),
        (replace(SLOT, good=False), "not proven yet", t.WARNING),
        (SwitchPortState("PORT1", number=1, reason="gone"), "Do not work: PORT1", t.DANGER),
    ],
)
def test_every_trouble_has_words_and_a_colour(state, words, colour):
    ((said, shown),) = lines(state).values()
    assert words in said
    assert shown == colour


def test_a_socket_that_nobody_uses_is_no_trouble():
    assert lines(LAN, NetworkInterfaceState("LAN2", **ON))["LAN2"][1] == t.SECOND


def test_what_changes_is_told_without_another_tree():
    rig, page, api = at_page()
    card = rig.find("heat")
    api.states[0] = replace(CPU, celsius=85)
    rig.clock.advance(2.5)
    rig.show()
    assert "85 °C, hot: give it air" in rig.words()
    assert rig.find("heat") is card
    api.states.append(FanState("FAN2", **ON))
    rig.clock.advance(2.5)
    rig.show()
    assert "FAN2" in rig.words()
    assert page is rig.top


def test_the_ports_are_reached_from_the_power():
    rig, _page, api = at_page()
    api.poe = list
    rig.go_to("power")
    rig.key("ok")
    assert isinstance(rig.top, PoePorts)


def test_a_kind_that_is_not_known_here_is_left_out():
    assert states_of([Device("flux_capacitor", "X", online=True, reason=""), told(CPU)]) == [CPU]
    assert states_of([Device("fan", "X", online=True, reason="", state={"rpm": "many"})]) == []


def test_a_board_without_devices_and_a_silent_service_say_so():
    rig, _page, api = at_page(())
    assert "tells nothing of itself" in rig.words()
    rig, rooms, api = house()

    def silent():
        raise Unavailable(process="control")

    api.devices = silent
    rig.open(HardwarePage(rooms))
    assert rig.focus == "again"


def test_the_page_is_reached_from_the_main_menu():
    rig, rooms, api = house()
    api.devices = list
    rig.open(MainMenu(rooms))
    rig.go_to("hardware")
    rig.key("ok")
    assert isinstance(rig.top, HardwarePage)
