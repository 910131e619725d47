"""Switching the whole machine off and on."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class Going(StrEnum):
    """Where the machine is going."""

    NOWHERE = "nowhere"
    DOWN = "down"
    AROUND = "around"


@dataclass(frozen=True)
class PowerState(DeviceState):
    """The machine: whether it stays, goes down, or around into a new start."""

    going: Going = Going.NOWHERE
    running: bool = True
    """Of the simulated machine only: a real one that does not run cannot say so."""
    plugged: bool = True
    """Of the simulated machine only."""
    kind: str = "power"


class Power(Device[PowerState]):
    """The machine's own switch. What records is told by the system and flushes before the end."""

    kind = "power"
    state_type = PowerState

    @verb(destructive=True, patience_s=15)
    @abstractmethod
    def shut_down(self) -> None:
        """Switch the machine off in order; raises `Offline`."""

    @verb(destructive=True, patience_s=15)
    @abstractmethod
    def restart(self) -> None:
        """Start the machine anew in order; raises `Offline`."""
