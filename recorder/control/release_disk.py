"""Letting go of a disk before it is pulled: its streams go to others, its files are closed. Back again, it records.

Until it is back its page says *Only play*, so nobody misses it; who let it go is remembered over restarts of control.
"""

import logging
import re
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from recorder.client.answers import BayStatus
from recorder.client.instance import Instance
from recorder.client.status import DiskState, DiskStatus
from recorder.client.words import _
from recorder.control.bay_jobs import Running
from recorder.control.hardware import Hardware, HardwareRefused
from recorder.control.machine_call import root
from recorder.settings.pages.disk import Disk, Use
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)

CLOSE_S = 60.0
"""How long media may take to close a disk in good order."""
LOOK_S = 0.2
MEMORY = "released-disks"
MOST_REMEMBERED = 64
IN_USE = frozenset((DiskState.WRITABLE, DiskState.FULL, DiskState.SLOW))
ITSELF = Author("recorder", "bays")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass
class Releasing:
    """Lets go of disks, and takes them back."""

    instance: Instance
    hardware: Hardware
    settings: Settings
    disks: Callable[[], Sequence[DiskStatus]]
    """How the recording disks are, by media."""
    _at_work: set[str] = field(default_factory=set[str])
    """Disks that are being let go of."""
    _leaving: set[str] = field(default_factory=set[str])
    """Disks that were, and may still seem to be in their bays."""
    _remembering: Lock = field(default_factory=Lock)

    def release(self, running: Running, bay: BayStatus, author: Author) -> str:
        """Let go of the disk in a bay; what fails is undone. Raises `HardwareRefused`, `Cancelled`."""
        disk = next((one for one in self.disks() if bay.place and one.place == bay.place and one.id), None)
        if disk is None or disk.set_aside:
            return self._let_go(running, bay, disk)
        self._at_work.add(disk.id)
        try:
            # First: should control end in the middle, the disk is back as far as its next run knows.
            self._remember(add=[disk.id])
            self.settings.change(Disk, {"use": Use.READ}, author, item=disk.id)
            words = self._let_go(running, bay, disk)
            self._leaving.add(disk.id)
        except BaseException:
            self.settings.change(Disk, {"use": Use.RECORD}, author, item=disk.id)
            with suppress(OSError):  # what is remembered for nothing is recorded to all the same
                self._remember(drop=[disk.id])
            raise
        finally:
            self._at_work.discard(disk.id)
        return words

    def _let_go(self, running: Running, bay: BayStatus, disk: DiskStatus | None) -> str:
        if disk is not None:
            self._closed(running, disk.id)
        running.tell(60, _("The disk is taken out of use."))
        if bay.place:
            with root(self.instance) as helper:
                helper.ask("mount", "unmount", place=bay.place)
        self.hardware.call("bay", bay.name, "release")
        return _("The disk can be pulled now.")

    def _closed(self, running: Running, disk: str) -> None:
        """Wait until media has closed a disk in good order."""
        end = time.monotonic() + CLOSE_S
        while any(one.id == disk and one.state in IN_USE for one in self.disks()):
            running.tell(20, _("What waits is written, and the files are closed."))
            if time.monotonic() > end:
                raise HardwareRefused(what=_("The recording service did not let go of the disk"))
            time.sleep(LOOK_S)

    def take_back(self, bays: Sequence[BayStatus]) -> None:
        """Record again to disks that were let go and are in a bay again."""
        waiting = self._remembered()
        there = {one.place for one in bays if one.occupied and one.place}
        here = {one.id for one in self.disks() if one.place in there}
        self._leaving &= here
        back = [one for one in waiting if one in here - self._leaving - self._at_work]
        if not back:
            return
        for disk in back:
            log.info("disk %s is back", disk)
            self.settings.change(Disk, {"use": Use.RECORD}, ITSELF, item=disk)
        self._remember(drop=back)

    @property
    def _memory(self) -> Path:
        return self.instance.state / MEMORY

    def _remembered(self) -> list[str]:
        try:
            found = self._memory.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return []
        return [one for one in found if _ID.fullmatch(one)]

    def _remember(self, *, add: Sequence[str] = (), drop: Collection[str] = ()) -> None:
        with self._remembering:
            known = dict.fromkeys([*self._remembered(), *add])
            kept = [one for one in known if one not in drop][-MOST_REMEMBERED:]
            fresh = self._memory.with_suffix(".new")
            fresh.write_text("\n".join(kept), encoding="ascii")
            fresh.replace(self._memory)
