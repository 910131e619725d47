"""What every USB port promises."""

from pathlib import Path

from hal.admin.simulated import simulated_nouns
from hal.machine import Machine
from hal.simulated.pocket import pocket_of
from hal.simulated.rack import Rack
from hal.simulated.usb_port import SimulatedUsbPort
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class UsbPortContract(DeviceContract):
    """Its rig pushes a stick with a file `hello.txt` into the port (`push()` gives its label), has it mounted as
    control does (`mount(writing=...)`) and pulls it (`pull()`); each returns when the driver has seen it. The port is
    empty at first.
    """

    def test_a_stick_that_comes_and_goes_is_told(self, rig):
        rig.device.open()
        assert not rig.device.state.occupied
        label = rig.push()
        assert (rig.told[-1].occupied, rig.told[-1].label) == (True, label)
        assert rig.told[-1].disk
        assert rig.told[-1].capacity_bytes > 0
        assert rig.told[-1].problem == ""
        rig.pull()
        assert (rig.told[-1].occupied, rig.told[-1].label, rig.told[-1].place) == (False, "", "")

    def test_a_stick_that_was_in_before_is_seen(self, rig):
        label = rig.push()
        rig.device.open()
        assert rig.device.state.label == label

    def test_the_files_on_a_stick_are_where_it_tells(self, rig):
        rig.device.open()
        rig.push()
        rig.mount()
        assert (Path(rig.device.state.place) / "hello.txt").read_text() == "hello"
        assert 0 < rig.device.state.free_bytes < rig.device.state.capacity_bytes

    def test_whether_a_stick_can_be_written_now_is_told(self, rig):
        rig.device.open()
        rig.push()
        rig.mount()
        assert not rig.device.state.writing
        place = rig.device.state.place
        rig.mount(writing=True)
        assert (rig.device.state.writing, rig.device.state.place) == (True, place)
        rig.mount()
        assert (rig.device.state.writing, rig.device.state.place) == (False, place)

    def test_a_stick_that_was_pulled_while_it_was_written_is_not_written_any_more(self, rig):
        rig.device.open()
        rig.push()
        rig.mount(writing=True)
        rig.pull()
        assert (rig.device.state.occupied, rig.device.state.writing) == (False, False)
        rig.push()
        assert not rig.device.state.writing


class Simulated(SimulatedRig):
    def __init__(self):
        machine = Machine()
        super().__init__(SimulatedUsbPort("USB1", machine))
        self.sticks = simulated_nouns(Rack(), pocket_of(machine.world))["stick"]

    def push(self):
        self.device.put(label="KEYS", file="hello.txt", content=b"hello")
        self.device.insert(label="KEYS")
        return "KEYS"

    def mount(self, *, writing=False):
        self.sticks.mount(disk=self.device.state.disk, writing=writing)
        self.device.poll()

    def pull(self):
        self.device.pull()
