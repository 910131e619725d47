"""What every supply promises."""

from hal.kinds.supply import PowerSource
from hal.machine import Machine
from hal.simulated.supply import SimulatedSupply
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class SupplyContract(DeviceContract):
    """Its rig's `plug(plugged)` pulls the mains; `lasts` says whether a battery goes on."""

    def test_a_pulled_plug_and_its_return_are_told(self, rig):
        rig.device.open()
        assert rig.device.state.source is PowerSource.MAINS
        rig.plug(plugged=False)
        rig.device.poll()
        assert rig.told[-1].source is (PowerSource.BATTERY if rig.lasts else PowerSource.NOTHING)
        rig.plug(plugged=True)
        rig.device.poll()
        assert rig.told[-1].source is PowerSource.MAINS


class Simulated(SimulatedRig):
    lasts = True

    def __init__(self):
        super().__init__(SimulatedSupply("UPS", Machine(), battery_s=600))

    def plug(self, *, plugged):
        self.device.plug(plugged=plugged)
