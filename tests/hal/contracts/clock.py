"""What every battery clock promises."""

from hal.kinds.clock import Battery
from hal.machine import Machine
from hal.simulated.clock import SimulatedClock
from tests.hal.contracts.device import DeviceContract, SimulatedRig

NOW_S = 1_800_000_000.0


class ClockContract(DeviceContract):
    """Its rig's `shows_s()` is what the registers hold; `empty_battery()` takes the time away; ours is `NOW_S`."""

    examples = {"set": {"wall_s": NOW_S}}  # noqa: RUF012

    def test_a_clock_is_set_and_read_back(self, rig):
        rig.device.open()
        rig.device.set(wall_s=NOW_S + 3600)
        assert abs(rig.shows_s() - (NOW_S + 3600)) <= 1
        assert abs(rig.told[-1].offset_s - 3600) <= 1
        assert rig.told[-1].trusted

    def test_a_clock_without_battery_is_not_trusted(self, rig):
        rig.device.open()
        rig.empty_battery()
        rig.device.poll()
        assert (rig.told[-1].battery, rig.told[-1].trusted) == (Battery.EMPTY, False)


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedClock("RTC", Machine(wall_s=lambda: NOW_S)))

    def shows_s(self):
        return NOW_S + self.device.state.offset_s

    def empty_battery(self):
        self.device.change_battery(battery=Battery.EMPTY)
