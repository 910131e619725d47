"""Backups on the disks of a recorder that is not set up: offered before it is set up anew (P-ADM-11)."""

import asyncio
import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from recorder.client.answers.configuration import SetupBackup
from recorder.client.errors import NightjarError, NotFound
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration import sealed
from recorder.configuration.sealed import Manifest
from recorder.store import reserve
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent
from recorder.store.identity import Identity
from recorder.store.policy import MOST_DISKS

LOOK_S = 3.0
PATIENCE_S = 20.0
"""A disk that takes longer to tell two megabytes hangs, and is not asked again before it is over."""
log = logging.getLogger(__name__)


class Found(NamedTuple):
    """A backup, as its disk told it."""

    disk: str
    """What its owner called the disk."""
    manifest: Manifest
    data: bytes


class FoundBackups:
    """Those of all disks that are there, the newest of each recorder. Read from any thread."""

    def __init__(self, instance: Instance, wanted: Callable[[], bool]) -> None:
        """`wanted` says whether the recorder is still to be set up."""
        self._instance = instance
        self._wanted = wanted
        self._seen: dict[str, Found | None] = {}
        """By the name of a disk's folder; None: no backup."""
        self._lanes = Lanes(PATIENCE_S)

    async def run(self) -> None:
        """Look as long as the recorder is not set up."""
        while await asyncio.to_thread(self._wanted):
            await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_S)
        self._seen = {}
        self._lanes.close()

    @property
    def all(self) -> tuple[SetupBackup, ...]:
        """What may be offered, the newest first."""
        best: dict[str, Found] = {}
        for one in self._seen.values():
            if one is None:
                continue
            key = one.manifest.recorder or one.manifest.name
            if key not in best or best[key].manifest.made_us < one.manifest.made_us:
                best[key] = one
        found = sorted(best.values(), key=lambda one: -one.manifest.made_us)
        return tuple(SetupBackup(_id(one), one.manifest.name, one.manifest.made_us, one.disk) for one in found)

    def get(self, wanted: str) -> Found:
        """Give one by its id; raises `NotFound`."""
        for one in self._seen.values():
            if one is not None and _id(one) == wanted:
                return one
        raise NotFound(what=_("backup of settings on a disk"))

    def look(self) -> None:
        """Look at disks that were not there before; forget those that are gone."""
        seen: dict[str, Found | None] = {}
        for place in self._places():
            name = place.name
            if name in self._seen and self._seen[name] is not None:
                seen[name] = self._seen[name]
            else:
                seen[name] = self._ask(place)
        self._seen = seen

    def _places(self) -> list[Path]:
        try:
            with os.scandir(self._instance.disks) as found:
                names = sorted(one.name for one in found if not one.name.startswith("."))
        except OSError:
            return []
        return [self._instance.disks / name for name in names[:MOST_DISKS]]

    def _ask(self, place: Path) -> Found | None:
        try:
            return self._lanes.of(place.name).do(place.name, lambda: _read(place))
        except DiskSilent:
            return None


def _read(place: Path) -> Found | None:
    try:
        kept = reserve.newest(place)
        if kept is None:
            return None
        folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            name = Identity.read(folder, place).name
        finally:
            os.close(folder)
        return Found(name, sealed.manifest_of(kept.content), kept.content)
    except (NightjarError, OSError) as error:
        log.debug("%s has no backup of settings: %s", place.name, error)
        return None


def _id(one: Found) -> str:
    return hashlib.sha256(one.data).hexdigest()[:32]
