"""What control does of the bays, alone: disks that were made ready are mounted while they are there.

`python3 -m tests.guest.inside.control DATA`. The bays named in the file `busy` below /tmp are left alone, as while
a job works there. The file `known` there is what media says of disks: on each line a place and the id of a disk that is
ours. hal and hal-admin are those of /run/nightjar.
"""

import asyncio
import logging
import sys
from functools import partial
from pathlib import Path

from hal.client.follower import Follower
from hal.client.kinds import BayState
from recorder.client.clock import SystemClock
from recorder.client.instance import Instance
from recorder.client.status import DiskState, DiskStatus
from recorder.control.mounts import Mounts

RUN = Path("/run/nightjar")
BUSY = Path("/tmp/busy")
KNOWN = Path("/tmp/known")


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


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    hal = Follower(RUN / "hal.sock")
    mounts = Mounts(Appliance(Path(sys.argv[1])), SystemClock(), partial(hal.states, BayState), busy, known)
    await asyncio.gather(hal.run(), mounts.run())


if __name__ == "__main__":
    asyncio.run(main())
