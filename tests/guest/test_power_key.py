"""The power key of the machine: pressed from outside, it comes through ACPI, udev's tag and a grabbed input device."""

from pathlib import Path

import pytest

from tests.guest.board import Board, devices
from tests.guest.image import ROOT

RULES = Path("usr/lib/udev/rules.d/71-nightjar-input.rules")
LISTENS = """
import glob, os, select, sys
nodes = [os.open(path, os.O_RDONLY) for path in glob.glob("/dev/input/event*")]
print("listens", flush=True)
while select.select(nodes, [], []):
    print("heard", flush=True)
    break
"""


@pytest.fixture
def udev(guest):
    guest.run("modprobe -a button evdev")
    guest.shell.send(ROOT / "rootfs" / RULES, "/etc/udev/rules.d/71-nightjar-input.rules")
    guest.run("/lib/systemd/systemd-udevd --daemon && udevadm trigger --subsystem-match=input && udevadm settle")
    yield
    guest.run("udevadm control --exit; rm /etc/udev/rules.d/71-nightjar-input.rules; modprobe -r button")


@pytest.mark.covers("D-HW-18")
def test_the_power_key_is_found_pressed_and_nobody_else_hears_it(guest, udev):
    assert "Power Button" in guest.run("cat /proc/bus/input/devices")
    with Board(guest, "keys", devices('kind = "key"\nname = "FRONT"\ndriver = "evdev"')) as board:
        assert board.state("FRONT")["online"], board.state("FRONT")
        other = guest.shell.start("python3", "-c", LISTENS)
        other.wait_for("listens")
        guest.qmp.command("system_powerdown")
        told = board.wait_for_event("FRONT", lambda events: len(events) >= 2, "the key")
        assert [(one["key"], one["action"]) for one in told] == [("power", "pressed"), ("power", "released")]
        assert "heard" not in other.output
    # It is the system's again.
    guest.qmp.command("system_powerdown")
    other.wait_for("heard")
