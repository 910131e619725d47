"""What the machine underneath looks after by itself: on a laptop its operating system sets the clock."""

import ctypes
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recorder.settings.scope import Capability

BOARD_FILE = Path("/etc/nightjar/board")
"""Names the board on the target; a laptop has none."""
LOCALTIME = Path("/etc/localtime")
STA_UNSYNC = 0x0040  # adjtimex(2)
TIMEX_WORDS = 52
STATUS_AT = 10  # `status` of struct timex, in 32-bit words, where long has 64 bits


@dataclass(frozen=True)
class Machine:
    """What settings must know of the machine. `present` gives the true values of fields that the system owns."""

    system_owned: bool
    capabilities: frozenset[Capability] = frozenset()
    present: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def here(cls) -> "Machine":
        """Look at the machine we run on."""
        if BOARD_FILE.exists():
            return cls(system_owned=False, capabilities=frozenset({Capability.SETS_CLOCK}))
        return cls(system_owned=True, present={"network_time": clock_is_kept(), "time_server": ""})


@cache
def host_zone() -> str:
    """The zone of the operating system by its IANA name; UTC where it has none."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named and LOCALTIME.exists():
        named = str(LOCALTIME.resolve()).partition("zoneinfo/")[2]
    try:
        ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return named


def clock_is_kept() -> bool:
    """Whether the kernel says that something keeps its clock synchronised (adjtimex(2))."""
    timex = (ctypes.c_uint32 * TIMEX_WORDS)()
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    if answer < 0 or ctypes.sizeof(ctypes.c_long) != 8:
        return False
    return not timex[STATUS_AT] & STA_UNSYNC
