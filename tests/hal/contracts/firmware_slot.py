"""What every firmware slot promises."""

import pytest

from hal.errors import Refused
from hal.machine import Machine
from hal.simulated.firmware_slot import SimulatedFirmwareSlot
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class FirmwareSlotContract(DeviceContract):
    """The device of its rig is A, which runs; `rig.other` is B; both are good."""

    examples = {"mark_good": {}, "mark_bad": {}, "start_next": {}}  # noqa: RUF012

    def test_the_other_slot_starts_next(self, rig):
        rig.device.open()
        rig.other.open()
        assert (rig.device.state.booted, rig.device.state.next, rig.other.state.next) == (True, True, False)
        rig.other.start_next()
        rig.device.poll()
        assert (rig.device.state.next, rig.other.state.next) == (False, True)

    def test_a_bad_slot_is_never_started(self, rig):
        rig.device.open()
        rig.other.open()
        rig.other.mark_bad()
        assert not rig.other.state.good
        with pytest.raises(Refused, match="marked bad"):
            rig.other.start_next()

    def test_a_slot_is_good_again(self, rig):
        rig.device.open()
        rig.other.open()
        rig.other.mark_bad()
        rig.other.mark_good()
        assert rig.other.state.good

    def test_the_last_good_slot_stays_good(self, rig):
        rig.device.open()
        rig.other.open()
        rig.other.mark_bad()
        with pytest.raises(Refused, match="no other firmware is good"):
            rig.device.mark_bad()


class Simulated(SimulatedRig):
    def __init__(self):
        machine = Machine()
        super().__init__(SimulatedFirmwareSlot("A", machine, booted=True, version="1.0"))
        self.other = SimulatedFirmwareSlot("B", machine, version="0.9")
