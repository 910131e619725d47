"""What every alarm input promises."""

from hal.kinds.alarm_input import STUCK_AFTER_S, InputFault
from hal.machine import Machine
from hal.simulated.alarm_input import SimulatedAlarmInput
from tests.hal.contracts.device import DeviceContract, SimulatedRig
from tests.hal.fakes.clock import Clock, let_pass


class AlarmInputContract(DeviceContract):
    """Its rig's `move(active=…)` moves the contact and returns when the driver has seen it; it has a `clock`."""

    def test_every_edge_is_told(self, rig):
        rig.device.open()
        before = len(rig.told)
        for active in (True, False, True):
            rig.move(active=active)
        assert [state.active for state in rig.told[before:]] == [True, False, True]

    def test_an_input_that_is_active_at_the_start_says_so(self, rig):
        rig.device.open()
        rig.move(active=True)
        rig.device.close()
        rig.device.open()
        assert rig.device.state.active

    def test_an_input_that_stays_active_is_told_as_stuck_and_told_again_when_it_rests(self, rig):
        rig.device.open()
        rig.move(active=True)
        let_pass(rig.device, rig.clock, STUCK_AFTER_S - 1)
        assert not rig.device.state.faults
        let_pass(rig.device, rig.clock, 2)
        assert rig.told[-1].faults == {InputFault.STUCK}
        assert rig.told[-1].active
        rig.move(active=False)
        assert not rig.told[-1].faults

    def test_an_input_that_rests_for_long_is_not_stuck(self, rig):
        rig.device.open()
        rig.move(active=True)
        rig.move(active=False)
        let_pass(rig.device, rig.clock, 3 * STUCK_AFTER_S)
        assert not rig.device.state.faults


class Simulated(SimulatedRig):
    def __init__(self, **options):
        self.clock = Clock()
        super().__init__(SimulatedAlarmInput("IN1", Machine(monotonic_s=self.clock), **options))

    def move(self, *, active):
        self.device.move(active=active)
