"""What every bay promises."""

import pytest

from hal.errors import Refused
from hal.kinds.bay import QUIET_S
from hal.machine import Machine
from hal.simulated.bay import SimulatedBay
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class BayContract(DeviceContract):
    """Its rig pushes and pulls a disk (`push()` gives its serial, `pull()`), makes it ready for recording
    (`prepare()`), mounts it (`mount()`) and writes to it (`write()`); each returns when the driver has seen it.
    `later(s)` lets time pass for the driver, and has it look. The bay is empty at first.
    """

    examples = {"release": {}, "scan": {}}  # noqa: RUF012

    def test_a_disk_that_comes_and_goes_is_told(self, rig):
        rig.device.open()
        assert not rig.device.state.occupied
        serial = rig.push()
        assert (rig.told[-1].occupied, rig.told[-1].serial) == (True, serial)
        assert rig.told[-1].disk
        assert rig.told[-1].capacity_bytes > 0
        rig.pull()
        assert (rig.told[-1].occupied, rig.told[-1].disk, rig.told[-1].serial) == (False, "", "")

    def test_a_disk_that_was_there_before_is_seen(self, rig):
        serial = rig.push()
        rig.device.open()
        assert rig.device.state.serial == serial

    def test_whether_it_was_made_ready_for_recording_is_told(self, rig):
        rig.push()
        rig.device.open()
        assert not rig.device.state.prepared
        rig.prepare()
        assert rig.device.state.prepared

    def test_where_it_is_mounted_is_told(self, rig):
        rig.push()
        rig.device.open()
        assert rig.device.state.mounts == ()
        place = rig.mount()
        assert rig.device.state.mounts == (place,)

    def test_a_disk_is_busy_when_it_moved_something_and_idle_when_it_was_quiet_for_a_while(self, rig):
        rig.push()
        rig.device.open()
        rig.later(1.0)
        assert not rig.device.state.busy
        rig.write()
        assert rig.device.state.busy
        rig.later(QUIET_S - 0.1)
        assert rig.device.state.busy
        rig.later(0.2)
        assert not rig.device.state.busy

    def test_a_disk_that_is_pulled_while_it_works_leaves_no_bay_busy(self, rig):
        rig.push()
        rig.device.open()
        rig.write()
        rig.pull()
        assert not rig.device.state.busy
        rig.push()
        rig.later(0.1)
        assert (rig.device.state.occupied, rig.device.state.busy) == (True, False)

    def test_a_released_disk_can_be_pulled_and_comes_back_by_a_scan(self, rig):
        serial = rig.push()
        rig.device.open()
        rig.device.release()
        assert not rig.device.state.occupied
        rig.device.scan()
        assert rig.device.state.serial == serial

    def test_a_disk_in_use_is_not_released(self, rig):
        rig.push()
        rig.device.open()
        rig.mount()
        with pytest.raises(Refused):
            rig.device.release()
        assert rig.device.state.occupied

    def test_an_empty_bay_has_nothing_to_release(self, rig):
        rig.device.open()
        with pytest.raises(Refused):
            rig.device.release()


class Simulated(SimulatedRig):
    def __init__(self):
        self.now_s = 100.0
        self.machine = Machine(monotonic_s=lambda: self.now_s)
        super().__init__(SimulatedBay("1", self.machine))
        self.rack = self.machine.world["rack"]

    def push(self):
        self.device.insert()
        return self.rack.look().in_bay("1").serial

    def pull(self):
        self.device.pull()

    def write(self):
        with self.rack.edit() as now:
            now.in_bay("1").moved_bytes += 4096
        self.device.poll()

    def later(self, seconds):
        self.now_s += seconds
        self.device.poll()

    def prepare(self):
        with self.rack.edit() as now:
            self.rack.make_empty(now.in_bay("1"), "disk1")
        self.device.poll()

    def mount(self):
        with self.rack.edit() as now:
            drive = now.in_bay("1")
            self.rack.make_empty(drive, "disk1")
            self.rack.mount(drive)
        self.device.poll()
        return "/disks/disk1"
