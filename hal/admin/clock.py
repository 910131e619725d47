"""The clock of the machine: which time servers chrony asks (chrony.conf(5)), and setting it by hand."""

import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Annotated

from msgspec import Meta

from hal.admin.job import Run, must, run
from hal.errors import BadRequest, Refused
from hal.kinds.verbs import verb
from hal.machine import Machine

EARLIEST_S = 1_735_689_600
"""2025: before this program was written."""
LATEST_S = 4_102_444_800
"""2100, beyond which RTC chips and file systems have other ideas."""
Seconds = Annotated[float, Meta(ge=EARLIEST_S, le=LATEST_S)]
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}\Z")]
Servers = Annotated[tuple[Host, ...], Meta(max_length=4)]
Minutes = Annotated[int, Meta(ge=1, le=1440)]
SOURCES = "nightjar/time/owner.sources"
"""Below /etc; chrony.conf names its folder."""
SHORTEST, LONGEST = 6, 12
"""Of a poll, as powers of two seconds: 64 s, which servers of others may be asked, and 68 min, after which the kernel
takes a clock for a second off."""
ANSWERS_S = 20
"""How long the servers have to answer, of which the first of four answers is enough to set a clock by."""


def _set(wall_s: float) -> None:
    time.clock_settime(time.CLOCK_REALTIME, wall_s)


class Clocks:
    """What can be asked of the clock."""

    def __init__(self, machine: Machine, run: Run = run, settime: Callable[[float], None] = _set) -> None:
        self._sources = machine.etc / SOURCES
        self._run = run
        self._settime = settime

    @verb(destructive=True)
    def set(self, *, utc_s: Seconds) -> None:
        """Set the system clock, and the battery's clock after it."""
        self._settime(utc_s)
        must(self._run, ["hwclock", "--systohc", "--utc"])

    @verb(destructive=True)
    def follow(self, *, servers: Servers, every_min: Minutes) -> None:
        """Have the clock kept right by these servers and no others; raises `BadRequest`, `ProgramFailed`."""
        lines = [_source(one, every_min) for one in servers]
        self._sources.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = self._sources.with_suffix(".new")
        fresh.write_text("".join(f"{line}\n" for line in lines))
        # chronyd reads it as a user of its own.
        self._sources.parent.chmod(0o755)
        fresh.chmod(0o644)
        fresh.replace(self._sources)
        must(self._run, ["chronyc", "-n", "reload", "sources"])

    @verb(destructive=True, patience_s=2.0 * ANSWERS_S)
    def correct(self) -> None:
        """Ask the servers now, and set the clock at once; raises `Refused` where none answers, `ProgramFailed`."""
        must(self._run, ["chronyc", "-n", "burst", "1/4"])
        if self._run(["chronyc", "-n", "waitsync", str(ANSWERS_S), "0", "0", "1"], b"", 2.0 * ANSWERS_S).status:
            raise Refused("No time server answers. Look at its name, and whether the recorder reaches it")
        must(self._run, ["chronyc", "-n", "makestep"])


def _source(host: str, every_min: int) -> str:
    """Write one line; of a name all addresses are asked, of which there may be several."""
    seldom = min(max((every_min * 60).bit_length() - 1, SHORTEST), LONGEST)
    try:
        return f"server {ip_address(host)} iburst maxpoll {seldom}"
    except ValueError:
        if ":" in host or ".." in host:
            raise BadRequest(f"{host[:64]!r} is no name or address of a server") from None
        return f"pool {host} iburst maxpoll {seldom}"
