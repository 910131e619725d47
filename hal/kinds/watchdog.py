"""The timer that resets the machine when nobody feeds it."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import msgspec

from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.kinds.verbs import verb

TimeoutS = Annotated[int, msgspec.Meta(ge=5, le=600)]


@dataclass(frozen=True)
class WatchdogState(DeviceState):
    """One watchdog. `timeout_s` is what the hardware took, which may be more than was asked."""

    armed: bool = False
    timeout_s: int = 0
    bit_last_boot: bool = False
    kind: str = "watchdog"


@dataclass(frozen=True)
class Bite(DeviceEvent):
    """Nobody fed it in time. Only a simulated one lives to tell."""

    kind: str = "watchdog"


class Watchdog(Device[WatchdogState]):
    """A watchdog. `close` leaves an armed one running: whoever stops feeding it wants the reset."""

    kind = "watchdog"
    state_type = WatchdogState

    @verb()
    @abstractmethod
    def arm(self, *, timeout_s: TimeoutS) -> int:
        """Start it, or change its time-out; gives the time-out that the hardware took, in seconds."""

    @verb()
    @abstractmethod
    def feed(self) -> None:
        """Begin its time anew; raises `Offline` if it is not armed."""

    @verb()
    @abstractmethod
    def disarm(self) -> None:
        """Stop it; raises `Unsupported` if the hardware cannot."""
