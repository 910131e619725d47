"""The disks that Nightjar can be installed on, what is on each now, and which are never taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hal.admin.job import Run, run
from hal.errors import HalError, Refused
from hal.kernel.block import BlockDisk, disks, labels
from hal.machine import Machine
from hal.rescue.system_disk import LABELS
from hal.sizes import size

INSTALLER = "nightjar-install"
"""What a partition of the installer's own stick is called."""
TYPED = 4
"""So many letters of a serial number are typed back where something is on the disk."""
_NO_DISK = re.compile(r"(sr|fd)[0-9]+")
LOOK_S = 30.0


@dataclass(frozen=True)
class Target:
    """A disk, what would be lost on it, and why it cannot be taken; both empty: it is free."""

    disk: BlockDisk
    holds: tuple[str, ...] = ()
    refusal: str = ""
    recorder: bool = False
    """Nightjar is on it already."""

    @property
    def shown(self) -> str:
        """Give what stands on its label."""
        disk = self.disk
        return f"{disk.model or disk.name}, {disk.serial or 'no serial number'}, {size(disk.size_bytes)}"


def targets(machine: Machine, least_bytes: int, run: Run = run) -> list[Target]:
    """List the disks, without the installer's own sticks and what is no disk."""
    found: list[Target] = []
    for one in disks(machine):
        called = set(labels(one).values())
        if INSTALLER in called or not one.size_bytes or _NO_DISK.fullmatch(one.name):
            continue
        holds = tuple(_holds(one, called, machine, run))
        found.append(Target(one, holds, _refusal(one, least_bytes), recorder=called >= LABELS))
    return found


def by_serial(found: Sequence[Target], serial: str) -> Target:
    """Find the disk with this serial number; raises `Refused` where none or several have it, or it cannot be taken."""
    same = [one for one in found if one.disk.serial == serial]
    if not same:
        known = ", ".join(one.disk.serial for one in found if one.disk.serial) or "none"
        raise Refused(f"No disk has the serial number {serial[:40]!r}; there are: {known}")
    if len(same) > 1:
        raise Refused(f"More than one disk says that its serial number is {serial[:40]!r}; choose by hand")
    if same[0].refusal:
        raise Refused(f"{same[0].shown}: {same[0].refusal}")
    return same[0]


def typed_back(target: Target, typed: str) -> bool:
    """Whether somebody looked at the label: the last letters of the serial number."""
    return bool(typed) and typed.upper() == target.disk.serial[-TYPED:].upper()


def _refusal(disk: BlockDisk, least_bytes: int) -> str:
    if disk.size_bytes < least_bytes:
        return f"too small, it must have {size(least_bytes)}"
    if disk.read_only:
        return "it can only be read"
    if not disk.serial:
        return "it tells no serial number, so it cannot be told from others"
    if disk.mounts or disk.holders or disk.swaps:
        return "it is in use"
    return ""


def _holds(disk: BlockDisk, called: set[str], machine: Machine, run: Run) -> list[str]:
    if called >= LABELS:
        return ["Nightjar with its settings, which would be lost"]
    if disk.recording:
        return ["RECORDINGS of a recorder, which would be lost"]
    if disk.partitions:
        count = len(disk.partitions)
        return [f"{count} partition{'s' if count > 1 else ''} of something else"]
    try:
        told = run(["blkid", "-p", "-o", "udev", str(machine.dev / disk.name)], b"", LOOK_S)
    except HalError as error:
        return [f"something that cannot be looked at: {error}"]
    kinds = [line.partition(b"=")[2].decode(errors="replace") for line in told.output.splitlines() if b"_TYPE=" in line]
    if any("raid" in one for one in kinds):
        return ["a part of an array of disks"]
    # blkid(8): 8, it could be several things; 2, nothing is on it.
    if kinds or told.status == 8:
        return [f"data without partitions ({', '.join(filter(str.isprintable, kinds)) or 'of several kinds'})"]
    return []
