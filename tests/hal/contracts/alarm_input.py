"""What every alarm input promises."""

from hal.machine import Machine
from hal.simulated.alarm_input import SimulatedAlarmInput
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class AlarmInputContract(DeviceContract):
    """Its rig's `move(active=…)` moves the contact and returns when the driver has seen it."""

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


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedAlarmInput("IN1", Machine()))

    def move(self, *, active):
        self.device.move(active=active)
