"""Which nodes udev's tags lead to, and which of them the hardware service trusts as keys of the case."""

from pathlib import Path

import pytest
import pyudev

from hal.kernel.udev import input_nodes, own_input_nodes
from hal.machine import Machine


class Tagged:
    """A device as pyudev tells it."""

    def __init__(self, number, *above):
        self.sys_name, self.device_node = f"event{number}", f"/dev/input/event{number}"
        self._above = above

    def find_parent(self, subsystem):
        return subsystem if subsystem in self._above else None


class Context:
    devices: tuple = ()

    def list_devices(self, *, subsystem):
        assert subsystem == "input"
        return self

    def match_tag(self, tag):
        assert tag == "nightjar-keys"
        return iter(self.devices)


@pytest.fixture
def devices(monkeypatch):
    monkeypatch.setattr(pyudev, "Context", Context)
    # The power button of ACPI, keys at pins, and a stick that calls itself so: a rule that goes by names takes all.
    monkeypatch.setattr(
        Context,
        "devices",
        (Tagged(10, "input", "hid", "usb", "pci"), Tagged(2, "input", "platform"), Tagged(0, "input", "acpi")),
    )


def test_a_stick_that_calls_itself_a_key_of_the_case_is_none(devices):
    """It could hold the reset key, by which an administrator's password is set anew, and switch the recorder off."""
    own = [Path("/dev/input/event0"), Path("/dev/input/event2")]
    assert own_input_nodes("nightjar-keys") == own
    assert Machine().input_nodes("nightjar-keys") == own
    assert input_nodes("nightjar-keys") == [*own, Path("/dev/input/event10")], "who asks for the screen's gets all"
