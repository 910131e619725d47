"""The clock that runs on a battery while the machine is off (D-HW-20)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

FIRST_TRUE_S = 1_767_225_600
"""2026-01-01: no clock of a machine that runs this can rightly show an earlier time."""
AFTER_ALL_S = 4_102_444_800
"""2100-01-01: what a clock shows beyond is a broken register."""
WallS = Annotated[float, msgspec.Meta(ge=FIRST_TRUE_S, lt=AFTER_ALL_S)]


class Battery(StrEnum):
    """How the clock's battery is."""

    GOOD = "good"
    LOW = "low"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ClockState(DeviceState):
    """One clock. `offset_s` is its time minus ours; `trusted` whether it may set ours."""

    offset_s: float = 0.0
    battery: Battery = Battery.UNKNOWN
    trusted: bool = False
    kind: str = "clock"


class Clock(Device[ClockState]):
    """A clock, in UTC, looked at every minute."""

    kind = "clock"
    state_type = ClockState
    poll_s = 60.0

    @verb()
    @abstractmethod
    def set(self, *, wall_s: WallS) -> None:
        """Set the clock to these seconds since 1970, UTC; raises `Offline`."""


def trusted(wall_s: float, battery: Battery) -> bool:
    """Whether a clock that shows this may set ours."""
    return FIRST_TRUE_S <= wall_s < AFTER_ALL_S and battery is not Battery.EMPTY
