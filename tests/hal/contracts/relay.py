"""What every relay promises."""

from hal.machine import Machine
from hal.simulated.relay import SimulatedRelay
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class RelayContract(DeviceContract):
    """Its rig's `conducts()` is what a meter at the contact would show."""

    examples = {"switch": {"closed": True}}  # noqa: RUF012

    def test_a_contact_is_closed_and_opened(self, rig):
        rig.device.open()
        assert not rig.conducts()
        rig.device.switch(closed=True)
        assert rig.conducts()
        assert rig.told[-1].closed
        rig.device.switch(closed=False)
        assert not rig.conducts()
        assert not rig.told[-1].closed

    def test_a_contact_is_left_open(self, rig):
        rig.device.open()
        rig.device.switch(closed=True)
        rig.device.close()
        assert not rig.conducts()


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedRelay("OUT1", Machine()))

    def conducts(self):
        return self.device.state.closed
