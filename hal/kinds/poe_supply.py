"""Power over Ethernet: a supply and the ports it feeds (D-HW-02, D-HW-03, D-CAM-10)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from hal.errors import HalError
from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

CLASS_WATTS = (15.4, 4.0, 7.0, 15.4, 30.0, 45.0, 60.0, 75.0, 90.0)
"""What a class may take at the supply's end, by class (IEEE 802.3-2022, tables 33-7 and 145-11)."""
UNKNOWN_CLASS_WATTS = 15.4
"""What is counted for a camera whose class is not known: class 0."""

PortNumber = Annotated[int, Meta(ge=1, le=64)]
LimitWatts = Annotated[float, Meta(ge=1, le=100)]
OffSeconds = Annotated[float, Meta(ge=1, le=60)]


class NoPower(HalError):
    """The budget has no room for this port; the text says how much is wanted and free."""


class PortState(StrEnum):
    """What a port does."""

    DISABLED = "disabled"
    """Switched off by the owner."""
    SEARCHING = "searching"
    """On, and nothing there that takes power."""
    DETECTED = "detected"
    """A camera is there, and gets power in a moment."""
    DELIVERING = "delivering"
    BACKOFF = "backoff"
    """On, and waiting before it searches again: after a power cycle, or since nothing was found."""
    FAULT = "fault"
    """On, and without power for the reason in `faults`."""
    UNKNOWN = "unknown"
    """The hardware says what we do not understand."""


class PoeFault(StrEnum):
    """Why a port does not deliver, or what is wrong at its far end."""

    SHORT = "short"
    OVERLOAD = "overload"
    OVER_TEMPERATURE = "over_temperature"
    R_LOW = "r_low"
    R_HIGH = "r_high"
    C_HIGH = "c_high"
    CLASS = "class"
    INRUSH = "inrush"
    BUDGET = "budget"
    SUPPLY = "supply"
    CHIP = "chip"
    UNKNOWN = "unknown"
    """The hardware names no reason."""


class PoePriority(StrEnum):
    """Who keeps power when there is not enough; first to last."""

    CRITICAL = "critical"
    HIGH = "high"
    LOW = "low"


class PoeMode(StrEnum):
    """How much a port may give, and how far it reaches."""

    AUTO = "auto"
    AF = "af"
    AT = "at"
    BT = "bt"
    LONG_REACH = "long_reach"


MODE_WATTS = {PoeMode.AF: 15.4, PoeMode.AT: 30.0, PoeMode.BT: 90.0}
"""What a mode allows a port; the others allow what the class asks for."""


@dataclass(frozen=True)
class PoePort:
    """One port. `watts` is measured; `allocated_watts` is what the budget counts for it."""

    port: int
    label: str = ""
    interface: str = ""
    """The port's network interface, empty where the board has none for it."""
    enabled: bool = True
    state: PortState = PortState.SEARCHING
    power_class: int | None = None
    """None while nothing is there, or where the hardware does not tell."""
    volts: float | None = 0.0
    """None, like milliamps and watts, where the hardware does not measure it."""
    milliamps: float | None = 0.0
    watts: float | None = 0.0
    allocated_watts: float = 0.0
    limit_watts: float | None = None
    """What the owner allows at most; None for what class and mode allow."""
    priority: PoePriority = PoePriority.LOW
    mode: PoeMode = PoeMode.AUTO
    faults: frozenset[PoeFault] = frozenset()
    since_us: int = 0
    """Since when state and faults are so, in UTC."""


@dataclass(frozen=True)
class PoeSupplyState(DeviceState):
    """One supply with its ports in their order."""

    ports: tuple[PoePort, ...] = ()
    budget_watts: float = 0.0
    guard_watts: float = 0.0
    """What is kept free of the budget when a port asks for power."""
    used_watts: float = 0.0
    input_volts: float | None = None
    """None where the hardware does not measure it."""
    celsius: float | None = None
    """The hottest chip; None where the hardware does not measure it."""
    modes: tuple[PoeMode, ...] = ()
    """What `set_mode` takes here."""
    kind: str = "poe_supply"


class PoeSupply(Device[PoeSupplyState]):
    """A supply. Ports that deliver go on when our software ends, crashes or is replaced; `open` takes them over."""

    kind = "poe_supply"
    state_type = PoeSupplyState

    @verb()
    @abstractmethod
    def enable(self, *, port: PortNumber) -> None:
        """Let a port search and deliver; raises `NoPower` if what hangs there is known not to fit the budget."""

    @verb(destructive=True)
    @abstractmethod
    def disable(self, *, port: PortNumber) -> None:
        """Take a port's power away and search no more."""

    @verb(destructive=True)
    @abstractmethod
    def power_cycle(self, *, port: PortNumber, off_s: OffSeconds = 2.0) -> None:
        """Take a port's power away for so long, then search again: restarts a camera that hangs."""

    @verb()
    @abstractmethod
    def set_limit(self, *, port: PortNumber, watts: LimitWatts | None) -> None:
        """Allow a port at most so much; None for what class and mode allow."""

    @verb()
    @abstractmethod
    def set_priority(self, *, port: PortNumber, priority: PoePriority) -> None:
        """Say who keeps power when there is not enough."""

    @verb()
    @abstractmethod
    def set_mode(self, *, port: PortNumber, mode: PoeMode) -> None:
        """Set what a port may give, or its long reach; raises `Unsupported` for what is not among `modes`."""
