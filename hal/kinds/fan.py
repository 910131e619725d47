"""Fans whose speed is set and watched (D-MNT-05)."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import msgspec

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

Point = tuple[Annotated[float, msgspec.Meta(ge=0, le=120)], Annotated[int, msgspec.Meta(ge=0, le=100)]]
"""Degrees Celsius, and the percent of full power from there on."""
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


@dataclass(frozen=True)
class FanState(DeviceState):
    """One fan. `stalled`: it is driven and does not turn."""

    rpm: int = 0
    duty_percent: int = 0
    stalled: bool = False
    kind: str = "fan"


class Fan(Device[FanState]):
    """A fan. Its safe state, and what `close` leaves, is full speed."""

    kind = "fan"
    state_type = FanState
    poll_s = 2.0

    @verb()
    @abstractmethod
    def set_duty(self, *, percent: Percent) -> None:
        """Drive the fan with this share of its full power; raises `Offline`."""
