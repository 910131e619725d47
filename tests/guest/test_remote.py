"""The infrared remote on a real kernel: the board's keymap is in the receiver, and other remotes are not heard."""

import json
import re
from pathlib import Path

import pytest

BOARD = Path(__file__).parents[2] / "board" / "nvr8-poe" / "remote.toml"
KEYMAP = "/run/nightjar-remote/remote.toml"


@pytest.fixture
def receiver(machine, guest):
    guest.run(f"mkdir -p {Path(KEYMAP).parent} && modprobe evdev")
    guest.shell.send(BOARD, KEYMAP)
    guest.run("modprobe rc-loopback")
    machine.settle()
    yield
    guest.run(f"rm -r {Path(KEYMAP).parent}; modprobe -r rc-loopback", check=False)


@pytest.mark.covers("D-LED-08")
def test_the_boards_keymap_is_in_the_receiver_and_a_remote_of_another_address_is_not_heard(guest, receiver):
    # The kernel's own word: what is in its table, and which protocol it listens to.
    table = guest.run("ir-keytable --read --sysdev rc0 2>&1")
    assert re.search(r"0x0424.*KEY_OK", table), table
    assert "[nec]" in guest.run("cat /sys/class/rc/rc0/protocols")
    # Address 4 is the board's; 5 is a remote of the neighbour's; 0x7f is no key of ours.
    words = ("0x0424", "0x0524", "0x0418", "0x047f", "0x0401")
    sends = guest.python("tests.guest.inside.remote", KEYMAP, *words)
    assert sends.wait() == 0, sends.output
    told = json.loads(sends.output.splitlines()[-1])
    assert told == {
        "0x0424": ["ok down", "ok up"],
        "0x0524": [],
        "0x0418": ["8 down", "8 up"],
        "0x047f": [],
        "0x0401": ["address down", "address up"],
    }
