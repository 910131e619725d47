"""What every fan promises."""

from hal.machine import Machine
from hal.simulated.fan import SimulatedFan
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class FanContract(DeviceContract):
    """Its rig's `power_percent()` is what reaches the motor; `hold(held)` stops the blade."""

    examples = {"set_duty": {"percent": 50}}  # noqa: RUF012

    def test_a_fan_begins_at_full_speed(self, rig):
        rig.device.open()
        assert rig.power_percent() == rig.device.state.duty_percent == 100

    def test_a_duty_reaches_the_motor(self, rig):
        rig.device.open()
        rig.device.set_duty(percent=50)
        assert abs(rig.power_percent() - 50) < 1
        assert rig.told[-1].duty_percent == 50

    def test_a_closed_fan_is_left_at_full_speed(self, rig):
        rig.device.open()
        rig.device.set_duty(percent=30)
        rig.device.close()
        assert rig.power_percent() == 100

    def test_a_driven_fan_that_does_not_turn_is_told_and_so_is_its_recovery(self, rig):
        rig.device.open()
        rig.hold(held=True)
        for _ in range(3):
            rig.device.poll()
        assert (rig.told[-1].stalled, rig.told[-1].rpm) == (True, 0)
        rig.hold(held=False)
        rig.device.poll()
        assert not rig.told[-1].stalled
        assert rig.told[-1].rpm > 0


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedFan("FAN1", Machine()))

    def power_percent(self):
        return self.device.state.duty_percent

    def hold(self, *, held):
        self.device.hold(held=held)
