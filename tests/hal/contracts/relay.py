"""What every relay promises."""

import pytest

from hal.errors import BadRequest
from hal.kinds.relay import LONGEST_CLOSED_S
from hal.machine import Machine
from hal.simulated.relay import SimulatedRelay
from tests.hal.contracts.device import DeviceContract, SimulatedRig
from tests.hal.fakes.clock import Clock, let_pass

SETTLED_S = 0.02


class RelayContract(DeviceContract):
    """Its rig's `conducts()` is what a meter at the terminals would show, `clock` what its machine's clock is."""

    examples = {"switch": {"closed": True}, "pulse": {"for_s": 1.0}, "release": {"after_s": 1.0}}  # noqa: RUF012

    def closed(self, rig, seconds=SETTLED_S):
        """Tell after some time whether the contact is closed, and see that the state says the same."""
        let_pass(rig.device, rig.clock, seconds)
        closed = rig.conducts() is not rig.device.state.normally_closed
        assert rig.told[-1].closed is closed
        return closed

    def test_a_contact_is_closed_and_opened(self, rig):
        rig.device.open()
        assert not self.closed(rig)
        rig.device.switch(closed=True)
        assert self.closed(rig)
        assert self.closed(rig, 40)
        rig.device.switch(closed=False)
        assert not self.closed(rig)

    def test_a_contact_is_left_at_rest(self, rig):
        rig.device.open()
        rig.device.pulse(for_s=1)
        assert self.closed(rig)
        rig.device.close()
        assert not self.closed(rig)

    def test_a_pulse_ends_by_itself(self, rig):
        rig.device.open()
        rig.device.pulse(for_s=0.5)
        assert rig.told[-1].timed
        assert self.closed(rig, 0.45)
        assert not self.closed(rig, 0.1)
        assert not rig.told[-1].timed

    def test_an_alarm_that_ends_leaves_the_contact_closed_for_its_time(self, rig):
        rig.device.open()
        rig.device.switch(closed=True)
        rig.device.release(after_s=10)
        assert self.closed(rig, 9.9)
        assert not self.closed(rig, 0.2)

    def test_an_alarm_that_ends_without_a_time_opens_the_contact(self, rig):
        rig.device.open()
        rig.device.switch(closed=True)
        rig.device.release(after_s=0)
        assert not self.closed(rig)

    def test_the_end_of_an_alarm_closes_nothing(self, rig):
        rig.device.open()
        rig.device.release(after_s=10)
        assert not self.closed(rig, 1)

    def test_a_new_alarm_holds_a_contact_that_was_to_open(self, rig):
        rig.device.open()
        rig.device.pulse(for_s=1)
        rig.device.switch(closed=True)
        assert self.closed(rig, 20)

    def test_a_time_that_cannot_be_meant_is_refused_and_moves_nothing(self, rig):
        rig.device.open()
        for seconds in (-1, float("nan"), float("inf"), LONGEST_CLOSED_S + 1):
            with pytest.raises(BadRequest, match="must be"):
                rig.device.pulse(for_s=seconds)
            with pytest.raises(BadRequest, match="must be"):
                rig.device.release(after_s=seconds)
        with pytest.raises(BadRequest, match="must be"):
            rig.device.pulse(for_s=0)
        assert not self.closed(rig)


class Simulated(SimulatedRig):
    def __init__(self, **options):
        self.clock = Clock()
        super().__init__(SimulatedRelay("OUT1", Machine(monotonic_s=self.clock), **options))

    def conducts(self):
        return self.device.conducts()
