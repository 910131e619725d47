"""What every alarm input promises."""

from hal.kinds.alarm_input import STUCK_AFTER_S, InputFault, Rest
from hal.machine import Machine
from hal.simulated.alarm_input import SimulatedAlarmInput
from tests.hal.contracts.device import DeviceContract, SimulatedRig
from tests.hal.fakes.clock import Clock, let_pass


class AlarmInputContract(DeviceContract):
    """Its rig's `move(active=…)` moves the contact and returns when the driver has seen it; it has a `clock`."""

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

    def test_an_input_that_stays_active_is_told_as_stuck_and_told_again_when_it_rests(self, rig):
        rig.device.open()
        rig.move(active=True)
        let_pass(rig.device, rig.clock, STUCK_AFTER_S - 1)
        assert not rig.device.state.faults
        let_pass(rig.device, rig.clock, 2)
        assert rig.told[-1].faults == {InputFault.STUCK}
        assert rig.told[-1].active
        rig.move(active=False)
        assert not rig.told[-1].faults

    def test_an_input_that_rests_for_long_is_not_stuck(self, rig):
        rig.device.open()
        rig.move(active=True)
        rig.move(active=False)
        let_pass(rig.device, rig.clock, 3 * STUCK_AFTER_S)
        assert not rig.device.state.faults

    def test_an_owner_says_how_the_contact_rests(self, rig):
        rig.device.open()
        rig.move(active=True)
        built = rig.device.state.normally_closed
        as_it_is, other = (Rest.OPEN, Rest.CLOSED) if built else (Rest.CLOSED, Rest.OPEN)
        assert rig.device.state.rest is Rest.BOARD
        for rest, closed, active in ((as_it_is, not built, False), (other, built, True), (Rest.BOARD, built, True)):
            rig.device.rests(contact=rest)
            told = rig.told[-1]
            assert (told.rest, told.normally_closed, told.active) == (rest, closed, active)

    def test_how_a_contact_rests_can_be_said_while_it_is_away(self, rig):
        rig.device.open()
        rig.move(active=True)
        rig.device.close()
        rig.device.rests(contact=Rest.OPEN if rig.device.state.normally_closed else Rest.CLOSED)
        rig.device.open()
        assert not rig.device.state.active


class Simulated(SimulatedRig):
    def __init__(self, **options):
        self.clock = Clock()
        super().__init__(SimulatedAlarmInput("IN1", Machine(monotonic_s=self.clock), **options))

    def move(self, *, active):
        self.device.move(active=active)
