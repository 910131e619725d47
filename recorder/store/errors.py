"""What can go wrong with recorded footage, told in words."""

import errno

from recorder.client.errors import NightjarError
from recorder.client.words import _


class StoreError(NightjarError):
    """Something about disks or footage."""

    status = 503
    words = _("The footage cannot be reached.")


class NotADisk(StoreError):
    """The directory has no readable disk identity: nothing is ever written there (S10)."""

    status = 404
    words = _(
        "{path} is not a recording disk: {problem}. Initialise it with `nightjar store init`, or check the cable."
    )


class AlreadyADisk(StoreError):
    """Initialising would destroy footage or foreign files."""

    status = 409
    words = _("{path} already holds files. Only an empty directory can become a recording disk.")


class BadDiskSize(StoreError):
    """The wanted sizes do not make a disk."""

    status = 422
    words = _("{problem}")


class NoSpace(StoreError):
    """The file system has not the room that was asked for."""

    status = 507
    words = _("{path} has {free_mb} MB free, and {need_mb} MB are needed. Choose a smaller size or another place.")


class DiskFault(StoreError):
    """The operating system refused to read or write; `state` of the disk says the rest."""

    words = _("Disk {disk} does not work: {problem}.")


class DiskSilent(StoreError):
    """A disk has not answered a read for so long that nobody waits for it any more."""

    words = _("Disk {disk} does not answer at the moment. What is recorded on it can be seen again as soon as it does.")


class DiskReadOnly(DiskFault):
    """The file system refused a write."""

    words = _("Disk {disk} can no longer be written ({problem}). Footage on it can still be played.")


class BadBlock(DiskFault):
    """The disk has no good sector for a page of a block; what else is on it is not touched by that."""

    words = _("Disk {disk} takes no more writes to block {number} ({problem}).")

    def __init__(self, *, disk: str, number: int, problem: str) -> None:
        super().__init__(disk=disk, number=number, problem=problem)
        self.number = number


class DiskFull(DiskFault):
    """Every block is in use and none may be used again."""

    status = 507
    words = _("Disk {disk} is full, and its oldest footage must not be overwritten. Recording has stopped.")


class SyncFailed(DiskFault):
    """The disk did not confirm a write. What it holds is unknown, so it is not asked again."""

    words = _("Disk {disk} did not confirm that footage is safe ({problem}). It is taken out of use; check it.")


_BAD_SECTOR = {errno.EIO, errno.ENODATA, errno.EREMOTEIO, errno.EILSEQ}
"""What Linux makes of a write that a drive refuses for its place (block/blk-core.c: medium, target, ...)."""


def is_bad_sector(error: OSError) -> bool:
    """Whether a failed write may be the fault of its place alone: elsewhere on the disk others may succeed."""
    return error.errno in _BAD_SECTOR


def not_confirmed(disk: str, error: OSError) -> DiskFault:
    """Say what a failed sync means: a file system that turned read-only did not even ask the disk."""
    problem = error.strerror or str(error)
    if error.errno == errno.EROFS:
        return DiskReadOnly(disk=disk, problem=problem)
    return SyncFailed(disk=disk, problem=problem)


class WrongDiskId(StoreError):
    """What was typed is not the id of the disk."""

    status = 422
    words = _("This is not the id of disk {disk}. Type at least the first {least} characters of it: {id} …")


class NothingToAdopt(StoreError):
    """The disk is in use already, or is none."""

    status = 409
    words = _("Disk {disk} is not waiting to be adopted.")


class Damaged(StoreError):
    """Bytes on a disk are not what was written."""

    status = 500
    words = _("{what} is damaged: {problem}.")


class UnreadableCatalog(Damaged):
    """Neither half of a catalog is whole: the disk does not give them, or they are not what was written."""


class CutCatalog(UnreadableCatalog):
    """The catalog goes up to a sector that the disk does not give, or a write that it lost; the blocks say the rest."""

    words = _("A part of {what} is lost or cannot be read. It is made anew from the recordings, which takes a while.")


class Locked(StoreError):
    """Footage is encrypted, and its key is not on this recorder."""

    status = 423
    words = _(
        "{what} is encrypted and locked. Enter the recovery key of its pool: `nightjar store recovery-key --enter`."
    )
