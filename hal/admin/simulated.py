"""The same nouns over the simulated rack: what would format a disk empties a directory of the instance, nothing else.

What a laptop's owner would not want done by a recorder (power, clock, network, firewall, services) is refused in words.
"""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hal.admin.array import LEAST_TYPED, Arrays, NewMember, Stripe, Title
from hal.admin.clock import Clocks
from hal.admin.disk import Disks, FileSystem, Label
from hal.admin.firewall import Firewalls
from hal.admin.job import Done, job
from hal.admin.mount import NAME, Mounts, id_at
from hal.admin.network import WITHIN_S, Networks, Within
from hal.admin.power import Power
from hal.admin.service import Services
from hal.admin.slot import Lamp, Slots
from hal.admin.stick import Sticks
from hal.errors import BadRequest, Offline, Refused, Unsupported
from hal.kinds.array import FEWEST, Level, Pace
from hal.kinds.usb_port import Volume as StickVolume
from hal.kinds.verbs import verb
from hal.machine import Machine
from hal.network.plan import NetworkPlan
from hal.simulated.array import begin
from hal.simulated.pocket import Pocket
from hal.simulated.rack import Contents, Rack, SimulatedDrive, SimulatedSet, Volume
from hal.simulated.usb_port import DISK

FORMAT_S = 3.0
"""What making a file system takes, so that progress and cancelling can be seen."""
STEPS = 30
_Volume = TypeVar("_Volume", SimulatedDrive, SimulatedSet, Volume)


def _nothing_real(argv: object, given: bytes, patience_s: float) -> Done:
    del argv, given, patience_s
    raise Unsupported("This recorder is simulated; only its simulated disks can be changed")


def _no_clock(wall_s: float) -> None:
    _nothing_real(wall_s, b"", 0)


class _Bench:
    """Finds simulated drives by their kernel names, as `Guard` finds real ones."""

    def __init__(self, rack: Rack, wall_s: Callable[[], float] = time.time) -> None:
        self.rack = rack
        self.wall_s = wall_s

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


class SimulatedDisks(Disks):
    """Simulated disks."""

    def __init__(self, bench: _Bench, sleep_s: Callable[[float], None] = time.sleep) -> None:
        self._bench = bench
        self._sleep_s = sleep_s

    def initialise(self, *, disk: str, serial: str, label: Label, filesystem: FileSystem = "xfs") -> str:
        """Empty a simulated disk or array."""
        del filesystem
        self._bench.expendable_volume(self._bench.rack.look(), disk, serial)
        for step in range(STEPS):
            job().tell(100 * step / STEPS, f"{disk}: a file system is made")
            self._sleep_s(FORMAT_S / STEPS)
        with self._bench.rack.edit() as now:
            drive = self._bench.expendable_volume(now, disk, serial)
            self._bench.rack.make_empty(drive, label)
        job().tell(100, f"{disk} is ready")
        return f"{disk}p1"

    def health(self, *, disk: str, wake: bool = False) -> str:
        """Refuse: the figures of a simulated disk are those that its device tells."""
        del disk, wake
        raise Unsupported("A simulated disk tells how it is by itself")

    def test(self, *, disk: str, extended: bool) -> str:
        """Begin a self-test."""
        with self._bench.rack.edit() as now:
            drive = self._bench.find(now, disk)
            drive.test_began_s, drive.test_extended, drive.test_stopped = self._bench.wall_s(), extended, False
        return "{}"

    def stop_test(self, *, disk: str) -> str:
        """Give up a self-test."""
        with self._bench.rack.edit() as now:
            self._bench.find(now, disk).test_stopped = True
        return "{}"

    def spin_down(self, *, disk: str) -> None:
        """Let it rest."""
        with self._bench.rack.edit() as now:
            drive = self._bench.find(now, disk)
            if drive.mounted:
                raise Refused(f"{disk} is in use; it would be woken at once")
            drive.standby = True


class SimulatedMounts(Mounts):
    """Directories that appear below `disks`, and vanish."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench

    def mount(self, *, disk: str, partition: str, place: str, read_only: bool = False) -> str:
        """Let the directory of a disk appear."""
        if read_only:
            raise Unsupported("A simulated disk is mounted for writing")
        if not NAME.fullmatch(place):
            raise BadRequest(f"{place[:32]!r} is no name for a place")
        with self._bench.rack.edit() as now:
            drive = self._bench.volume(now, disk)
            if not drive.place or partition != f"{disk}p1":
                raise BadRequest(f"{disk} has no partition {partition[:32]!r}")
            if drive.mounted:
                raise Refused(f"{disk} is in use already")
            drive.place, drive.untouched = place, False
            self._bench.rack.mount(drive)
            return self._bench.rack.mount_of(drive)[0]

    def recording(self, *, disk: str) -> str:
        """Let the directory of a disk that was made ready appear where it was before."""
        with self._bench.rack.edit() as now:
            drive = self._bench.volume(now, disk)
            if not drive.place:
                raise Refused(f"{disk} was not made ready for recording")
            drive.untouched = drive.untouched or not drive.mounted
            self._bench.rack.mount(drive)
            return self._bench.rack.mount_of(drive)[0]

    def writable(self, *, place: str, disk_id: str) -> None:
        """Say that it is written: its directory could be all the time."""
        with self._bench.rack.edit() as now:
            found = next((one for one in now.volumes if one.mounted and one.place == place), None)
            if found is None:
                raise Refused(f"Nothing is mounted at {place[:32]!r}")
            if id_at(Path(self._bench.rack.mount_of(found)[0])) != disk_id:
                raise Refused(f"At {place[:32]!r} is another disk than the one that is to be written")
            found.untouched = False

    def settle(self, *, place: str) -> None:
        """A directory has no journal."""
        del place

    def forget(self) -> list[str]:
        """Tell of none: the directory of a simulated disk goes with it."""
        return []

    def unmount(self, *, place: str) -> None:
        """Let it vanish."""
        with self._bench.rack.edit() as now:
            found = next((one for one in now.volumes if one.mounted and one.place == place), None)
            if found is None:
                raise Refused(f"Nothing is mounted at {place[:32]!r}")
            self._bench.rack.unmount(found)


class SimulatedSlots(Slots):
    """Slots of the rack."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench

    def release(self, *, disk: str, serial: str) -> None:
        """Let go of a disk."""
        with self._bench.rack.edit() as now:
            self._bench.expendable(now, disk, serial).released = True

    def scan(self) -> None:
        """Find released disks again."""
        with self._bench.rack.edit() as now:
            for drive in now.drives.values():
                drive.released = False

    @verb(destructive=True)
    def power(self, *, slot: str, on: bool) -> None:
        """Refuse: these bays have no switch."""
        del on
        raise BadRequest(f"There is no slot {slot[:32]!r} that can be switched")

    def light(self, *, disk: str, lamp: Lamp) -> None:
        """Refuse: the simulated lamps are indicators."""
        del disk, lamp
        raise Unsupported("The lamps of this board are indicators")


class SimulatedSticks(Sticks):
    """Sticks of the pocket: folders, which are there as long as they are in."""

    def __init__(self, pocket: Pocket) -> None:
        self._pocket = pocket

    def tell(self, *, disk: str) -> StickVolume:
        """Say what is on one."""
        port = self._port(disk)
        folder = self._pocket.at(port)
        assert folder is not None
        return StickVolume(disk, "vfat", folder.name)

    def mount(self, *, disk: str, writing: bool | None = None) -> str:
        """Say whether one is written."""
        port = self._port(disk)
        written = self._pocket.is_writing(port) if writing is None else writing
        return str(self._pocket.open_for_writing(port, writing=written))

    def forget(self) -> list[str]:
        """Tell of none: the folder of a simulated stick goes with it."""
        return []

    def _port(self, disk: str) -> str:
        port = disk.removeprefix(DISK)
        if port == disk or not NAME.fullmatch(port) or self._pocket.at(port) is None:
            raise BadRequest(f"There is no stick {disk[:32]!r}")
        return port


class SimulatedAdminArrays(Arrays):
    """Arrays of simulated disks."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench

    def create(
        self,
        *,
        title: Title,
        level: Level,
        members: tuple[NewMember, ...],
        spares: tuple[NewMember, ...] = (),
        stripe_kib: Stripe = 512,
    ) -> str:
        """Make an array."""
        del stripe_kib
        if len(members) < FEWEST[level] or (level is Level.RAID1 and len(members) != FEWEST[level]):
            raise BadRequest(f"{level} does not take {len(members)} disks")
        with self._bench.rack.edit() as now:
            if title in now.arrays:
                raise BadRequest(f"There is an array {title} already")
            drives = [self._bench.expendable(now, one.disk, one.serial) for one in (*members, *spares)]
            serials = [one.serial for one in drives]
            if len(set(serials)) != len(serials):
                raise BadRequest("A disk was named twice")
            count = len(members)
            uuid = secrets.token_hex(16)
            made = SimulatedSet(uuid, level, count, serials[:count], spares=serials[count:], shares=not spares)
            now.arrays[title] = made
        return title

    def delete(self, *, array: str, uuid: str) -> None:
        """Take an array apart."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            if len(uuid) < LEAST_TYPED or not found.uuid.startswith(uuid.lower()):
                raise Refused(f"{uuid[:40]!r} is not the id of {array}")
            if found.mounted:
                raise Refused(f"{array} is in use at {found.place}")
            del now.arrays[array]

    def grow(self, *, array: str, disk: str, serial: str) -> None:
        """Spread the data over one more disk."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            if found.level not in {Level.RAID5, Level.RAID6, Level.RAID10}:
                raise Refused(f"{found.level} does not grow by a disk")
            self._give_data(found, array, self._bench.expendable(now, disk, serial))
            found.growing = True

    def replace(self, *, array: str, old: str, disk: str, serial: str) -> None:
        """Copy a disk to another one."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            if found.level is Level.RAID0:
                raise Refused("raid0 has no second copy, so no disk of it is replaced")
            before = self._bench.find(now, old)
            if before.serial not in found.members:
                raise Refused(f"{old} holds no data of {array} that could be copied")
            self._give_data(found, array, self._bench.expendable(now, disk, serial))
            found.replacing = before.serial

    def _give_data(self, found: SimulatedSet, array: str, drive: SimulatedDrive) -> None:
        if found.rebuilding or found.verifying or len(found.members) < found.wanted:
            raise Refused(f"{array} is not whole or at work; try again afterwards")
        begin(found, drive.serial, self._bench.wall_s())

    def spare(self, *, array: str, disk: str, serial: str, shared: bool = False) -> None:
        """Keep a disk ready."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            if found.level is Level.RAID0:
                raise Refused("raid0 cannot use a spare: with one disk all is lost")
            found.spares.append(self._bench.expendable(now, disk, serial).serial)
            found.shares = shared

    def remove(self, *, array: str, disk: str, serial: str) -> None:
        """Take a spare or failed disk out of an array."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            drive = self._bench.find(now, disk)
            idle = next((one for one in (found.spares, found.failed) if drive.serial in one), None)
            if idle is None or drive.serial != serial:
                raise Refused(f"{disk} is no spare and no failed disk of {array}")
            idle.remove(drive.serial)

    def forget(self, *, array: str) -> None:
        """Forget the disks that were pulled."""
        with self._bench.rack.edit() as now:
            found = _array(now, array)
            gone = [one for one in found.failed if not now.drives[one].answers(self._bench.wall_s())]
            if not gone:
                raise Refused(f"All disks of {array} are there")
            found.failed[:] = [one for one in found.failed if one not in gone]

    def set_pace(self, *, array: str, pace: Pace) -> None:
        """Refuse: the simulated service is asked for this itself."""
        del array, pace
        raise Unsupported("The simulated array service is asked for this itself")

    def verify(self, *, array: str) -> None:
        """Refuse: the simulated service is asked for this itself."""
        del array
        raise Unsupported("The simulated array service is asked for this itself")


def _array(now: Contents, array: str) -> SimulatedSet:
    if array not in now.arrays:
        raise BadRequest(f"There is no array {array[:32]!r}")
    return now.arrays[array]


def simulated_nouns(
    rack: Rack, pocket: Pocket | None = None, wall_s: Callable[[], float] = time.time
) -> dict[str, object]:
    """What is asked of a laptop."""
    bench = _Bench(rack, wall_s)
    return {
        "disk": SimulatedDisks(bench),
        "mount": SimulatedMounts(bench),
        "stick": SimulatedSticks(pocket or Pocket()),
        "array": SimulatedAdminArrays(bench),
        "slot": SimulatedSlots(bench),
        "power": Power(_nothing_real),
        "clock": Clocks(_nothing_real, _no_clock),
        "network": _NoNetworks(),
        "firewall": Firewalls(_nothing_real),
        "service": Services(_nothing_real),
    }


class _NoNetworks(Networks):
    """Parses, and changes nothing."""

    def __init__(self) -> None:
        super().__init__(Machine(etc=Path("/nowhere")), _nothing_real)

    def apply(self, *, plan: NetworkPlan) -> None:
        """Refuse."""
        plan.check()
        _nothing_real(plan, b"", 0)

    def attempt(self, *, plan: NetworkPlan, within_s: Within = WITHIN_S) -> None:
        """Refuse."""
        del within_s
        self.apply(plan=plan)
