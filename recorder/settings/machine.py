"""What the machine underneath looks after by itself: on a laptop its operating system sets the clock."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recorder.settings.kept_clock import kept_clock
from recorder.settings.scope import Capability

BOARD_FILE = Path("/etc/nightjar/board")
"""Names the board on the target; a laptop has none."""
LOCALTIME = Path("/etc/localtime")


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
        clock = kept_clock()
        return cls(system_owned=True, present={"network_time": clock is not None and clock.kept, "time_server": ""})


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
