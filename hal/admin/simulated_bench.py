"""Which simulated drive is meant, and whether it may be worked on: what `hal.admin.guard` is for real ones."""

import time
from collections.abc import Callable
from typing import TypeVar

from hal.errors import BadRequest, Offline, Refused
from hal.simulated.rack import Contents, Rack, SimulatedDrive, SimulatedSet, Volume

_Volume = TypeVar("_Volume", SimulatedDrive, SimulatedSet, Volume)


class Bench:
    """Finds simulated drives by their kernel names, as `Guard` finds real ones."""

    def __init__(self, rack: Rack, wall_s: Callable[[], float] = time.time) -> None:
        self.rack = rack
        self.wall_s = wall_s
        self.fresh: set[str] = set()
        """As the guard's."""

    def find(self, now: Contents, disk: str) -> SimulatedDrive:
        """Find a drive; raises `BadRequest`, `Offline`."""
        drive = now.in_bay(disk.removeprefix("sim")) if disk.startswith("sim") else None
        if drive is None or not drive.answers(self.wall_s()):
            raise BadRequest(f"There is no disk {disk[:32]!r}")
        if drive.hung_at_s:
            raise Offline(f"{disk} does not answer")
        return drive

    def volume(self, now: Contents, disk: str) -> Volume:
        """Find an array or a drive; raises `BadRequest`, `Offline`."""
        return now.arrays[disk] if disk in now.arrays else self.find(now, disk)

    def expendable(self, now: Contents, disk: str, serial: str) -> SimulatedDrive:
        """Find a drive whose contents may be lost; raises `Refused` too."""
        return self._free(now, disk, serial, self.find(now, disk))

    def expendable_volume(self, now: Contents, disk: str, serial: str) -> Volume:
        """Find an array or a drive whose contents may be lost; raises `Refused` too."""
        return self._free(now, disk, serial, self.volume(now, disk))

    @staticmethod
    def _free(now: Contents, disk: str, serial: str, found: _Volume) -> _Volume:
        if found.mounted:
            raise Refused(f"{disk} is in use at {found.place}; take it out of use first")
        if array := now.array_of(found.serial):
            raise Refused(f"{disk} belongs to {array}")
        if serial != found.serial:
            raise Refused(f"{serial!r} is not the serial number of {disk}; look at its label or at the list of disks")
        return found
