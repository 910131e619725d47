"""The simulated disks, bays and arrays, kept in a file as a kernel keeps real ones: several processes see them.

A disk that the recorder records to is a directory below `disks`, as a mounted one is. Pulled, it goes to
`hardware/shelf` and comes back with all that is on it. Without a place, the rack lives in memory and its disks hold
nothing.
"""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from hal.errors import Refused
from hal.kinds.array import Level, Pace
from hal.simulated.shared_file import SharedFile

HANGS_S = 30.0
"""After so long the kernel gives up on a disk that does not answer (the SCSI layer's time-out), and its mount goes."""
SECTOR_BYTES_PER_S = 150_000_000
"""What a simulated disk reads and writes."""
BLOCKS = "blocks"
"""Of the directory of a recording disk, the folder that recordings are in (docs/reference/store-format.md)."""
SHORT_TEST_S = 120.0
YEAR_H = 8766
NEW_DISK_BYTES = 4_000_787_030_016


class SimulatedDrive(msgspec.Struct):
    """One drive: what it is, where it is, how worn it is."""

    serial: str
    model: str = "Simulated SV4000"
    capacity_bytes: int = NEW_DISK_BYTES
    bay: str = ""
    """Empty: it lies on the shelf."""
    place: str = ""
    """Its directory below `disks`; empty while it is not made ready for recording."""
    mounted: bool = False
    untouched: bool = False
    """It is mounted for looking alone."""
    released: bool = False
    failed: bool = False
    hung_at_s: float = 0.0
    power_on_h: float = 12.0
    moved_bytes: int = 0
    reallocated: int = 0
    pending: int = 0
    temperature_c: int = 31
    standby: bool = False
    test_began_s: float = 0.0
    test_extended: bool = False
    test_stopped: bool = False

    def answers(self, now_s: float) -> bool:
        """Whether the kernel has it: in a bay, alive, not released, and not hanging for too long."""
        gone = self.hung_at_s and now_s - self.hung_at_s >= HANGS_S
        return bool(self.bay) and not (self.failed or self.released or gone)

    def test_s(self) -> float:
        """How long its self-test takes."""
        return self.capacity_bytes / SECTOR_BYTES_PER_S if self.test_extended else SHORT_TEST_S


class SimulatedSet(msgspec.Struct):
    """One array of simulated disks; its disks by their serials."""

    uuid: str
    level: Level
    wanted: int
    members: list[str]
    """Those that hold all their data."""
    rebuilding: str = ""
    replacing: str = ""
    """The member whose place the one that is rebuilt takes; empty: that of a missing one."""
    growing: bool = False
    """The one that is rebuilt takes a place of its own."""
    spares: list[str] = []
    shares: bool = False
    """Its spares are there for all arrays that share."""
    failed: list[str] = []
    verifying: bool = False
    done_bytes: float = 0.0
    """How far rebuilding or verifying was at `looked_s`."""
    looked_s: float = 0.0
    pace: Pace = Pace.ADAPTIVE
    place: str = ""
    """Its directory below `disks`, as that of a drive."""
    mounted: bool = False
    untouched: bool = False

    @property
    def serial(self) -> str:
        """What it is told from others by."""
        return self.uuid

    @property
    def serials(self) -> set[str]:
        """All its disks."""
        return {*self.members, *self.spares, *self.failed, *([self.rebuilding] if self.rebuilding else [])}


Volume = SimulatedDrive | SimulatedSet
"""What holds a file system."""


class Contents(msgspec.Struct):
    """All of it."""

    drives: dict[str, SimulatedDrive] = {}
    arrays: dict[str, SimulatedSet] = {}

    def in_bay(self, bay: str) -> SimulatedDrive | None:
        """Give what is pushed into a bay."""
        return next((one for one in self.drives.values() if one.bay == bay), None)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """All that may hold a file system."""
        return (*self.drives.values(), *self.arrays.values())

    def array_of(self, serial: str) -> str:
        """Name the array that a disk belongs to; empty: none."""
        return next((name for name, one in self.arrays.items() if serial in one.serials), "")


class Rack(SharedFile[Contents]):
    """The hardware, as all processes see it."""

    def __init__(self, data: Path | None = None) -> None:
        """No I/O here. `data` is the directory of the recorder's instance."""
        super().__init__(data and data / "hardware" / "rack.json", Contents)
        self._data = data

    def mount_of(self, drive: Volume) -> tuple[str, ...]:
        """Where a drive or an array is mounted."""
        if not drive.mounted:
            return ()
        return (str(self._data / "disks" / drive.place) if self._data else f"/disks/{drive.place}",)

    def moved(self, drive: SimulatedDrive) -> tuple[int, int]:
        """Give what changes whenever a drive moves data; a directory tells of writing alone, by its newest file."""
        newest = 0
        if self._data is not None and drive.mounted:
            with suppress(OSError):  # pulled while we look
                for folder in (place := self._data / "disks" / drive.place, place / BLOCKS):
                    newest = max([newest, *(one.stat().st_mtime_ns for one in os.scandir(folder))])
        return drive.moved_bytes, newest

    def find_new(self, bay: str) -> None:
        """Find a directory below `disks` that no drive holds yet in this bay, if it is empty: as if it were there."""
        if self._fresh(self.look(), bay) is None:
            return
        with self.edit() as now:
            if (name := self._fresh(now, bay)) is not None:
                drive = new_drive()
                drive.bay, drive.place, drive.mounted = bay, name, True
                now.drives[drive.serial] = drive

    def _fresh(self, now: Contents, bay: str) -> str | None:
        if self._data is None or now.in_bay(bay) is not None or not (disks := self._data / "disks").is_dir():
            return None
        taken = {one.place for one in now.volumes}
        there = sorted(one.name for one in disks.iterdir() if one.is_dir() and not one.name.startswith("."))
        return next((name for name in there if name not in taken), None)

    def push(self, now: Contents, drive: SimulatedDrive, bay: str) -> None:
        """Push a drive into a bay. Nothing is mounted by that: who records asks hal-admin for it."""
        if now.in_bay(bay) is not None:
            raise Refused(f"There is a disk in bay {bay} already")
        drive.bay, drive.released, drive.standby, drive.hung_at_s = bay, False, False, 0.0

    def pull(self, drive: SimulatedDrive) -> None:
        """Take a drive out, whatever it is doing."""
        self.unmount(drive)
        drive.bay = ""

    def mount(self, drive: Volume) -> None:
        """Let the directory of a drive appear."""
        if self._data is not None and not drive.mounted and (shelf := self._shelf(drive)).is_dir():
            place = self._data / "disks" / drive.place
            if place.exists():
                drive.place = f"{drive.place}-{drive.serial[-4:]}"
            shelf.rename(place.with_name(drive.place))
        drive.mounted = True

    def unmount(self, drive: Volume) -> None:
        """Let the directory of a drive vanish, with files in it open or not."""
        if self._data is not None and drive.mounted and (place := self._data / "disks" / drive.place).is_dir():
            shelf = self._shelf(drive)
            shelf.parent.mkdir(mode=0o700, exist_ok=True)
            place.rename(shelf)
        drive.mounted = False

    def make_empty(self, drive: Volume, place: str) -> None:
        """Give a drive an empty file system, not mounted yet; what was on it is lost."""
        if self._data is not None:
            shelf = self._shelf(drive)
            if shelf.is_dir():
                shutil.rmtree(shelf)
            shelf.mkdir(mode=0o700, parents=True)
        drive.place = place

    def _shelf(self, drive: Volume) -> Path:
        assert self._data is not None
        return self._data / "hardware" / "shelf" / drive.serial


def new_drive() -> SimulatedDrive:
    """Take a new drive out of its box."""
    return SimulatedDrive(serial=f"NJ{secrets.token_hex(4).upper()}")


def rack_of(world: dict[str, object]) -> Rack:
    """Give the rack of a board's world, the same one to all its simulators."""
    found = world.setdefault("rack", Rack())
    assert isinstance(found, Rack)
    return found
