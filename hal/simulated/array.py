"""Arrays of simulated disks: they miss what is pulled, take a spare, and rebuild with time."""

from hal.errors import BadRequest, Refused
from hal.kinds.array import TOLERATED, Array, ArrayHealth, ArraySet, ArrayState, Level, Member, Pace, Role
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.rack import SECTOR_BYTES_PER_S, Contents, SimulatedSet, rack_of

SHARES = {Pace.ADAPTIVE: 0.7, Pace.SYNC_FIRST: 1.0, Pace.RECORDING_FIRST: 0.1, Pace.BALANCED: 0.4}
"""What a pace leaves of the disks for rebuilding, while others use them too."""


class SimulatedArrays(Breakable[ArrayState], Array):
    """The arrays of the simulated rack."""

    poll_s = 0.5

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._rack = rack_of(machine.world)
        self._wall_s = machine.wall_s

    def open(self) -> None:
        """Come online with the arrays that are there."""
        self.require_whole()
        self._step()
        self.come_online(sets=self._sets(self._rack.look()))

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """See what hands, hal-admin and time did."""
        self._step()
        self.change(sets=self._sets(self._rack.look()))

    def _step(self) -> None:
        now_s = self._wall_s()
        now = self._rack.look()
        if not any(step(now, one, now_s, try_only=True) or _is_lost(one) for one in now.arrays.values()):
            return
        with self._rack.edit() as now:
            for one in now.arrays.values():
                while step(now, one, now_s):
                    pass
                if _is_lost(one):
                    self._rack.unmount(one)

    def _sets(self, now: Contents) -> tuple[ArraySet, ...]:
        return tuple(self._set(now, name, one) for name, one in sorted(now.arrays.items()))

    def _set(self, now: Contents, name: str, one: SimulatedSet) -> ArraySet:
        roles = [
            *((serial, Role.ACTIVE) for serial in one.members),
            *((serial, Role.REBUILDING) for serial in [one.rebuilding] if serial),
            *((serial, Role.SPARE) for serial in one.spares),
            *((serial, Role.FAILED) for serial in one.failed),
        ]
        smallest = size_bytes(now, one)
        working = bool(one.rebuilding) or one.verifying
        missing = one.wanted - len(one.members)
        health = ArrayHealth.GOOD
        if missing > tolerated(one):
            health = ArrayHealth.FAILED
        elif one.rebuilding:
            health = ArrayHealth.REBUILDING
        elif missing:
            health = ArrayHealth.DEGRADED
        elif one.verifying:
            health = ArrayHealth.VERIFYING
        return ArraySet(
            name,
            name,
            one.uuid,
            one.level,
            health,
            data_disks(one.level, one.wanted) * smallest,
            one.wanted,
            tuple(self._member(now, serial, role) for serial, role in roles),
            min(100.0, round(100 * done_bytes(one, self._wall_s()) / smallest, 1)) if working else None,
            round(speed(one)) if working else 0,
            one.pace,
            mounts=self._rack.mount_of(one),
            untouched=one.mounted and one.untouched,
            prepared=bool(one.place),
            shares=one.shares,
        )

    def _member(self, now: Contents, serial: str, role: Role) -> Member:
        gone = not _answers(now, serial, self._wall_s())
        return Member(_block(now, serial), role, "" if gone else serial, gone)

    def set_pace(self, *, array: str, pace: Pace) -> None:
        """Say who goes first."""
        self.require_online()
        with self._rack.edit() as now:
            one = _find(now, array)
            one.done_bytes, one.looked_s = done_bytes(one, self._wall_s()), self._wall_s()
            one.pace = pace
        self.poll()

    def verify(self, *, array: str) -> None:
        """Compare what the disks hold."""
        self.require_online()
        with self._rack.edit() as now:
            one = _find(now, array)
            if one.level is Level.RAID0:
                raise Refused(f"Array {array} has no second copy to compare with")
            if len(one.members) < one.wanted:
                raise Refused(f"Array {array} lacks a disk; it is rebuilt first")
            one.verifying, one.done_bytes, one.looked_s = True, 0.0, self._wall_s()
        self.poll()


def step(now: Contents, one: SimulatedSet, now_s: float, *, try_only: bool = False) -> bool:
    """Let an array take the next step that is due: lose a disk, take a spare, end a rebuild. Tells whether it did."""
    lost = [serial for serial in one.serials - set(one.failed) if not _answers(now, serial, now_s)]
    ended = (bool(one.rebuilding) or one.verifying) and done_bytes(one, now_s) >= size_bytes(now, one)
    missing = one.wanted - len(one.members)
    spare = ""
    if one.level is not Level.RAID0 and not one.rebuilding and 0 < missing <= tolerated(one):
        spare = next((serial for serial in _spares(now, one) if _answers(now, serial, now_s)), "")
    if try_only or not (lost or ended or spare):
        return bool(lost or ended or spare)
    if lost:
        for serials in (one.members, one.spares):
            serials[:] = [serial for serial in serials if serial not in lost]
        if one.rebuilding in lost:
            one.rebuilding, one.replacing, one.growing = "", "", False
        one.replacing = "" if one.replacing in lost else one.replacing
        one.failed += lost
        one.verifying = False
    elif ended:
        _end(one)
    else:
        for other in now.arrays.values():
            other.spares[:] = [serial for serial in other.spares if serial != spare]
        begin(one, spare, now_s)
    return True


def begin(one: SimulatedSet, serial: str, now_s: float) -> None:
    """Begin to give a disk its data."""
    one.rebuilding, one.verifying, one.done_bytes, one.looked_s = serial, False, 0.0, now_s


def _end(one: SimulatedSet) -> None:
    """Rebuilding or verifying is done."""
    one.members += [one.rebuilding] if one.rebuilding else []
    one.wanted += one.growing
    if one.replacing:
        one.members.remove(one.replacing)
        one.failed.append(one.replacing)
    one.rebuilding, one.replacing, one.growing, one.verifying = "", "", False, False


def _spares(now: Contents, one: SimulatedSet) -> list[str]:
    """Its own, then those that others lend it."""
    others = [other for other in now.arrays.values() if other is not one and other.shares and one.shares]
    return [*one.spares, *(serial for other in others for serial in other.spares)]


def _is_lost(one: SimulatedSet) -> bool:
    """Whether it is mounted while more disks are missing than it bears."""
    return one.mounted and one.wanted - len(one.members) > tolerated(one)


def tolerated(one: SimulatedSet) -> int:
    """How many disks an array may miss."""
    return TOLERATED.get(one.level, one.wanted - 1)


def data_disks(level: Level, disks: int) -> int:
    """How many disks' worth of data an array of so many holds."""
    match level:
        case Level.RAID0:
            return disks
        case Level.RAID1:
            return 1
        case Level.RAID5:
            return disks - 1
        case Level.RAID6:
            return disks - 2
        case Level.RAID10:
            return disks // 2


def done_bytes(one: SimulatedSet, now_s: float) -> float:
    """How far rebuilding or verifying is."""
    return one.done_bytes + max(0.0, now_s - one.looked_s) * speed(one)


def speed(one: SimulatedSet) -> float:
    """How fast it is rebuilt, in bytes a second."""
    return SECTOR_BYTES_PER_S * SHARES[one.pace]


def size_bytes(now: Contents, one: SimulatedSet) -> int:
    """What each of its disks holds: as much as the smallest can."""
    drives = [now.drives[serial] for serial in one.serials if serial in now.drives]
    return min((drive.capacity_bytes for drive in drives), default=1)


def _answers(now: Contents, serial: str, now_s: float) -> bool:
    return (drive := now.drives.get(serial)) is not None and drive.answers(now_s)


def _block(now: Contents, serial: str) -> str:
    drive = now.drives.get(serial)
    return f"sim{drive.bay}" if drive is not None and drive.bay else ""


def _find(now: Contents, array: str) -> SimulatedSet:
    if array not in now.arrays:
        raise BadRequest(f"There is no array {array}")
    return now.arrays[array]


DRIVER = SimulatedArrays
