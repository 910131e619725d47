"""Disks in bays, and arrays, that were made ready for recording are mounted when they are there: media records to them.

hal-admin mounts them below the instance's `disks`, where media finds them: at first so that nothing is written to them.
Media looks whose they are; what it knows as ours, or its owner adopted, is mounted to be written (S4). Nothing is
formatted here, and no disk is touched that nobody made ready, nor one that something is being done with.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple

from hal.client import DeviceState, HalClient, HalUnavailable
from hal.client.admin import AdminClient
from recorder.client.clock import SECOND_US, Clock
from recorder.client.instance import Instance
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.control.volumes import Volume, volumes

log = logging.getLogger(__name__)

LOOK, WRITE = "recording", "writable"
"""What hal-admin is asked for: at first, and once it is known whose the disk is."""
_DONE = {LOOK: "to be looked at", WRITE: "to be recorded to"}
LOOK_S = 1.0
AGAIN_US = 30 * SECOND_US
"""A disk that could not be mounted is tried again after so long, for as long as it is in its bay."""
LEAVES_US = 30 * SECOND_US
"""How long after a disk went its leavings are looked for: the kernel takes it away in steps, and may be busy."""
PATIENCE_S = 5.0
MOUNTS_S = 150.0
"""A file system that was not closed replays its journal first."""
_LOOKED_AT = frozenset((DiskState.READ_ONLY, DiskState.WRITABLE, DiskState.FULL, DiskState.SLOW))


class _Try(NamedTuple):
    serial: str
    verb: str


class Mounts:
    """Follows bays and arrays until cancelled."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        seen: Callable[[], Sequence[DeviceState]],
        at_work: Callable[[], AbstractSet[str]],
        disks: Callable[[], Sequence[DiskStatus]],
        tell: Callable[[Mapping[str, str]], None] = lambda _faults: None,
    ) -> None:
        """`seen` are the devices as they were a moment ago, `at_work` the keys of what something is done with.

        `disks` is what media says of the recording disks.
        `tell` takes `faults` whenever they are others; it and `seen` are called in the event loop.
        """
        self._faults: dict[_Try, str] = {}
        self._instance = instance
        self._clock = clock
        self._seen = seen
        self._at_work = at_work
        self._disks = disks
        self._tell = tell
        self._again_us: dict[_Try, int] = {}
        self._here: set[str] = set()
        """Serial numbers of what was there at the last look."""
        self._clear_until_us = clock.monotonic_us() + LEAVES_US

    @property
    def faults(self) -> dict[str, str]:
        """Why a disk that was made ready is not mounted as it should be, by its serial number."""
        return {one.serial: words for one, words in self._faults.items()}

    async def run(self) -> None:
        """Look every second."""
        while True:
            before = self.faults
            await asyncio.to_thread(self.look, self._seen())
            if self.faults != before:
                self._tell(self.faults)
            await asyncio.sleep(LOOK_S)

    def look(self, seen: Sequence[DeviceState]) -> None:
        """Mount what is there, made ready and not in use, have written what is ours, and forget what is gone."""
        there = volumes(seen)
        here = {one.serial for one in there}
        self._again_us = {one: due for one, due in self._again_us.items() if one.serial in here}
        self._faults = {one: words for one, words in self._faults.items() if one.serial in here}
        gone, self._here = self._here - here, here
        if gone:
            self._clear_until_us = self._clock.monotonic_us() + LEAVES_US
        if self._clock.monotonic_us() < self._clear_until_us:
            self._forget()
        if any(map(self._is_wanted, there)):
            for one in self._now():
                if self._is_wanted(one):
                    self._ask(one, LOOK, disk=one.disk)
        for one in there:
            if one.untouched and self._may(one, WRITE) and (known := self._known(one)) is not None:
                self._ask(one, WRITE, place=known.place, disk_id=known.id)

    def _is_wanted(self, one: Volume) -> bool:
        return one.prepared and not one.mounts and not one.system and self._may(one, LOOK)

    def _may(self, one: Volume, verb: str) -> bool:
        again_us = self._again_us.get(_Try(one.serial, verb), 0)
        return one.key not in self._at_work() and self._clock.monotonic_us() >= again_us

    def _known(self, volume: Volume) -> DiskStatus | None:
        """Give what media says of a volume if it is to be recorded to; None before media looked at it."""
        places = {Path(one).name for one in volume.mounts if Path(one).parent == self._instance.disks.absolute()}
        return next(
            (
                one
                for one in self._disks()
                if one.place in places
                and (one.id and one.state in _LOOKED_AT)
                and one.doubt is DiskDoubt.NONE
                and not one.set_aside
            ),
            None,
        )

    def _now(self) -> list[Volume]:
        """Ask hal: what was seen a moment ago may have been let go of since."""
        try:
            with HalClient(self._instance.socket("hal"), PATIENCE_S) as hal:
                return volumes(hal.devices())
        except HalUnavailable as error:
            log.debug("hal: %s", error)
            return []

    def _ask(self, volume: Volume, verb: str, **about: Any) -> None:
        tried = _Try(volume.serial, verb)
        self._again_us[tried] = self._clock.monotonic_us() + AGAIN_US
        try:
            with AdminClient(self._instance.socket("hal-admin"), MOUNTS_S) as root:
                root.ask("mount", verb, **about)
        except HalUnavailable as error:
            self._faults = {**self._faults, tried: str(error)}
            log.warning("%s: it is not mounted: %s", volume.words, error)
        else:
            self._faults = {one: words for one, words in self._faults.items() if one != tried}
            log.info("%s: it is mounted %s", volume.words, _DONE[verb])

    def _forget(self) -> None:
        """Take away what is left of disks that were pulled without a word."""
        try:
            with AdminClient(self._instance.socket("hal-admin"), MOUNTS_S) as root:
                gone = root.ask("mount", "forget")
        except HalUnavailable as error:
            log.debug("what is left of pulled disks: %s", error)
            self._clear_until_us = self._clock.monotonic_us() + LEAVES_US
        else:
            if gone:
                log.warning("pulled while in use: %s", ", ".join(gone))
