"""Which boot of the machine this is, and for how long it runs: monotonic times compare only within one.

The machine of the simulated board is its supervisor's processes: each time its power comes back it has booted anew,
while the kernel below it runs on. So the supervisor says which boot it is.
"""

import os
import time
import uuid
from pathlib import Path

SIMULATED = "NIGHTJAR_BOOT"
"""The variable in which processes of a simulated machine find it: a UUID, and CLOCK_BOOTTIME in µs when it began."""
NOT_KNOWN = "00000000-0000-0000-0000-000000000000"


def read_boot_id() -> str:
    """Give the kernel's boot id (proc(5)), a random UUID as text; all zeros where there is none."""
    simulated = _simulated()
    if simulated is not None:
        return simulated[0]
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return NOT_KNOWN


def uptime_us() -> int:
    """How long this machine runs, sleep included (CLOCK_BOOTTIME)."""
    now_us = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
    simulated = _simulated()
    return now_us if simulated is None else max(0, now_us - simulated[1])


def new_simulated() -> dict[str, str]:
    """Give the variable of a simulated machine whose power has just come."""
    return {SIMULATED: f"{uuid.uuid4()},{time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000}"}


def _simulated() -> tuple[str, int] | None:
    found, _comma, since = os.environ.get(SIMULATED, "").partition(",")
    try:
        return str(uuid.UUID(found)), int(since)
    except ValueError:
        return None
