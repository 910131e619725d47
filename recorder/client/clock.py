"""Where time comes from: injected everywhere, so that tests own it (architecture §3)."""

import time
from dataclasses import dataclass
from typing import Protocol

SECOND_US = 1_000_000
LATEST_US = 7_258_118_400_000_000
"""The year 2200: nothing that is asked for lies behind it."""


class Clock(Protocol):
    """Two readings of one moment, both integers in microseconds."""

    def now_us(self) -> int:
        """UTC since 1970, as the system clock has it; may step."""
        ...

    def monotonic_us(self) -> int:
        """Time since boot; never steps."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now_us(self) -> int:
        """UTC since 1970 in microseconds."""
        return time.time_ns() // 1000

    def monotonic_us(self) -> int:
        """Time since boot in microseconds."""
        return time.monotonic_ns() // 1000


@dataclass
class ManualClock:
    """A clock that moves only when told to: for tests, benchmarks and footage written faster than it was filmed."""

    wall_us: int = 1_700_000_000 * SECOND_US
    boot_us: int = 1_000 * SECOND_US

    def now_us(self) -> int:
        """UTC since 1970 in microseconds."""
        return self.wall_us

    def monotonic_us(self) -> int:
        """Time since boot in microseconds."""
        return self.boot_us

    def advance(self, seconds: float) -> None:
        """Let time pass on both readings."""
        step = round(seconds * SECOND_US)
        self.wall_us += step
        self.boot_us += step

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back, as a correction does; boot time goes on."""
        self.wall_us += round(seconds * SECOND_US)
