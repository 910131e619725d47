"""The watchdog of the machine (i6300esb): drivers arm, feed and stop it, and QEMU says when it bites."""

import signal
import time

import pytest

from tests.guest.board import Board, Told, devices
from tests.guest.qmp import QmpError

LINUX = devices('kind = "watchdog"\nname = "DOG"\ndriver = "linux"')
SYSTEM = devices('kind = "watchdog"\nname = "DOG"\ndriver = "system"')
TIMEOUT_S = 5
"""The shortest that the kind allows."""
FED_S = 10
"""Long enough that it is fed in time on a machine that stands still for some seconds."""
BITE_S = 120.0


@pytest.fixture
def dog(guest):
    guest.run("modprobe i6300esb")
    yield
    guest.run("printf V > /dev/watchdog0; modprobe -r i6300esb", check=False)


def kernel(guest, attribute):
    return guest.run(f"cat /sys/class/watchdog/watchdog0/{attribute}").strip()


def bites_within(guest, seconds):
    try:
        guest.qmp.event("WATCHDOG", seconds)
    except QmpError:
        return False
    return True


def test_one_that_is_fed_stays_quiet_and_one_that_is_not_bites_and_is_remembered(guest, dog):
    with Board(guest, "dog", LINUX) as board:
        assert board.state("DOG")["online"]
        assert not board.state("DOG")["bit_last_boot"]
        assert kernel(guest, "state") == "inactive"  # looking at it does not start it
        assert board.ask("watchdog", "DOG", "arm", timeout_s=60) == 60
        assert (kernel(guest, "state"), kernel(guest, "timeout")) == ("active", "60")
        with pytest.raises(Told, match="timeout_s"):
            board.ask("watchdog", "DOG", "arm", timeout_s=1)

        assert board.ask("watchdog", "DOG", "arm", timeout_s=FED_S) == FED_S
        end = time.monotonic() + FED_S + 3
        while time.monotonic() < end:
            board.ask("watchdog", "DOG", "feed")
            assert not bites_within(guest, 1)

        board.ask("watchdog", "DOG", "arm", timeout_s=TIMEOUT_S)
        assert bites_within(guest, BITE_S)
        board.end(signal.SIGTERM)
        assert kernel(guest, "state") == "active"  # whoever ends without stopping it wants the reset
    guest.run("printf V > /dev/watchdog0; modprobe -r i6300esb; modprobe i6300esb")
    with Board(guest, "bitten", LINUX) as board:
        assert board.state("DOG")["bit_last_boot"]


def test_one_that_is_stopped_in_order_does_not_bite(guest, dog):
    with Board(guest, "stopped", LINUX) as board:
        board.ask("watchdog", "DOG", "arm", timeout_s=TIMEOUT_S)
        board.ask("watchdog", "DOG", "disarm")
        assert not board.state("DOG")["armed"]
        assert kernel(guest, "state") == "inactive"
        with pytest.raises(Told, match="not armed"):
            board.ask("watchdog", "DOG", "feed")
        assert not bites_within(guest, 2 * TIMEOUT_S)


def test_one_whose_master_dies_bites(guest, dog):
    with Board(guest, "left", LINUX) as board:
        board.ask("watchdog", "DOG", "arm", timeout_s=TIMEOUT_S)
        board.end(signal.SIGKILL)
        assert kernel(guest, "state") == "active"
        assert bites_within(guest, BITE_S)


def test_one_that_the_system_feeds_is_only_looked_at(guest, dog):
    with Board(guest, "looked", SYSTEM) as board:
        assert board.inventory("DOG")["driver"] == "system"
        state = board.state("DOG")
        assert (state["online"], state["armed"], state["timeout_s"]) == (True, False, 30)
        with pytest.raises(Told, match="RuntimeWatchdogSec"):
            board.ask("watchdog", "DOG", "feed")
        systems = guest.shell.talk("exec 3> /dev/watchdog0; echo armed; read word; printf V >&3")
        systems.wait_for("armed")
        board.wait("DOG", lambda one: one["armed"], "the system's watchdog")
    # A driver that feeds cannot have what the system holds.
    with Board(guest, "held", LINUX) as board:
        with pytest.raises(Told, match="busy"):
            board.ask("watchdog", "DOG", "arm", timeout_s=30)
        assert not board.state("DOG")["armed"]
    systems.say("stop")
    systems.wait()
