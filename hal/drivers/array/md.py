"""Arrays of the md driver, seen in sysfs; what changes them goes through hal-admin."""

import logging

from hal.errors import BadRequest, Offline, Refused
from hal.kernel.block import BlockDisk, disks
from hal.kernel.md import MdArray, MdMember, arrays, sharing
from hal.kinds.array import TOLERATED, Array, ArrayHealth, ArraySet, Level, Member, Pace, Role
from hal.machine import Machine

CHECKS = {"check", "repair"}
REBUILDS = {"resync", "recover", "reshape"}
PACES = {"200000": Pace.SYNC_FIRST, "20000": Pace.BALANCED}
"""By `sync_speed_min` as hal-admin sets it; 1000 set by hand is recording first, by the system adaptive."""


LENDS_AGAIN_S = 60.0
"""How soon a spare that could not be had is asked for again."""
log = logging.getLogger("arrays")


class MdArrays(Array):
    """The arrays that run."""

    poll_s = 2.0

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._machine = machine
        self._lends_at_s = -LENDS_AGAIN_S

    def open(self) -> None:
        """Come online with the arrays that run."""
        if not (self._machine.sys / "block").is_dir():
            raise Offline("the kernel shows no disks")
        self.come_online(sets=self._sets())

    def close(self) -> None:
        """Go; the arrays run on."""

    def poll(self) -> None:
        """Look at them, and have one that lacks a disk lent another one's spare."""
        sets = self._sets()
        self.change(sets=sets)
        now_s = self._machine.monotonic_s()
        if now_s >= self._lends_at_s and (needy := _needy(sets)):
            self._lends_at_s = now_s + LENDS_AGAIN_S
            try:
                disk = self._machine.admin("array", "lend", {"array": needy})
            except Offline as error:
                log.warning("%s gets no spare: %s", needy, error)
            else:
                log.info("%s was lent the spare %s", needy, disk)
                self.change(sets=self._sets())

    def _sets(self) -> tuple[ArraySet, ...]:
        volumes = {one.name: one for one in disks(self._machine, arrays=True)}
        serials = {name: one.serial for name, one in volumes.items()}
        shared = sharing(self._machine)
        return tuple(
            _set(one, serials, volumes[one.name], shares=one.uuid in shared)
            for one in arrays(self._machine)
            if one.name in volumes
        )

    def set_pace(self, *, array: str, pace: Pace) -> None:
        """Say who goes first."""
        self._named(array)
        self._machine.admin("array", "set_pace", {"array": array, "pace": pace})
        self.poll()

    def verify(self, *, array: str) -> None:
        """Compare what the disks hold."""
        if self._named(array).level is Level.RAID0:
            raise Refused(f"{array} has no second copy to compare with")
        self._machine.admin("array", "verify", {"array": array})
        self.poll()

    def _named(self, array: str) -> ArraySet:
        self.require_online()
        for one in self._sets():
            if one.name == array:
                return one
        raise BadRequest(f"There is no array {array[:32]!r}")


def _needy(sets: tuple[ArraySet, ...]) -> str:
    """Name the array that lacks a disk, has no spare, and may be lent one; empty: none."""
    sharing_sets = [one for one in sets if one.shares]
    spares = {one.name for one in sharing_sets if any(member.role is Role.SPARE for member in one.members)}
    lacking = (one.name for one in sharing_sets if one.health is ArrayHealth.DEGRADED and one.name not in spares)
    return next(lacking, "") if spares else ""


def _set(one: MdArray, serials: dict[str, str], whole: BlockDisk, *, shares: bool) -> ArraySet:
    busy = one.action in CHECKS | REBUILDS
    return ArraySet(
        name=one.name,
        title=one.title or one.name,
        uuid=one.uuid,
        level=one.level,
        health=_health(one),
        capacity_bytes=one.capacity_bytes,
        disks_wanted=one.wanted,
        members=tuple(
            Member(member.disk, _role(member), "" if member.gone else serials.get(member.disk, ""), member.gone)
            for member in one.members
        ),
        progress_percent=round(100 * (one.done_share or 0.0), 1) if busy else None,
        bytes_per_s=one.bytes_per_s if busy else 0,
        pace=_pace(one),
        mismatches=one.mismatches,
        mounts=whole.mounts,
        untouched=bool(whole.untouched),
        prepared=bool(whole.recording),
        system=whole.system,
        shares=shares,
    )


def _health(one: MdArray) -> ArrayHealth:
    bears = TOLERATED.get(one.level, one.wanted - 1)
    if one.missing > bears or "broken" in one.state:
        return ArrayHealth.FAILED
    if one.action in REBUILDS:
        return ArrayHealth.REBUILDING
    if one.missing:
        return ArrayHealth.DEGRADED
    return ArrayHealth.VERIFYING if one.action in CHECKS else ArrayHealth.GOOD


def _role(member: MdMember) -> Role:
    if member.is_faulty:
        return Role.FAILED
    if member.is_active:
        return Role.ACTIVE
    return Role.SPARE if member.is_spare else Role.REBUILDING


def _pace(one: MdArray) -> Pace:
    least, _space, by = one.speed_min.partition(" ")
    if by != "(local)":
        return Pace.ADAPTIVE
    return PACES.get(least, Pace.RECORDING_FIRST)


DRIVER = MdArrays
