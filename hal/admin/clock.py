"""The clock of the machine: set by hand where no time server is there."""

import time
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta

from hal.admin.job import Run, must, run
from hal.kinds.verbs import verb

EARLIEST_S = 1_735_689_600
"""2025: before this program was written."""
LATEST_S = 4_102_444_800
"""2100, beyond which RTC chips and file systems have other ideas."""
Seconds = Annotated[float, Meta(ge=EARLIEST_S, le=LATEST_S)]


def _set(wall_s: float) -> None:
    time.clock_settime(time.CLOCK_REALTIME, wall_s)


class Clocks:
    """What can be asked of the clock."""

    def __init__(self, run: Run = run, settime: Callable[[float], None] = _set) -> None:
        self._run = run
        self._settime = settime

    @verb(destructive=True)
    def set(self, *, utc_s: Seconds) -> None:
        """Set the system clock, and the battery's clock after it."""
        self._settime(utc_s)
        must(self._run, ["hwclock", "--systohc", "--utc"])
