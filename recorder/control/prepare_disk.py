"""Making a disk or an array ready for recording: partition, file system, mount, and the recorder's own files.

All on it is lost.
"""

import asyncio
import logging
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.bay_jobs import Running
from recorder.control.frames_call import ask
from recorder.control.machine_call import root
from recorder.store import initialise_disk
from recorder.store.errors import StoreError
from recorder.store.identity import Identity

log = logging.getLogger(__name__)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,11}")
"""As long as the label of a file system may be."""
BLOCK_BYTES = 64 << 20
RESERVED = 50
"""One part in so many of a file system stays free: it needs some for itself."""
SIMULATED_BYTES = 10 << 30
"""What a disk that is a directory of a laptop takes at most: the laptop needs its space for itself."""
FORMAT_SHARE = 0.6
"""How much of the work is done when the file system is there; the rest is making the recording files."""
FORMAT_S = 900.0


@dataclass(frozen=True)
class Wanted:
    """How the disk shall be called and made; `size_bytes` 0 takes all there is."""

    name: str
    filesystem: str = "xfs"
    size_bytes: int = 0


@dataclass(frozen=True)
class Target:
    """What is made ready: the kernel's name of it, its serial number or id, and the place where it is mounted now."""

    disk: str
    serial: str
    place: str


def prepare(instance: Instance, running: Running, target: Target, wanted: Wanted) -> str:
    """Do it, and give the words of its end; raises `HardwareRefused`, `StoreError`, `Cancelled`."""

    def formatting(percent: float, words: str) -> bool:
        del words  # they name the disk as the kernel does, which says nothing to an owner
        running.told = replace(running.told, percent=percent * FORMAT_SHARE, words=_("A file system is made."))
        return not running.cancelled.is_set()

    before = known_as(instance.disks / target.place) if target.place else ""
    with root(instance, FORMAT_S) as helper:
        if target.place and (instance.disks / target.place).is_dir():
            helper.ask("mount", "unmount", place=target.place)
        about = {"serial": target.serial, "label": wanted.name, "filesystem": wanted.filesystem}
        helper.ask("disk", "initialise", formatting, disk=target.disk, **about)
        running.tell(100 * FORMAT_SHARE, _("The disk is taken into use."))
        place = Path(helper.ask("mount", "fresh", disk=target.disk, place=wanted.name))
        try:
            _fill(running, place, wanted)
            # It is known again, after any power cut, by what can be read without its journal.
            helper.ask("mount", "settle", place=wanted.name)
        except BaseException:
            helper.ask("mount", "unmount", place=wanted.name)
            raise
    if before:
        _let_forget(instance, before)
    return _("It is the recording disk {name} now.").format(name=wanted.name)


def known_as(place: Path) -> str:
    """Give the id of the recording disk that is mounted there; "" where it is none, or cannot be read."""
    try:
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return ""
    try:
        return Identity.read(directory, place).id
    except (StoreError, OSError):
        return ""
    finally:
        os.close(directory)


def _let_forget(instance: Instance, disk: str) -> None:
    """Tell media that nothing of the disk is there any more; should that fail, its footage only seems to be."""
    try:
        asyncio.run(ask(instance, "media", {"op": "forget_disk", "disk": disk}, "disk_forgotten"))
    except NightjarError as error:
        log.warning("what was on disk %s is still listed: %s", disk, error)


def _fill(running: Running, place: Path, wanted: Wanted) -> None:
    def told(done: int, total: int) -> None:
        share = FORMAT_SHARE + (1 - FORMAT_SHARE) * done / total
        running.tell(100 * share, _("Space for recordings is set aside."))

    free = shutil.disk_usage(place).free
    largest = free - free // RESERVED if os.path.ismount(place) else min(free // 2, SIMULATED_BYTES)
    size = wanted.size_bytes or largest
    size -= size % BLOCK_BYTES
    initialise_disk(place, size_bytes=size, block_bytes=BLOCK_BYTES, name=wanted.name, told=told)
