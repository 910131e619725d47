"""What control does of bays and sticks, alone: disks that were made ready are mounted while they are there, sticks too.

`python3 -m tests.guest.inside.control DATA`. The bays named in the file `busy` below /tmp are left alone, as while
a job works there; the folder in `used` is written to. The file `known` there is what media says of disks: on each line
a place and the id of a disk that is ours. hal and hal-admin are those of /run/nightjar.
"""

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path

from hal.client import DeviceState
from hal.client.follower import Follower
from recorder.client.clock import SystemClock
from recorder.client.instance import Instance
from recorder.client.status import DiskState, DiskStatus
from recorder.control.mounts import Mounts
from recorder.control.sticks import Sticks

RUN = Path("/run/nightjar")
BUSY = Path("/tmp/busy")
KNOWN = Path("/tmp/known")
USED = Path("/tmp/used")


QUICKER = 5
"""So many times as fast is the clock by which control waits half a minute between two looks at the same stick."""


class QuickClock(SystemClock):
    """The clock of a test that has to see what control does after a while, and not how long that is."""

    def monotonic_us(self) -> int:
        """Time since boot in microseconds, more than have passed."""
        return super().monotonic_us() * QUICKER


class Appliance(Instance):
    """An instance whose sockets are the appliance's."""

    def socket(self, name: str) -> Path:
        return RUN / f"{name}.sock"


def busy() -> frozenset[str]:
    """The bays that something is done in."""
    return frozenset(BUSY.read_text().split()) if BUSY.exists() else frozenset()


def known() -> list[DiskStatus]:
    """The disks that media looked at and knows."""
    lines = KNOWN.read_text().splitlines() if KNOWN.exists() else []
    told = [line.split() for line in lines]
    return [DiskStatus(place, found, DiskState.READ_ONLY, 0, "", 0, 0, place=place) for place, found in told]


def used() -> list[str]:
    """The folder that is written to."""
    return USED.read_text().split() if USED.exists() else []


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    hal = Follower(RUN / "hal.sock")
    here, clock = Appliance(Path(sys.argv[1])), SystemClock()
    mounts = Mounts(here, clock, partial(hal.states, DeviceState), busy, known)
    sticks = Sticks(here, QuickClock(), hal, used, print, lambda stick: print("pulled", stick.label))
    await asyncio.gather(hal.run(), mounts.run(), sticks.run())


if __name__ == "__main__":
    asyncio.run(main())
