"""One port between hardware and budget: what the hardware says of it, what the owner wants, what was decided."""

import math
from dataclasses import dataclass, field

from hal.kinds.poe_supply import (
    CLASS_WATTS,
    MODE_WATTS,
    UNKNOWN_CLASS_WATTS,
    PoeFault,
    PoeMode,
    PoePort,
    PoePriority,
    PortState,
)

FIRST_RETRY_S = 10.0
"""How long a port that tripped stays off; doubled each time it trips again soon, up to the last."""
LAST_RETRY_S = 300.0
SETTLE_S = 60.0
"""How long a camera counts as what its class may take before its own measure counts: it boots, heats, focuses."""
FOUND_S = 3.0
"""How long a port that was just granted counts as on before the hardware says so."""
OVER_LIMIT_POLLS = 2
"""How many polls in a row above the owner's limit switch a port off; one alone is a camera's start."""
LIMIT_SLACK_WATTS = 0.5
"""What a measure may stand above the limit: the coarsest chip measures 3 % of 15.4 W."""


@dataclass(frozen=True)
class Plan:
    """How a board names its ports, in their order; shorter lists leave the rest unnamed."""

    labels: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What the owner wants of a port; kept across power cuts."""

    enabled: bool = True
    priority: PoePriority = PoePriority.LOW
    limit_watts: float | None = None
    mode: PoeMode = PoeMode.AUTO

    @property
    def most_watts(self) -> float:
        """What limit and mode allow together."""
        return min(self.limit_watts or math.inf, MODE_WATTS.get(self.mode, math.inf))


@dataclass(frozen=True)
class Reading:
    """What the hardware says of a port.

    `granted` means that it may deliver. `tripped` are faults that took its power just now; `faults` are what its
    detection finds at the far end. DISABLED means that it does not even search.
    """

    state: PortState
    power_class: int | None = None
    volts: float = 0.0
    milliamps: float = 0.0
    told_watts: float | None = None
    """Where the hardware tells watts alone; volts and milliamps then say nothing."""
    granted: bool = False
    tripped: frozenset[PoeFault] = frozenset()
    faults: frozenset[PoeFault] = frozenset()

    @property
    def watts(self) -> float:
        """What is taken, from volts and milliamps: what chips report as power is often what the class may take."""
        return self.volts * self.milliamps / 1000 if self.told_watts is None else self.told_watts


@dataclass(frozen=True)
class Sight:
    """What the hardware says of all ports, in their order, and of the supply."""

    ports: tuple[Reading, ...]
    input_volts: float | None = None
    celsius: float | None = None
    used_watts: float | None = None
    """What all take together, where that is all the hardware measures."""


@dataclass
class Record:
    """What is known of a port from one poll to the next; times are monotonic."""

    number: int
    wish: Wish = field(default_factory=Wish)
    held_until_s: float | None = None
    held_for: frozenset[PoeFault] = frozenset()
    failures: int = 0
    granted_s: float = -math.inf
    delivering: bool = False
    peak_watts: float = 0.0
    power_class: int | None = None
    over_limit: int = 0
    shown: tuple[PortState, frozenset[PoeFault]] | None = None
    since_us: int = 0

    def hold(self, now_s: float, how_long_s: float, faults: frozenset[PoeFault] = frozenset()) -> None:
        """Keep the port without power for a while."""
        self.held_until_s = now_s + how_long_s
        self.held_for = faults
        self.delivering = False
        self.over_limit = 0

    def release(self) -> None:
        """Let the port have power again."""
        self.held_until_s = None
        self.held_for = frozenset()

    def retry_s(self) -> float:
        """Say how long to wait after one more fault."""
        self.failures += 1
        return min(LAST_RETRY_S, FIRST_RETRY_S * 2 ** (self.failures - 1))

    def see(self, reading: Reading, now_s: float) -> None:
        """Take what the hardware says into account."""
        delivering = reading.state is PortState.DELIVERING
        if delivering and not self.delivering:
            self.granted_s, self.peak_watts = now_s, 0.0
        self.delivering = delivering
        if reading.power_class is not None:
            self.power_class = reading.power_class
        elif self.held_until_s is None:
            self.power_class = None
        if delivering:
            self.peak_watts = max(self.peak_watts, reading.watts)
            if now_s - self.granted_s > SETTLE_S:
                self.failures = 0
        above = delivering and reading.watts > self.wish.most_watts + LIMIT_SLACK_WATTS
        self.over_limit = self.over_limit + 1 if above else 0

    def class_watts(self, *, limited: bool, unknown_watts: float = UNKNOWN_CLASS_WATTS) -> float:
        """What the class may take; with `limited` the hardware holds it to the owner's limit."""
        known = self.power_class is not None and self.power_class < len(CLASS_WATTS)
        watts = CLASS_WATTS[self.power_class or 0] if known else unknown_watts
        return min(watts, self.wish.most_watts) if limited else watts

    def shows(self, reading: Reading, *, refused: bool) -> tuple[PortState, frozenset[PoeFault]]:
        """Say how the port is, in one word and its faults."""
        if not self.wish.enabled:
            return PortState.DISABLED, frozenset()
        if self.held_until_s is not None:
            return (PortState.FAULT, self.held_for) if self.held_for else (PortState.BACKOFF, frozenset())
        if refused:
            return PortState.FAULT, frozenset({PoeFault.BUDGET})
        if reading.state is PortState.DISABLED:
            return PortState.SEARCHING, frozenset()
        return reading.state, reading.faults | reading.tripped

    def port(
        self, plan: Plan, reading: Reading, *, refused: bool, claim_watts: float, measured: bool, wall_us: int
    ) -> PoePort:
        """Tell the port to the world."""
        state, faults = shown = self.shows(reading, refused=refused)
        if shown != self.shown:
            self.shown, self.since_us = shown, wall_us
        on = state is PortState.DELIVERING
        index = self.number - 1
        return PoePort(
            port=self.number,
            label=plan.labels[index] if index < len(plan.labels) else str(self.number),
            interface=plan.interfaces[index] if index < len(plan.interfaces) else "",
            enabled=self.wish.enabled,
            state=state,
            power_class=self.power_class if self.wish.enabled else None,
            volts=None if reading.told_watts is not None else round(reading.volts, 1) if on else 0.0,
            milliamps=None if reading.told_watts is not None else round(reading.milliamps) if on else 0.0,
            watts=None if not measured else round(reading.watts, 1) if on else 0.0,
            allocated_watts=round(claim_watts, 1) if on else 0.0,
            limit_watts=self.wish.limit_watts,
            priority=self.wish.priority,
            mode=self.wish.mode,
            faults=faults,
            since_us=self.since_us,
        )
