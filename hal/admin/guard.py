"""Which disk may be worked on: the one whose serial was typed back, and that nothing else uses."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from hal.errors import Refused
from hal.kernel.block import BlockDisk, disk_named, disks
from hal.machine import Machine


class Guard:
    """Finds disks by the kernel's names, refuses those that must not be touched, and lets one job work on each."""

    def __init__(self, machine: Machine, *, loops: bool = False) -> None:
        """With `loops`, loop devices count as disks: for tests on machines that have none to spare."""
        self.machine = machine
        self._loops = loops
        self._lock = Lock()
        self._busy: set[str] = set()
        self._fresh: set[tuple[str, str]] = set()

    def find(self, disk: str) -> BlockDisk:
        """Find a disk; raises `BadRequest`."""
        return disk_named(self.machine, disk, loops=self._loops)

    def all(self) -> list[BlockDisk]:
        """List the disks."""
        return disks(self.machine, loops=self._loops)

    def volume(self, name: str) -> BlockDisk:
        """Find a disk or an array, which holds a file system as a disk does; raises `BadRequest`."""
        return disk_named(self.machine, name, loops=self._loops, arrays=True)

    def mounted_at(self, place: Path) -> BlockDisk | None:
        """Find the disk, or the array, whose file system is at a place."""
        found = [one for one in disks(self.machine, loops=self._loops, arrays=True) if str(place) in one.mounts]
        # Of an array, the disks that it is made of are found too.
        return min(found, key=lambda one: len(one.holders), default=None)

    def expendable(self, disk: str, serial: str, *, arrays: bool = False) -> BlockDisk:
        """Find a disk whose contents may be lost, or with `arrays` an array.

        Raises `BadRequest`, `Refused` with the reason.
        """
        found = self.volume(disk) if arrays else self.find(disk)
        if found.system:
            raise Refused(f"{disk} holds the recorder's own system")
        if found.mounts:
            raise Refused(f"{disk} is in use at {found.mounts[0]}; take it out of use first")
        if found.holders:
            raise Refused(f"{disk} belongs to {found.holders[0]}")
        if found.read_only:
            raise Refused(f"{disk} can only be read")
        if not found.serial:
            raise Refused(f"{disk} tells no serial number, so it cannot be told from others")
        if serial != found.serial:
            raise Refused(f"{serial!r} is not the serial number of {disk}; look at its label or at the list of disks")
        return found

    def node(self, disk: BlockDisk, partition: str = "") -> str:
        """Give the path of a disk's node, or of one of its partitions."""
        assert not partition or partition in disk.partitions
        return str(self.machine.dev / (partition or disk.name))

    def made_ready(self, disk: BlockDisk) -> None:
        """Remember that nothing is on a disk that anybody wants."""
        self._fresh.add(_attached(disk))

    def is_fresh(self, disk: BlockDisk) -> bool:
        """Whether a disk was made ready by this process, and was neither taken into use nor out of its bay since."""
        return _attached(disk) in self._fresh

    def taken_into_use(self, disk: BlockDisk) -> None:
        """Remember that it belongs to somebody now."""
        self._fresh.discard(_attached(disk))

    def is_free(self, disk: BlockDisk) -> bool:
        """Whether the kernel has the disk for nobody; one that is gone is free too."""
        try:
            self._claim(disk)
        except OSError as error:
            return error.errno != errno.EBUSY
        return True

    def _claim(self, disk: BlockDisk) -> None:
        """Open a disk for us alone, which the kernel refuses while it or a partition of it is used (open(2))."""
        os.close(os.open(self.node(disk), os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC))

    @contextmanager
    def alone(self, disk: BlockDisk) -> Generator[None]:
        """Hold a disk for one job; raises `Refused` where another job, or the kernel for somebody, has it."""
        with self._lock:
            if disk.name in self._busy:
                raise Refused(f"{disk.name} is being worked on")
            self._busy.add(disk.name)
        try:
            try:
                self._claim(disk)
            except OSError as error:
                raise Refused(f"{disk.name} is in use ({error.strerror})") from None
            yield
        finally:
            with self._lock:
                self._busy.discard(disk.name)


def _attached(disk: BlockDisk) -> tuple[str, str]:
    """Name a disk and its stay, by the number that the kernel gives anew when it finds one (diskseq, Linux 5.15)."""
    number = disk.sys_path / "diskseq"
    return disk.serial, number.read_text().strip() if number.exists() else ""
