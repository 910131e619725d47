"""The virtual machine by its own board: hal finds out which one it is, and has its devices and its power key."""

import json
import signal

import pytest

from tests.guest.board import Board, devices
from tests.guest.code_volume import INSIDE_AT
from tests.guest.image import ROOT
from tests.guest.pins import Pins
from tests.guest.shell import COMMAND_S

RULES = "udev/rules.d/71-nightjar-input.rules"
BOARDS = ("qemu-x86-64", "generic-x86-64")
PINS = (*(f"IN{number}" for number in range(1, 9)), "OUT1", "OUT2")
HERE = {"WATCHDOG", "RTC", "FRONT", *PINS}
"""Devices of the board that the guest has; it has no screen and no firmware slots, and no network by then."""
DATA = "/tmp/machine"
SOCKET = f"{DATA}/run/hal.sock"
HARDWARE = "from recorder.cli import main; main()"
LISTENS = """
import glob, os, select
nodes = [os.open(path, os.O_RDONLY) for path in glob.glob("/dev/input/event*")]
print("listens", flush=True)
select.select(nodes, [], [])
print("heard", flush=True)
"""


@pytest.fixture
def udev(guest):
    """Have udev tag input devices by our rules."""
    guest.run("modprobe -a button evdev")
    guest.shell.send(ROOT / "rootfs/usr/lib" / RULES, f"/etc/{RULES}")
    guest.run("/lib/systemd/systemd-udevd --daemon && udevadm trigger --subsystem-match=input && udevadm settle")
    yield
    guest.run(f"udevadm control --exit; rm -r /etc/{RULES} /run/udev; modprobe -r button")


@pytest.mark.covers("D-HW-09", "D-HW-10")
def test_hal_finds_its_board_and_every_device_that_is_there(guest, udev):
    for board in BOARDS:
        guest.run("mkdir", "-p", f"/tmp/known/{board}", f"{DATA}/run")
        guest.shell.send(ROOT / "board" / board / "board.toml", f"/tmp/known/{board}/board.toml")
    guest.run("modprobe i6300esb")
    with Pins(guest, PINS) as pins:
        hal = guest.python("hal", "--socket", SOCKET, "--board", "auto", "--boards", "/tmp/known")
        hal.wait_for("ready")
        client = guest.shell.talk("python3", f"{INSIDE_AT}/ask_hal.py", SOCKET)

        def answers(count):
            client.until(lambda: client.output.count("\n") >= count, COMMAND_S, "an answer")
            return [json.loads(line) for line in client.output.split("\n")[:count]]

        [about] = answers(1)
        assert "QEMU" in hal.output
        states = {one["name"]: one for one in about["devices"]}
        assert {name: states[name]["reason"] for name in HERE} == dict.fromkeys(HERE, "")
        assert (states["WATCHDOG"]["armed"], states["IN3"]["active"]) == (False, False)
        assert all(one["reason"] for name, one in states.items() if not one["online"])
        told = guest.run("python3", "-c", HARDWARE, "hardware", "--data", DATA)
        print(told)  # for the board's README
        assert {line.split()[1] for line in told.splitlines()} == set(states)
        client.say(json.dumps(["relay", "OUT2", "switch", {"closed": True}]))
        assert answers(2)[1] == {"result": None}
        assert pins.level("OUT2")
        client.say(json.dumps(["watchdog", "WATCHDOG", "feed", {}]))
        assert "RuntimeWatchdogSec" in answers(3)[2]["words"]
        hal.signal(signal.SIGTERM)
        assert hal.wait() == 0
        client.signal(signal.SIGKILL)
        client.wait()
    guest.run("modprobe -r i6300esb")


def test_the_power_key_is_found_pressed_and_heard_by_nobody_else(guest, udev):
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
