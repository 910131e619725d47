"""What every disk promises."""

import pytest

from hal.errors import HalError
from hal.kinds.disk import DiskFault, SelfTest, Verdict
from hal.machine import Machine
from hal.simulated.bay import SimulatedBay
from hal.simulated.disk import SimulatedDisk
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class DiskContract(DeviceContract):
    """Its rig's disk is well at first; `wear()` lets sectors become unreadable, and says in the drive what it says
    afterwards; `spins()` and `tests()` tell what the drive does; `finish_test()` lets a self-test end.
    """

    examples = {"check": {}, "test": {"extended": False}, "stop_test": {}, "spin_down": {}}  # noqa: RUF012

    def test_a_disk_that_is_well_says_so(self, rig):
        rig.device.open()
        state = rig.device.state
        assert (state.verdict, state.faults) == (Verdict.GOOD, frozenset())
        assert state.words.startswith("It is well")
        assert state.serial
        assert rig.device.serial == state.serial
        assert state.capacity_bytes > 1e9
        assert 10 < state.temperature_c < 50
        assert state.power_on_h > 0

    def test_what_it_says_when_asked_is_told_in_words(self, rig):
        rig.device.open()
        rig.wear()
        rig.device.check()
        state = rig.told[-1]
        assert state.verdict is Verdict.REPLACE
        assert DiskFault.PENDING in state.faults
        assert f"{state.pending_sectors} sectors cannot be read" in state.words

    def test_self_tests_run_and_end(self, rig):
        rig.device.open()
        for extended, told in ((False, "short"), (True, "extended")):
            rig.device.test(extended=extended)
            assert rig.tests() == told
            assert rig.device.state.self_test is SelfTest.RUNNING
            rig.finish_test()
            rig.device.check()
            assert rig.device.state.self_test is SelfTest.PASSED

    def test_a_self_test_is_given_up(self, rig):
        rig.device.open()
        rig.device.test(extended=True)
        rig.device.stop_test()
        assert rig.tests() == ""
        assert rig.device.state.self_test is SelfTest.STOPPED

    def test_it_rests_until_it_is_asked_again(self, rig):
        rig.device.open()
        rig.device.spin_down()
        assert not rig.spins()
        assert rig.told[-1].standby
        rig.device.poll()
        assert not rig.spins()
        assert rig.told[-1].standby
        rig.device.check()
        assert rig.spins()
        assert not rig.told[-1].standby

    def test_an_empty_bay_has_no_disk(self, rig):
        rig.empty()
        with pytest.raises(HalError, match="no disk"):
            rig.device.open()


class Simulated(SimulatedRig):
    def __init__(self):
        self.now_s = 1_000_000.0
        self.machine = Machine(wall_s=lambda: self.now_s)
        self.bay = SimulatedBay("1", self.machine)
        self.bay.open()
        self.bay.insert()
        super().__init__(SimulatedDisk("1", self.machine))

    def _drive(self):
        return self.machine.world["rack"].look().in_bay("1")

    def empty(self):
        self.bay.pull()

    def wear(self):
        self.device.age(years=5)

    def spins(self):
        return not self._drive().standby

    def tests(self):
        drive = self._drive()
        if not drive.test_began_s or drive.test_stopped:
            return ""
        return "extended" if drive.test_extended else "short"

    def finish_test(self):
        self.now_s += 10 * 3600
