"""Every hour what was set, the newest events and the audit are kept on every recording disk, sealed (P-ADM-11, C5)."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence

from recorder.client.answers.configuration import DiskBackup
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.configuration.gathering import Gathering
from recorder.configuration.sealed import Secret
from recorder.store import reserve
from recorder.store.disk_lane import Lanes
from recorder.store.reserve import ReserveTooSmall

LOOK_S = 30.0
EVERY_US = 3600 * SECOND_US
AGAIN_US = 300 * SECOND_US
"""A disk that did not take it is asked again after so long."""
PATIENCE_S = 60.0
"""A disk that takes longer for two megabytes hangs; the others do not wait for it any more."""
EVENTS_BYTES = 1 << 20
"""Packed: some twenty thousand events, and half as much of the audit. What was set always goes before them."""
VOICE_BYTES = 2 << 20
"""Of sounds: as much as any slot. All that an owner may have would take more memory than control is given."""
CHOICES = tuple((voices, EVENTS_BYTES >> less) for voices in (VOICE_BYTES, 0) for less in (0, 2, 4, 6, 64))
"""So much of the sounds, and of the events and the audit: the first that a disk has room for."""
_TAKEN_BY = frozenset({DiskState.WRITABLE, DiskState.FULL, DiskState.SLOW})
log = logging.getLogger(__name__)


class Backup:
    """`look` is called in a thread, one at a time."""

    def __init__(
        self, instance: Instance, clock: Clock, gathering: Gathering, disks: Callable[[], Sequence[DiskStatus]]
    ) -> None:
        """`disks` are the recording disks as media sees them."""
        self._instance = instance
        self._clock = clock
        self._gathering = gathering
        self._disks = disks
        self._due_us: dict[str, int] = {}
        """When a disk is next (monotonic)."""
        self._told: dict[str, DiskBackup] = {}
        self._lanes = Lanes(PATIENCE_S)

    @property
    def disks(self) -> tuple[DiskBackup, ...]:
        """How it stands on each disk that is here."""
        here = {one.id for one in self._disks()}
        return tuple(one for disk, one in sorted(self._told.items()) if disk in here)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # the next look may do better, and backups must not end for good
                log.exception("what was set was not backed up")
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Write to all disks that are due."""
        now_us = self._clock.monotonic_us()
        due = [one for one in self._disks() if _takes(one) and self._due_us.get(one.id, now_us) <= now_us]
        if not due:
            return
        by = self._gathering.administrators()
        if not by:
            return  # nobody could open it
        made: dict[tuple[int, int], bytes] = {}
        for one in due:
            self._note(one, self._back_up(one, by, made))

    def _back_up(self, disk: DiskStatus, by: Sequence[Secret], made: dict[tuple[int, int], bytes]) -> Exception | None:
        """Write as much to one disk as it has room for; gives what went wrong. `made` are those made by now."""
        problem: Exception | None = None
        for choice in CHOICES:
            if choice not in made:
                voice_bytes, history_bytes = choice
                try:
                    made[choice] = self._gathering.sealed(by, voice_bytes=voice_bytes, history_bytes=history_bytes)
                except (NightjarError, OSError, sqlite3.Error) as error:
                    return error
            problem = self._keep(disk, made[choice])
            if not isinstance(problem, ReserveTooSmall):
                break
        return problem

    def _keep(self, disk: DiskStatus, data: bytes) -> Exception | None:
        """Write to one disk; gives what went wrong."""
        place = self._instance.disks / disk.place
        try:
            self._lanes.of(disk.id).do(disk.name, lambda: reserve.keep(place, disk.id, data, self._clock.now_us()))
        except (NightjarError, OSError) as error:
            return error
        return None

    def _note(self, disk: DiskStatus, problem: Exception | None) -> None:
        now_us = self._clock.monotonic_us()
        before = self._told.get(disk.id)
        if problem is None:
            self._told[disk.id] = DiskBackup(disk.name, self._clock.now_us())
            self._due_us[disk.id] = now_us + EVERY_US
            return
        words = getattr(problem, "strerror", None) or str(problem)
        log.warning("The settings were not kept on disk %s: %s", disk.name, words)
        self._told[disk.id] = DiskBackup(disk.name, before.at_us if before else 0, words)
        self._due_us[disk.id] = now_us + AGAIN_US


def _takes(disk: DiskStatus) -> bool:
    return (
        bool(disk.id and disk.place and not disk.set_aside) and disk.state in _TAKEN_BY and disk.doubt is DiskDoubt.NONE
    )
