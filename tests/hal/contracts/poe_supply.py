"""What every PoE supply promises."""

import shutil
import tempfile
import weakref
from pathlib import Path

import pytest

from hal.errors import BadRequest, HalError, Unsupported
from hal.kinds.poe_supply import NoPower, PoeFault, PoeMode, PoePriority, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.supply import SHED_S
from hal.simulated.poe_supply import SimulatedPoeSupply
from hal.simulated.pse import Load
from tests.hal.contracts.device import DeviceContract, Rig
from tests.hal.fakes.clock import Clock

BUDGET = Budget(watts=40.0, guard_watts=5.0)
PORTS = 4
PATIENCE_S = 12
"""Detection, classification, a start after another and a slow poll."""


class PoeRig(Rig):
    """A supply of four ports with the budget above, and the physics behind it.

    `pse` is the physics; `again()` gives a new device on the same hardware, as after a restart of our software.
    """

    pse = None

    def __init__(self, clock, device):
        super().__init__(device)
        self.clock = clock

    def again(self):
        raise NotImplementedError

    def plug(self, port, watts=4.0, power_class=3, **load):
        self.pse.plug(port - 1, Load(f"camera {port}", power_class, watts, **load))

    def unplug(self, port):
        self.pse.unplug(port - 1)

    def powered(self, port):
        """What a meter in the cable shows."""
        self.pse.advance()
        return self.pse.lines[port - 1].watts(self.pse.now_s) > 0

    def pass_s(self, seconds):
        """Let time pass, with the polls that belong to it."""
        until_s = self.clock.now_s + seconds
        while self.clock.now_s < until_s:
            self.clock.now_s += min(self.device.poll_s, until_s - self.clock.now_s)
            self.pse.advance()
            self.device.poll()

    def port(self, number):
        return self.device.state.ports[number - 1]

    def start(self, *ports, **load):
        """Open the supply, plug cameras in and wait for their power."""
        self.device.open()
        for port in ports:
            self.plug(port, **load)
        self.pass_s(PATIENCE_S)
        assert [self.powered(port) for port in ports] == [True] * len(ports)


class PoeSupplyContract(DeviceContract):
    """Its rig is a `PoeRig`."""

    examples = {  # noqa: RUF012
        "enable": {"port": 1},
        "disable": {"port": 1},
        "power_cycle": {"port": 1},
        "set_limit": {"port": 1, "watts": 10.0},
        "set_priority": {"port": 1, "priority": PoePriority.HIGH},
        "set_mode": {"port": 1, "mode": PoeMode.AF},
    }

    def test_a_camera_that_is_plugged_in_gets_power_and_is_measured(self, rig):
        rig.device.open()
        assert [port.port for port in rig.device.state.ports] == [1, 2, 3, 4]
        rig.pass_s(3)
        assert {port.state for port in rig.device.state.ports} <= {PortState.SEARCHING, PortState.BACKOFF}
        assert not rig.powered(2)
        rig.plug(2, watts=6.2, power_class=2)
        rig.pass_s(PATIENCE_S)
        assert rig.powered(2)
        port = rig.port(2)
        assert (port.state, port.faults) == (PortState.DELIVERING, frozenset())
        assert port.power_class in {2, None}
        assert port.watts == pytest.approx(6.2, abs=0.25)
        if port.volts is not None:
            assert port.volts * port.milliamps / 1000 == pytest.approx(port.watts, abs=0.2)
        assert rig.device.state.used_watts == pytest.approx(6.2, abs=0.25)
        assert rig.told[-1] == rig.device.state

    def test_a_camera_that_is_pulled_out_is_gone(self, rig):
        rig.start(1)
        since_us = rig.port(1).since_us
        rig.unplug(1)
        rig.pass_s(PATIENCE_S)
        assert not rig.powered(1)
        assert rig.port(1).state in {PortState.SEARCHING, PortState.BACKOFF}
        assert (rig.port(1).watts, rig.device.state.used_watts) == (0.0, 0.0)
        assert rig.port(1).since_us > since_us

    def test_a_port_is_switched_off_and_on(self, rig):
        rig.start(1, 2)
        rig.device.disable(port=1)
        assert (rig.powered(1), rig.powered(2)) == (False, True)
        assert (rig.port(1).state, rig.port(1).enabled, rig.port(1).watts) == (PortState.DISABLED, False, 0.0)
        rig.pass_s(PATIENCE_S)
        assert not rig.powered(1)
        rig.device.enable(port=1)
        rig.pass_s(PATIENCE_S)
        assert (rig.powered(1), rig.port(1).enabled) == (True, True)

    def test_a_camera_is_restarted(self, rig):
        rig.start(1, 3)
        rig.device.power_cycle(port=3, off_s=6)
        assert (rig.powered(1), rig.powered(3)) == (True, False)
        assert rig.port(3).state is PortState.BACKOFF
        rig.pass_s(3.5)
        assert not rig.powered(3)
        rig.pass_s(PATIENCE_S)
        assert rig.powered(3)
        assert rig.port(3).state is PortState.DELIVERING

    def test_a_port_that_is_off_is_not_restarted(self, rig):
        rig.start(1)
        rig.device.disable(port=1)
        with pytest.raises(BadRequest, match="switched off"):
            rig.device.power_cycle(port=1)
        assert not rig.powered(1)

    def test_ports_stay_on_when_our_software_ends_and_are_taken_over_when_it_comes_back(self, rig):
        rig.start(1, 4)
        rig.device.close()
        assert (rig.powered(1), rig.powered(4)) == (True, True)
        rig.again()
        rig.device.open()
        assert (rig.powered(1), rig.powered(4)) == (True, True)
        assert rig.port(4).state is PortState.DELIVERING
        rig.pass_s(PATIENCE_S)
        assert (rig.powered(1), rig.powered(4)) == (True, True)

    def test_a_crash_of_our_software_takes_no_camera_down(self, rig):
        rig.start(2)
        rig.again()
        rig.device.open()
        rig.pass_s(3)
        assert rig.powered(2)
        rig.device.disable(port=2)
        assert not rig.powered(2)

    def test_more_is_never_taken_than_there_is_and_the_highest_of_the_least_important_goes_first(self, rig):
        rig.start(1, 2, watts=15.0)
        rig.plug(3, watts=15.0)
        rig.pass_s(PATIENCE_S)
        assert [rig.powered(port) for port in (1, 2, 3)] == [True, True, False]
        assert (rig.port(3).state, rig.port(3).faults) == (PortState.FAULT, {PoeFault.BUDGET})
        assert rig.device.state.used_watts <= BUDGET.watts
        assert (rig.device.state.budget_watts, rig.device.state.guard_watts) == (BUDGET.watts, BUDGET.guard_watts)

    def test_the_more_important_camera_keeps_its_power(self, rig):
        rig.start(1, 2, watts=15.0)
        rig.device.set_priority(port=3, priority=PoePriority.CRITICAL)
        assert rig.port(3).priority is PoePriority.CRITICAL
        rig.plug(3, watts=15.0)
        rig.pass_s(PATIENCE_S)
        assert [rig.powered(port) for port in (1, 2, 3)] == [True, False, True]
        assert rig.port(2).faults == {PoeFault.BUDGET}

    def test_what_does_not_fit_is_refused_with_the_figures(self, rig):
        rig.start(1, 2, watts=15.0)
        rig.plug(3, watts=15.0)
        rig.pass_s(PATIENCE_S)
        with pytest.raises(NoPower, match=r"W are wanted and \d+\.\d W of 40 W are free"):
            rig.device.enable(port=3)
        assert not rig.powered(3)

    def test_who_was_shed_comes_back_when_there_is_room(self, rig):
        rig.start(1, 2, watts=15.0)
        rig.plug(3, watts=15.0)
        rig.pass_s(PATIENCE_S)
        rig.unplug(1)
        rig.pass_s(SHED_S + PATIENCE_S)
        assert rig.powered(3)
        assert rig.port(3).faults == frozenset()

    def test_a_camera_above_its_limit_is_cut_and_that_is_told(self, rig):
        rig.start(1, watts=12.0)
        rig.device.set_limit(port=1, watts=8.0)
        assert rig.port(1).limit_watts == 8.0
        rig.pass_s(4)
        assert not rig.powered(1)
        assert rig.port(1).state is PortState.FAULT
        assert rig.port(1).faults in ({PoeFault.OVERLOAD}, {PoeFault.UNKNOWN})

    def test_a_mode_caps_what_a_port_gives(self, rig):
        rig.start(1, watts=22.0, power_class=4)
        rig.device.set_mode(port=1, mode=PoeMode.AF)
        assert rig.port(1).mode is PoeMode.AF
        rig.pass_s(4)
        assert not rig.powered(1)
        rig.device.set_mode(port=1, mode=PoeMode.AUTO)
        rig.pass_s(20 + PATIENCE_S)
        assert rig.powered(1)

    def test_a_mode_that_is_not_there_is_refused(self, rig):
        rig.device.open()
        for mode in set(PoeMode) - set(rig.device.state.modes):
            with pytest.raises(Unsupported, match="no mode"):
                rig.device.set_mode(port=1, mode=mode)

    def test_a_port_that_is_not_there_is_refused(self, rig):
        rig.device.open()
        with pytest.raises(BadRequest, match="ports 1 to 4"):
            rig.device.disable(port=5)

    def test_wishes_outlast_power_cuts(self, rig):
        rig.start(1, 2)
        rig.device.disable(port=1)
        rig.device.set_priority(port=2, priority=PoePriority.HIGH)
        rig.again()
        rig.device.open()
        rig.pass_s(PATIENCE_S)
        assert (rig.powered(1), rig.powered(2)) == (False, True)
        assert (rig.port(1).enabled, rig.port(2).priority) == (False, PoePriority.HIGH)

    def test_what_hangs_is_found_out_by_polling(self, rig):
        rig.device.open()
        rig.lose()
        with pytest.raises((HalError, OSError)):
            rig.device.poll()


class SimulatedPoeRig(PoeRig):
    def __init__(self, clock, machine):
        self.machine = machine
        super().__init__(clock, SimulatedPoeSupply("PSE", machine, BUDGET, PORTS))
        self.pse = self.device.pse

    def again(self):
        before, self.device = self.device, SimulatedPoeSupply("PSE", self.machine, BUDGET, PORTS)
        self.device.pse = before.pse
        self.device.watch(self.told.append)

    def lose(self):
        self.device._broken = "the cable was cut"


def machine_of(clock, keep, **more):
    return Machine(
        monotonic_s=clock,
        wall_s=lambda: 1_790_000_000.0 + clock(),
        sleep_s=clock.sleep,
        keep=keep,
        **more,
    )


class Simulated(SimulatedPoeRig):
    def __init__(self):
        place = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, place)
        clock = Clock()
        super().__init__(clock, machine_of(clock, Path(place)))
