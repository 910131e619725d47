"""PoE supplies, their ports, and the cameras at them."""

from dataclasses import dataclass

from recorder.client.tone import Tone


@dataclass(frozen=True)
class SeatStatus:
    """The camera of a channel at one of the recorder's own ports: where it is, and how far it came."""

    channel: int
    seat: int
    port: int
    """Where it is plugged in now; the port of its number while it was never seen."""
    watts: float
    address: str
    """What it took; empty before."""
    words: str
    """All that is known, for people: `4.2 W · 10.1.1.13`."""


@dataclass(frozen=True)
class PoePort:
    """One PoE port. Figures are None where the hardware does not measure them.

    `state` is disabled, searching, detected, delivering, backoff, fault or unknown; `faults` say why it gives nothing.
    """

    port: int
    label: str
    enabled: bool
    state: str
    power_class: int | None
    volts: float | None
    milliamps: float | None
    watts: float | None
    allocated_watts: float
    limit_watts: float | None
    priority: str
    mode: str
    faults: tuple[str, ...]
    since_us: int
    words: str = ""
    """What it does, or what is wrong and what to do."""
    tone: Tone = Tone.QUIET
    figures: str = ""
    """What it takes: `Class 3 · 52.0 V · 81 mA · 4.2 W`; empty while it takes nothing."""


@dataclass(frozen=True)
class PoeSupply:
    """A supply with its ports; while it is not `online`, `reason` says why and the rest is what was last seen.

    `unproven`: its driver was never seen on the real chip. `unproven_words` says which chip, and why.
    """

    name: str
    online: bool
    reason: str
    unproven: bool
    budget_watts: float
    guard_watts: float
    used_watts: float
    modes: tuple[str, ...]
    ports: tuple[PoePort, ...]
    words: str = ""
    """How much of its power is in use, or why it does not work; and what is unproven."""
    unproven_words: str = ""
    logs_in: bool = False
    """It is a switch in the network, whose password is given to the recorder."""
    added: bool = False
    """An owner added it, and may remove it."""
