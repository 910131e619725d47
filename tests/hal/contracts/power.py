"""What every machine's switch promises."""

from hal.kinds.power import Going
from hal.machine import Machine
from hal.simulated.power import SimulatedPower
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class PowerContract(DeviceContract):
    """Its rig's `asked()` is what the system was told last: "poweroff", "reboot" or nothing."""

    examples = {"shut_down": {}, "restart": {}}  # noqa: RUF012

    def test_the_machine_is_switched_off(self, rig):
        rig.device.open()
        assert rig.asked() == ""
        rig.device.shut_down()
        assert (rig.asked(), rig.told[-1].going) == ("poweroff", Going.DOWN)

    def test_the_machine_starts_anew(self, rig):
        rig.device.open()
        rig.device.restart()
        assert (rig.asked(), rig.told[-1].going) == ("reboot", Going.AROUND)


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedPower("SYSTEM", Machine()))

    def asked(self):
        return {Going.NOWHERE: "", Going.DOWN: "poweroff", Going.AROUND: "reboot"}[self.device.state.going]
