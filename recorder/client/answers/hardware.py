"""The machine at one glance: its devices, figures and troubles."""

from dataclasses import dataclass, field
from typing import Any

from recorder.client.tone import Tone


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong with the machine: of which device (and which port or array of it), since when."""

    kind: str
    """The kind of device, such as `fan` or `poe_supply`."""
    name: str
    part: str
    """The port or the array; empty where it is the device itself."""
    fault: str
    """The stable name of what is wrong, such as `short` or `stalled`."""
    words: str
    """What is wrong and what to do, for people."""
    since_us: int


@dataclass(frozen=True)
class Fact:
    """One thing that is known: what it is, and the words."""

    name: str
    words: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class HardwareLine:
    """One thing of the machine: what it is called, how it is, and how much of what it may be (0 to 1; None: no bar)."""

    name: str
    words: str
    tone: Tone = Tone.PLAIN
    share: float | None = None


@dataclass(frozen=True)
class HardwareGroup:
    """Lines that belong together; `opens` names the page that has more of it."""

    name: str
    title: str
    icon: str
    lines: tuple[HardwareLine, ...]
    opens: str = ""


@dataclass(frozen=True)
class Hardware:
    """The machine at one glance: what is wrong, the worst first, and everything that its board can tell."""

    groups: tuple[HardwareGroup, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Device:
    """A device of the machine, whatever it is; `state` holds what its kind tells (docs/design/hardware.md).

    `unproven`: its driver was never seen on the real chip. `unproven_words` says which chip, and why.
    """

    kind: str
    name: str
    online: bool
    reason: str
    driver: str = ""
    model: str = ""
    unproven: bool = False
    unproven_words: str = ""
    simulated: bool = False
    state: dict[str, Any] = field(default_factory=dict[str, Any])
