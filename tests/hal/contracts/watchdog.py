"""What every watchdog that we feed promises."""

import pytest

from hal.errors import HalError
from hal.machine import Machine
from hal.simulated.watchdog import SimulatedWatchdog
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class WatchdogContract(DeviceContract):
    """Its rig's `wait(s)` lets time pass, and `bites()` says whether the machine was reset meanwhile."""

    examples = {"arm": {"timeout_s": 30}, "feed": {}, "disarm": {}}  # noqa: RUF012

    def test_it_bites_when_nobody_feeds_it(self, rig):
        rig.device.open()
        assert rig.device.arm(timeout_s=30) == 30
        assert rig.device.state.armed
        rig.wait(31)
        assert rig.bites()

    def test_it_does_not_bite_while_it_is_fed(self, rig):
        rig.device.open()
        rig.device.arm(timeout_s=30)
        for _ in range(4):
            rig.wait(20)
            rig.device.feed()
        assert not rig.bites()

    def test_a_stopped_one_does_not_bite(self, rig):
        rig.device.open()
        rig.device.arm(timeout_s=30)
        rig.device.disarm()
        rig.wait(100)
        assert not rig.bites()
        assert not rig.device.state.armed

    def test_one_that_is_not_armed_cannot_be_fed(self, rig):
        rig.device.open()
        with pytest.raises(HalError, match="not armed"):
            rig.device.feed()


class Simulated(SimulatedRig):
    def __init__(self):
        self.now_s = 100.0
        super().__init__(SimulatedWatchdog("WD", Machine(monotonic_s=lambda: self.now_s)))

    def wait(self, seconds):
        self.now_s += seconds
        self.device.poll()

    def bites(self):
        return self.device.state.bit_last_boot
