"""The budget decides rightly, and with random hands at the ports it is never exceeded."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hal.errors import HalError
from hal.kinds.poe_supply import PoeFault, PoePriority, PortState
from hal.poe.budget import RANKS, Budget, Decision, Draw
from hal.simulated.poe_supply import SimulatedPoeSupply
from hal.simulated.pse import CLASS_WATTS, Load
from tests.hal.contracts.poe_supply import machine_of
from tests.hal.fakes.clock import Clock

LOW, HIGH, CRITICAL = PoePriority.LOW, PoePriority.HIGH, PoePriority.CRITICAL


def on(port, watts, priority=LOW, claim=None):
    return Draw(port, priority, on=True, waits=False, watts=watts, claim_watts=claim or watts)


def asks(port, watts, priority=LOW):
    return Draw(port, priority, on=False, waits=True, watts=0.0, claim_watts=watts)


@pytest.mark.parametrize(
    ("draws", "decision"),
    [
        ([], Decision()),
        ([on(1, 20), asks(2, 10)], Decision(grant=2)),
        ([on(1, 20), asks(2, 15.1)], Decision(refused=frozenset({2}))),
        ([asks(3, 10), asks(2, 10), asks(4, 10, HIGH)], Decision(grant=4)),
        ([asks(3, 10), asks(2, 10)], Decision(grant=2)),
        ([on(1, 20), asks(2, 30), asks(3, 10)], Decision(grant=3, refused=frozenset({2}))),
        ([on(1, 20), on(2, 21)], Decision(shed=(2,))),
        ([on(1, 20), on(2, 21, HIGH)], Decision(shed=(1,))),
        ([on(1, 0), on(2, 41, HIGH), on(3, 0)], Decision(shed=(2,))),
        ([on(1, 10), on(2, 10), on(3, 10), asks(4, 15, CRITICAL)], Decision(shed=(3,))),
        ([on(1, 10, HIGH), on(2, 10), asks(3, 30, HIGH)], Decision(refused=frozenset({3}))),
        ([on(1, 4, claim=15), on(2, 4, claim=15), asks(3, 6)], Decision(refused=frozenset({3}))),
    ],
)
def test_one_is_granted_at_a_time_and_the_least_important_go_first(draws, decision):
    assert Budget(40, 5).decide(draws) == decision


@pytest.mark.covers("D-HW-03")
def test_a_hot_supply_gives_less_and_more_again_only_when_it_has_cooled():
    budget, watts, told = Budget(130, hot=((45.0, 100.0), (55.0, 60.0))), 130.0, []
    for celsius in (20, 44.9, 45, 44, 42.1, 41.9, 60, 54, 51.9, 50, 41, None):
        watts = budget.at(celsius, watts)
        told.append(watts)
    assert told == [130, 130, 100, 100, 100, 130, 60, 60, 100, 100, 130, 130]


@pytest.mark.covers("D-HW-03")
def test_when_a_supply_gets_hot_the_least_important_port_goes_off(monkeypatch, tmp_path):
    clock = Clock()
    device = SimulatedPoeSupply("PSE", machine_of(clock, tmp_path), Budget(60, hot=((70.0, 20.0),)), 2)
    device.open()
    for port in (1, 2):
        device.plug(port=port, camera=f"cam{port}", watts=12.0)
    run_until_delivering(device, clock, 2)
    look = device._look
    monkeypatch.setattr(device, "_look", lambda: replace(look(), celsius=75.0))
    device.poll()
    assert device.state.budget_watts == 20
    run_until_delivering(device, clock, 1)  # cameras take what they can only once they have started
    assert [port.state is PortState.DELIVERING for port in device.state.ports] == [True, False]
    assert device.state.ports[1].faults == {PoeFault.BUDGET}


def run_until_delivering(device, clock, count):
    for _second in range(90):
        clock.sleep(1.0)
        device.poll()
        if sum(port.state is PortState.DELIVERING for port in device.state.ports) == count:
            return
    raise AssertionError(device.state.ports)


@given(
    st.lists(
        st.builds(
            Draw,
            port=st.integers(1, 8),
            priority=st.sampled_from(PoePriority),
            on=st.booleans(),
            waits=st.booleans(),
            watts=st.floats(0, 40),
            claim_watts=st.floats(40, 90),
        ),
        max_size=8,
        unique_by=lambda draw: draw.port,
    ),
    st.floats(1, 200),
)
def test_after_a_decision_the_rest_fits(draws, watts):
    draws = [
        Draw(d.port, d.priority, d.on, d.waits and not d.on, d.watts if d.on else 0.0, d.claim_watts) for d in draws
    ]
    decision = Budget(watts).decide(draws)
    left = [draw for draw in draws if draw.on and draw.port not in decision.shed]
    assert sum(draw.watts for draw in left) <= watts + 1e-9
    if decision.grant is not None:
        granted = next(draw for draw in draws if draw.port == decision.grant)
        assert sum(draw.claim_watts for draw in left) + granted.claim_watts <= watts + 1e-9
    gone = [draw for draw in draws if draw.port in decision.shed]
    for draw in gone:
        assert all(RANKS[draw.priority] >= RANKS[other.priority] for other in left if other.watts > 0)


class Hands(RuleBasedStateMachine):
    """Hands that plug and pull, owners that change their minds, power cuts, restarts of our software."""

    watts = 60.0
    ports = 6

    @initialize(by_class=st.booleans(), guard=st.sampled_from([0.0, 7.0]))
    def begin(self, by_class, guard):
        self.clock = Clock()
        self.machine = machine_of(self.clock, None)
        self.budget = Budget(self.watts, guard, by_class)
        self.supply = SimulatedPoeSupply("PSE", self.machine, self.budget, self.ports)
        self.supply.open()

    @rule(port=st.integers(1, 6), power_class=st.integers(0, 6), share=st.floats(0.1, 1.0), boots=st.booleans())
    def plug(self, port, power_class, share, boots):
        load = Load("camera", power_class, CLASS_WATTS[power_class] * share, boot_s=20.0 if boots else 0.0)
        self.supply.pse.plug(port - 1, load)

    @rule(port=st.integers(1, 6))
    def unplug(self, port):
        self.supply.pse.unplug(port - 1)

    @rule(port=st.integers(1, 6), priority=st.sampled_from(PoePriority))
    def prioritise(self, port, priority):
        self.supply.set_priority(port=port, priority=priority)

    @rule(port=st.integers(1, 6), watts=st.none() | st.floats(1, 60))
    def limit(self, port, watts):
        self.supply.set_limit(port=port, watts=watts)

    @rule(port=st.integers(1, 6), verb=st.sampled_from(["enable", "disable", "power_cycle"]))
    def switch(self, port, verb):
        try:
            getattr(self.supply, verb)(port=port)
        except HalError as error:
            assert str(error)  # noqa: PT017

    @rule()
    def black_out(self):
        self.supply.black_out()

    @rule()
    def restart(self):
        before = self.supply
        self.supply = SimulatedPoeSupply("PSE", self.machine, self.budget, self.ports)
        self.supply.pse = before.pse
        self.supply.open()

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds):
        for _ in range(seconds):
            self.clock.now_s += 1
            self.supply.poll()

    @invariant()
    def never_more_than_there_is(self):
        if hasattr(self, "supply"):
            assert self.supply.pse.most_watts <= self.watts
            assert self.supply.state.used_watts <= self.watts + 0.5


TestHands = pytest.mark.covers("D-HW-03")(Hands.TestCase)
TestHands.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def supply_of(clock, **budget):
    supply = SimulatedPoeSupply("PSE", machine_of(clock, None), Budget(**budget), 6)
    supply.open()
    return supply


def wait(clock, supply, seconds):
    for _ in range(seconds):
        clock.now_s += 1
        supply.poll()


@pytest.mark.covers("D-HW-02")
def test_after_a_blackout_ports_start_one_after_another_in_the_order_of_their_importance():
    clock = Clock()
    supply = supply_of(clock, watts=120.0)
    for port in range(1, 7):
        supply.plug(port=port, camera=f"camera {port}")
    supply.set_priority(port=5, priority=CRITICAL)
    supply.set_priority(port=3, priority=HIGH)
    wait(clock, supply, 15)
    assert all(port.state is PortState.DELIVERING for port in supply.state.ports)
    started = []
    supply.watch(
        lambda state: started.extend(
            port.port for port in state.ports if port.state is PortState.DELIVERING and port.port not in started
        )
    )
    supply.black_out()
    assert supply.pse.total_watts == 0
    at = {}
    for second in range(15):
        wait(clock, supply, 1)
        at.update({port: second for port in started if port not in at})
    assert started == [5, 3, 1, 2, 4, 6]
    assert sorted(at.values()) == list(range(min(at.values()), min(at.values()) + 6))


def test_a_camera_that_starts_counts_as_its_class_and_later_as_the_most_it_took():
    clock = Clock()
    supply = supply_of(clock, watts=30.0)
    supply.plug(port=1, camera="one", watts=5.0)
    wait(clock, supply, 10)
    assert supply.state.ports[0].allocated_watts == 15.4
    supply.draw(port=1, watts=9.0)
    wait(clock, supply, 60)
    supply.draw(port=1, watts=4.0)
    wait(clock, supply, 10)
    assert (supply.state.ports[0].allocated_watts, supply.state.ports[0].watts) == (9.0, 4.0)


def test_by_class_a_camera_always_counts_as_its_class():
    clock = Clock()
    supply = supply_of(clock, watts=30.0, by_class=True)
    supply.plug(port=1, camera="one", watts=5.0)
    wait(clock, supply, 100)
    assert supply.state.ports[0].allocated_watts == 15.4


def test_cameras_whose_night_lights_come_on_together_cost_only_the_least_important_its_power():
    clock = Clock()
    supply = supply_of(clock, watts=40.0, guard_watts=2.0)
    supply.set_priority(port=4, priority=HIGH)
    for port in range(1, 5):
        supply.plug(port=port, camera=f"camera {port}", watts=7.0)
        wait(clock, supply, 70)
    assert supply.state.used_watts == 28.0
    for port in range(1, 5):
        supply.draw(port=port, watts=12.0)
    wait(clock, supply, 1)
    assert [port.state for port in supply.state.ports[:4]] == [
        PortState.DELIVERING,
        PortState.DELIVERING,
        PortState.FAULT,
        PortState.DELIVERING,
    ]
    assert supply.state.used_watts == 36.0


def test_a_port_that_trips_waits_longer_each_time():
    clock = Clock()
    supply = supply_of(clock, watts=100.0)
    supply.pse.plug(0, Load("defect", 1, 20.0))
    off_s = []
    powered_at_s = clock.now_s
    for _ in range(100):
        wait(clock, supply, 1)
        if supply.state.ports[0].state is PortState.DETECTED:
            off_s.append(clock.now_s - powered_at_s)
            powered_at_s = clock.now_s
    assert len(off_s) >= 3
    assert off_s[-1] > off_s[1]


def test_what_takes_no_power_from_the_cable_is_left_alone_and_named():
    clock = Clock()
    supply = supply_of(clock, watts=100.0)
    supply.pse.plug(0, Load("laptop", kohm=0.15))
    supply.pse.plug(1, Load("old switch", kohm=12))
    wait(clock, supply, 10)
    assert [sorted(port.faults) for port in supply.state.ports[:2]] == [["short"], ["r_low"]]
    assert supply.pse.most_watts == 0


def test_a_camera_that_cannot_charge_within_its_time_is_told():
    clock = Clock()
    supply = supply_of(clock, watts=100.0)
    supply.pse.plug(0, Load("defect", microfarads=2000))
    wait(clock, supply, 10)
    assert supply.state.ports[0].faults == {"inrush"}
    assert supply.state.ports[0].state is PortState.FAULT
