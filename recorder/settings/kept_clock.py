"""Whether something keeps the machine's clock right, and how far off it can be at most, as the kernel knows it.

Whoever follows a time server (chrony, systemd-timesyncd, ntpd) tells the kernel by adjtimex(2); it is asked here.
"""

import ctypes
from dataclasses import dataclass

STA_UNSYNC = 0x0040  # adjtimex(2)
TIMEX_WORDS = 52
MAXERROR_AT = 6  # of struct timex, in 32-bit words, where long has 64 bits
STATUS_AT = 10


@dataclass(frozen=True)
class KeptClock:
    """The state of the clock. `error_us` is the most that it can be off, for as long as it is kept."""

    kept: bool
    error_us: int = 0


def kept_clock() -> KeptClock | None:
    """Ask the kernel; None where it cannot be understood."""
    timex = (ctypes.c_uint32 * TIMEX_WORDS)()
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    if answer < 0 or ctypes.sizeof(ctypes.c_long) != 8:
        return None
    kept = not timex[STATUS_AT] & STA_UNSYNC
    return KeptClock(kept, timex[MAXERROR_AT] | timex[MAXERROR_AT + 1] << 32 if kept else 0)
