"""Disks in the bays that were made ready for recording are mounted when they are there: media records to what is.

hal-admin mounts them below the instance's `disks`, where media finds them. Nothing is formatted here, and no disk is
touched that nobody made ready, nor one that something is being done with.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from hal.client import HalClient, HalUnavailable
from hal.client.admin import AdminClient
from hal.client.kinds import BayState
from recorder.client.clock import SECOND_US, Clock
from recorder.client.instance import Instance

log = logging.getLogger(__name__)

LOOK_S = 1.0
AGAIN_US = 30 * SECOND_US
"""A disk that could not be mounted is tried again after so long, for as long as it is in its bay."""
PATIENCE_S = 5.0
MOUNTS_S = 120.0
"""A file system that was not closed replays its journal first."""


class Mounts:
    """Follows the bays until cancelled."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        seen: Callable[[], Sequence[BayState]],
        at_work: Callable[[], AbstractSet[str]],
        tell: Callable[[Mapping[str, str]], None] = lambda _faults: None,
    ) -> None:
        """`seen` are the bays as they were a moment ago, `at_work` the names of those that something is done in.

        `tell` takes `faults` whenever they are others; it and `seen` are called in the event loop.
        """
        self.faults: dict[str, str] = {}
        """Why a disk that was made ready is not mounted, by its serial number."""
        self._instance = instance
        self._clock = clock
        self._seen = seen
        self._at_work = at_work
        self._tell = tell
        self._again_us: dict[str, int] = {}
        self._used: frozenset[str] = frozenset()
        """Serial numbers of disks that were in use at the last look."""

    async def run(self) -> None:
        """Look every second."""
        while True:
            before = self.faults
            await asyncio.to_thread(self.look, self._seen())
            if self.faults != before:
                self._tell(self.faults)
            await asyncio.sleep(LOOK_S)

    def look(self, seen: Sequence[BayState]) -> None:
        """Mount what is there, made ready and not in use; unmount what is left of disks that are gone."""
        bays = [one for one in seen if one.online]
        here = {one.serial for one in bays if one.occupied}
        self._again_us = {serial: due for serial, due in self._again_us.items() if serial in here}
        self.faults = {serial: words for serial, words in self.faults.items() if serial in here}
        used = frozenset(one.serial for one in bays if one.mounts)
        pulled, self._used = self._used - here, used
        if pulled:
            self._forget()
        if any(map(self._is_wanted, bays)):
            for one in self._now():
                if self._is_wanted(one):
                    self._mount(one)

    def _is_wanted(self, bay: BayState) -> bool:
        return (
            (bay.occupied and bay.prepared and not bay.mounts and not bay.system)
            and bay.name not in self._at_work()
            and self._clock.monotonic_us() >= self._again_us.get(bay.serial, 0)
        )

    def _now(self) -> list[BayState]:
        """Ask hal: what was seen a moment ago may have been let go of since."""
        try:
            with HalClient(self._instance.socket("hal"), PATIENCE_S) as hal:
                return [one for one in hal.devices() if isinstance(one, BayState) and one.online]
        except HalUnavailable as error:
            log.debug("hal: %s", error)
            return []

    def _mount(self, bay: BayState) -> None:
        self._again_us[bay.serial] = self._clock.monotonic_us() + AGAIN_US
        try:
            with AdminClient(self._instance.socket("hal-admin"), MOUNTS_S) as root:
                place = Path(root.ask("mount", "recording", disk=bay.disk))
        except HalUnavailable as error:
            self.faults = {**self.faults, bay.serial: str(error)}
            log.warning("bay %s: its disk is not mounted: %s", bay.name, error)
        else:
            self.faults = {serial: words for serial, words in self.faults.items() if serial != bay.serial}
            log.info("bay %s: its disk is mounted as %s", bay.name, place.name)

    def _forget(self) -> None:
        """Take away what is left of disks that were pulled without a word."""
        try:
            with AdminClient(self._instance.socket("hal-admin"), MOUNTS_S) as root:
                gone = root.ask("mount", "forget")
        except HalUnavailable as error:
            log.warning("%s", error)
        else:
            log.info("pulled while in use: %s", ", ".join(gone) or "nothing is left of it")
