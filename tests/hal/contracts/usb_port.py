"""What every USB port promises."""

from pathlib import Path

from hal.machine import Machine
from hal.simulated.usb_port import SimulatedUsbPort
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class UsbPortContract(DeviceContract):
    """Its rig pushes a stick with a file `hello.txt` into the port (`push()` gives its label) and pulls it (`pull()`);
    each returns when the driver has seen it. The port is empty at first.
    """

    def test_a_stick_that_comes_and_goes_is_told(self, rig):
        rig.device.open()
        assert not rig.device.state.occupied
        label = rig.push()
        assert (rig.told[-1].occupied, rig.told[-1].label) == (True, label)
        assert rig.told[-1].disk
        assert 0 < rig.told[-1].free_bytes < rig.told[-1].capacity_bytes
        rig.pull()
        assert (rig.told[-1].occupied, rig.told[-1].label, rig.told[-1].place) == (False, "", "")

    def test_a_stick_that_was_in_before_is_seen(self, rig):
        label = rig.push()
        rig.device.open()
        assert rig.device.state.label == label

    def test_the_files_on_a_stick_are_where_it_tells(self, rig):
        rig.device.open()
        rig.push()
        assert (Path(rig.device.state.place) / "hello.txt").read_text() == "hello"


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedUsbPort("USB1", Machine()))

    def push(self):
        self.device.put(label="KEYS", file="hello.txt", content=b"hello")
        self.device.insert(label="KEYS")
        return "KEYS"

    def pull(self):
        self.device.pull()
