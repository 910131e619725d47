"""What every temperature sensor promises."""

from hal.kinds.temperature import Heat
from hal.machine import Machine
from hal.simulated.temperature import SimulatedTemperature
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class TemperatureContract(DeviceContract):
    """Its rig's `heat(celsius)` makes the chip that warm; its limits are 80 and 95 °C."""

    def test_a_reading_is_in_degrees_and_is_told(self, rig):
        rig.device.open()
        rig.heat(61.5)
        rig.device.poll()
        assert abs(rig.told[-1].celsius - 61.5) < 1

    def test_what_a_temperature_means_follows_the_limits(self, rig):
        rig.device.open()
        seen = []
        for celsius in (40, 85, 97):
            rig.heat(celsius)
            rig.device.poll()
            seen.append(rig.device.state.heat)
        assert seen == [Heat.NORMAL, Heat.HIGH, Heat.CRITICAL]


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedTemperature("CPU", Machine()))

    def heat(self, celsius):
        self.device.heat(celsius=celsius)
