"""What every display connector promises."""

from hal.kinds.display import Mode
from hal.machine import Machine
from hal.simulated.display import SimulatedDisplay
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class DisplayContract(DeviceContract):
    """Its rig's `plug(plugged)` pulls a full-HD monitor's cable, and puts it back."""

    def test_a_monitor_that_comes_and_goes_is_told(self, rig):
        rig.device.open()
        rig.plug(plugged=False)
        rig.device.poll()
        assert (rig.told[-1].connected, rig.told[-1].modes, rig.told[-1].preferred) == (False, (), None)
        rig.plug(plugged=True)
        rig.device.poll()
        assert rig.told[-1].connected
        assert rig.told[-1].preferred == Mode(1920, 1080)
        assert rig.told[-1].preferred in rig.told[-1].modes
        assert rig.told[-1].maker


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedDisplay("HDMI1", Machine()))

    def plug(self, *, plugged):
        self.device.plug(plugged=plugged)
