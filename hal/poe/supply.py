"""What all supplies do alike: budget, limits, starting one after another, retries, remembering the owner's wishes.

Drivers say what their hardware says and switch single ports; when to switch is decided here. Ports that deliver are
taken over by `open` and left on by `close`, so that cameras stay on while our software is replaced.
"""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from hal.errors import BadAnswer, BadRequest, Offline, Unsupported
from hal.kinds.poe_supply import (
    CLASS_WATTS,
    NoPower,
    PoeFault,
    PoeMode,
    PoePriority,
    PoeSupply,
    PortState,
)
from hal.machine import Machine
from hal.memory import Memory
from hal.poe.budget import Budget, Draw
from hal.poe.port import FOUND_S, OVER_LIMIT_POLLS, SETTLE_S, Plan, Reading, Record, Sight, Wish

POLL_S = 1.0
GATHER_S = 2.0
"""How long the ports are looked at before the first is granted, so that the most important is known."""
STAGGER_S = 1.0
"""Between two ports that get power: the rush of one is over, and the supply measured again, before the next."""
SHED_S = 60.0
"""How long a port that was shed stays off before it asks again, so that two cameras do not take turns."""
SMALLEST_WATTS = CLASS_WATTS[1]
ETHTOOL_S = 2.0


class BudgetedSupply(PoeSupply):
    """A supply whose ports are granted power within a budget.

    `grants_itself` is hardware that gives power to what it finds as long as a port is switched on; other hardware waits
    for each grant after it found something. `limits` is hardware that keeps a port to the owner's limit by itself,
    `measures` hardware that tells what each port takes.
    """

    poll_s = POLL_S
    grants_itself: ClassVar[bool] = False
    limits: bool = False
    measures: bool = True
    gives: tuple[PoeMode, ...] = (PoeMode.AUTO, PoeMode.AF, PoeMode.AT)

    def __init__(self, name: str, machine: Machine, count: int, budget: Budget, plan: Plan) -> None:
        super().__init__(name)
        self._machine = machine
        self.budget = budget
        self._whole = budget
        """The budget while the supply is cool."""
        self._plan = plan
        self._memory = Memory(machine.keep, self.kind, name)
        self._records = [Record(number) for number in range(1, count + 1)]
        self._draws: list[Draw] = []
        self._first_grant_s = math.inf
        self._last_grant_s = -math.inf

    @abstractmethod
    def _begin(self) -> None:
        """Find the hardware and prepare it without taking power from any port; raises `Offline`."""

    @abstractmethod
    def _look(self) -> Sight:
        """Say how the ports are."""

    @abstractmethod
    def _grant(self, port: int) -> None:
        """Let a port deliver."""

    @abstractmethod
    def _cut(self, port: int) -> None:
        """Take a port's power and let it search no more."""

    def _allow(self, port: int) -> None:
        """Let a port search, where that does not already give power."""

    def _configure(self, port: int, wish: Wish) -> None:
        """Tell the hardware limit, priority and mode, as far as it knows such things."""

    @property
    def _modes(self) -> tuple[PoeMode, ...]:
        return (*self.gives, PoeMode.LONG_REACH) if self._plan.interfaces else self.gives

    def open(self) -> None:
        """Find the hardware, take over what delivers, and tell it the owner's wishes."""
        self._begin()
        self._recall()
        sight = self._seen()
        now_s = self._machine.monotonic_s()
        self._first_grant_s = now_s + GATHER_S
        for record, reading in zip(self._records, sight.ports, strict=True):
            record.release()
            # What delivers already has shown what it takes.
            record.delivering = reading.state is PortState.DELIVERING
            record.granted_s = -math.inf
            record.peak_watts = reading.watts
            self._configure(record.number, record.wish)
            if record.wish.mode is PoeMode.LONG_REACH:
                self._reach(record.number, far=True)
        self._follow(sight)
        self.change(online=True, reason="")

    def poll(self) -> None:
        """Look at all ports, and give and take power as the budget says."""
        self._follow(self._seen())

    def enable(self, *, port: int) -> None:
        """Let a port search and deliver."""
        record = self._asked(port)
        asked_watts = self._claim_of(record)
        room_watts = self._room_for(record)
        if not record.delivering and asked_watts > room_watts:
            raise NoPower(
                f"{self.name} port {port}: {asked_watts:.1f} W are wanted and {max(room_watts, 0):.1f} W of "
                f"{self.budget.watts:.0f} W are free; switch another port off or make this one more important"
            )
        record.release()
        record.failures = 0
        self._want(record, replace(record.wish, enabled=True))
        self.poll()

    def disable(self, *, port: int) -> None:
        """Take a port's power away."""
        record = self._asked(port)
        self._cut(port)
        record.release()
        record.delivering = False
        record.power_class = None
        self._want(record, replace(record.wish, enabled=False))
        self.poll()

    def power_cycle(self, *, port: int, off_s: float = 2.0) -> None:
        """Take a port's power away for so long."""
        record = self._asked(port)
        if not record.wish.enabled:
            raise BadRequest(f"{self.name} port {port} is switched off; enable it instead")
        self._cut(port)
        record.failures = 0
        record.hold(self._machine.monotonic_s(), off_s)
        self.poll()

    def set_limit(self, *, port: int, watts: float | None) -> None:
        """Allow a port at most so much."""
        record = self._asked(port)
        self._want(record, replace(record.wish, limit_watts=watts))
        self._configure(port, record.wish)
        self.poll()

    def set_priority(self, *, port: int, priority: PoePriority) -> None:
        """Say who keeps power when there is not enough."""
        record = self._asked(port)
        self._want(record, replace(record.wish, priority=priority))
        self._configure(port, record.wish)
        self.poll()

    def set_mode(self, *, port: int, mode: PoeMode) -> None:
        """Set what a port may give, or its long reach."""
        record = self._asked(port)
        before = record.wish.mode
        if mode not in self._modes:
            raise Unsupported(f"{self.name} port {port} has no mode {mode}")
        if PoeMode.LONG_REACH in {mode, before} and mode is not before:
            self._reach(port, far=mode is PoeMode.LONG_REACH)
        self._want(record, replace(record.wish, mode=mode))
        self._configure(port, record.wish)
        self.poll()

    def _asked(self, port: int) -> Record:
        self.require_online()
        if not 1 <= port <= len(self._records):
            raise BadRequest(f"{self.name} has ports 1 to {len(self._records)}")
        return self._records[port - 1]

    def _want(self, record: Record, wish: Wish) -> None:
        record.wish = wish
        self._memory.keep({str(one.number): one.wish for one in self._records})

    def _recall(self) -> None:
        kept = self._memory.recall(dict[str, Wish], {})
        for record in self._records:
            record.wish = kept.get(str(record.number), record.wish)

    def _reach(self, port: int, *, far: bool) -> None:
        """Reach further over the cable by sending slower: 10 Mb/s, for one stream below 1080p (D-HW-02)."""
        if port > len(self._plan.interfaces):
            raise Unsupported(f"{self.name} port {port} has no interface that could be slowed down")
        interface = self._plan.interfaces[port - 1]
        how = ["speed", "10", "duplex", "full", "autoneg", "off"] if far else ["autoneg", "on"]
        ended = self._machine.run(["ethtool", "-s", interface, *how], ETHTOOL_S)
        if ended.status:
            raise Offline(f"{interface}: {ended.complaint or 'ethtool failed'}")

    def _seen(self) -> Sight:
        sight = self._look()
        if len(sight.ports) != len(self._records):
            raise BadAnswer(f"{self.name} has {len(self._records)} ports and tells of", bytes([len(sight.ports)]))
        return sight

    def _follow(self, sight: Sight) -> None:
        now_s = self._machine.monotonic_s()
        if self._whole.hot:
            self.budget = replace(self._whole, watts=self._whole.at(sight.celsius, self.budget.watts))
        for record, reading in zip(self._records, sight.ports, strict=True):
            self._care_for(record, reading, now_s)
        self._draws = [
            self._draw(record, reading, now_s) for record, reading in zip(self._records, sight.ports, strict=True)
        ]
        decision = self.budget.decide(self._draws)
        for port in decision.shed:
            self._cut(port)
            self._records[port - 1].hold(now_s, SHED_S, frozenset({PoeFault.BUDGET}))
        if decision.grant is not None and now_s - self._last_grant_s >= STAGGER_S:
            self._last_grant_s = self._records[decision.grant - 1].granted_s = now_s
            self._records[decision.grant - 1].peak_watts = 0.0
            self._grant(decision.grant)
        self._tell(sight, decision.refused)

    def _care_for(self, record: Record, reading: Reading, now_s: float) -> None:
        """Keep one port as it should be, budget aside."""
        record.see(reading, now_s)
        if record.held_until_s is not None and now_s >= record.held_until_s:
            record.release()
        if not record.wish.enabled or record.held_until_s is not None:
            if reading.granted or reading.state is not PortState.DISABLED:
                self._cut(record.number)
        elif reading.tripped:  # hardware that grants by itself would try at once, again and again
            self._cut(record.number)
            record.hold(now_s, record.retry_s(), reading.tripped)
        elif record.over_limit >= OVER_LIMIT_POLLS:
            self._cut(record.number)
            record.hold(now_s, record.retry_s(), frozenset({PoeFault.OVERLOAD}))
        elif reading.state is PortState.DISABLED:
            self._allow(record.number)

    def _draw(self, record: Record, reading: Reading, now_s: float) -> Draw:
        free = record.wish.enabled and record.held_until_s is None
        on = free and (record.delivering or (reading.granted and now_s - record.granted_s < FOUND_S))
        found = self.grants_itself or reading.state is PortState.DETECTED
        waits = free and not on and not reading.granted and found and now_s >= self._first_grant_s
        settled = now_s - record.granted_s > SETTLE_S and not self.budget.by_class and self.measures
        claim_watts = record.peak_watts if on and settled else self._claim_of(record)
        return Draw(record.number, record.wish.priority, on, waits, reading.watts, max(claim_watts, reading.watts))

    def _claim_of(self, record: Record) -> float:
        """What a port counts for before it has shown what it takes."""
        if self.grants_itself or not record.wish.enabled:  # what hangs there is not known yet
            return record.class_watts(limited=self.limits, unknown_watts=SMALLEST_WATTS)
        return record.class_watts(limited=self.limits)

    def _room_for(self, record: Record) -> float:
        """What this port could claim, with all less important ones shed."""
        order = list(PoePriority)
        rank = order.index(record.wish.priority)
        others = [draw for draw in self._draws if draw.port != record.number]
        return self.budget.room_watts(draw for draw in others if order.index(draw.priority) <= rank)

    def _tell(self, sight: Sight, refused: frozenset[int]) -> None:
        wall_us = int(self._machine.wall_s() * 1_000_000)
        ports = tuple(
            record.port(
                self._plan,
                reading,
                refused=record.number in refused,
                claim_watts=draw.claim_watts,
                measured=self.measures,
                wall_us=wall_us,
            )
            for record, reading, draw in zip(self._records, sight.ports, self._draws, strict=True)
        )
        used_watts = sum(port.watts or 0.0 for port in ports) if sight.used_watts is None else sight.used_watts
        self.change(
            ports=ports,
            budget_watts=self.budget.watts,
            guard_watts=self.budget.guard_watts,
            used_watts=round(used_watts, 1),
            input_volts=None if sight.input_volts is None else round(sight.input_volts, 1),
            celsius=None if sight.celsius is None else round(sight.celsius),
            modes=self._modes,
        )


def every(faults: Sequence[tuple[int, PoeFault]], bits: int) -> frozenset[PoeFault]:
    """Name the faults whose bits are set; for the drivers."""
    return frozenset(fault for mask, fault in faults if bits & mask)
