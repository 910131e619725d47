"""What is asked of arrays, done with simulated disks."""

import secrets

from hal.admin.array import LEAST_TYPED, Arrays, NewMember, Stripe, Title
from hal.admin.simulated_bench import Bench
from hal.errors import BadRequest, Refused, Unsupported
from hal.kinds.array import FEWEST, Level, Pace
from hal.simulated.array import begin
from hal.simulated.rack import Contents, SimulatedDrive, SimulatedSet


class SimulatedAdminArrays(Arrays):
    """Arrays of simulated disks."""

    def __init__(self, bench: Bench) -> None:
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
