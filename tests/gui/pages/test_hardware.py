"""The hardware at one glance: in words, what needs a hand first, and everything that a board can tell."""

from dataclasses import replace

import pytest

from gui.pages.hardware import HardwarePage
from gui.pages.main_menu import MainMenu
from gui.pages.poe import PoePorts
from hal.client.kinds import (
    Battery,
    ClockState,
    DisplayState,
    FanState,
    FirmwareSlotState,
    NetworkInterfaceState,
    PoeSupplyState,
    SupplyState,
    SwitchPortState,
    TemperatureState,
    WatchdogState,
)
from hal.kinds.display import Mode
from hal.kinds.poe_supply import PoePort, PortState
from recorder.client.answers import Hardware, Trouble
from recorder.client.errors import Unavailable
from recorder.control.hardware_words import groups
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


def at_page(states=WELL, size=(1280, 720), troubles=()):
    rig, rooms, api = house(size)
    api.states = list(states)
    api.troubles = list(troubles)
    api.hardware = lambda: Hardware(tuple(groups(api.states)), tuple(api.troubles))
    return rig, rig.open(HardwarePage(rooms)), api


@pytest.mark.covers("D-HW-03", "D-HW-16", "D-MNT-07")
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
def test_what_is_wrong_stands_above_as_the_recorder_says_it_everywhere(size):
    words = ["Fan FAN1 does not turn.", "Port 1: Short circuit.", "CPU is hot: 85 °C.", "The clock's battery is low."]
    wrong = [Trouble("fan", "FAN1", "", f"fault{at}", one, 0) for at, one in enumerate(words)]
    rig, _page, _api = at_page((replace(FAN, stalled=True, rpm=0), LAN), size, wrong)
    assert rig.find("summary").text.splitlines() == [*words[:3], "and 1 more"]
    assert clipped(rig.screen) == []


def test_a_line_that_wants_a_look_is_not_called_well_though_it_is_no_trouble_yet():
    rig, _page, _api = at_page((replace(SLOT, good=False),))
    assert rig.find("summary").text == "Firmware A: 0.1.0, runs, not proven yet"


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


def test_a_board_without_devices_and_a_silent_service_say_so():
    rig, _page, api = at_page(())
    assert "tells nothing of itself" in rig.words()
    rig, rooms, api = house()

    def silent():
        raise Unavailable(process="control")

    api.hardware = silent
    rig.open(HardwarePage(rooms))
    assert rig.focus == "again"


def test_the_page_is_reached_from_the_main_menu():
    rig, rooms, api = house()
    api.hardware = lambda: Hardware(())
    rig.open(MainMenu(rooms))
    rig.go_to("hardware")
    rig.key("ok")
    assert isinstance(rig.top, HardwarePage)
