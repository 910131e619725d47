"""Mounts: recording disks and arrays below one folder, named by their labels, and never anywhere else.

Whose a disk is, media finds out by what is on it. Until then nothing touches it (S4): it is mounted to be read, and its
journal is left as it is. A kernel cannot turn such a mount into one for writing (xfs(5): `norecovery`; ext4(5):
`noload`), so the disk is mounted anew then.
"""

import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from hal.admin.guard import Guard
from hal.admin.job import JOB, Run, job, must, run
from hal.errors import BadRequest, Refused
from hal.kernel.block import BlockDisk, orphaned
from hal.kinds.verbs import verb

PLACES = Path("/media/nightjar")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
OPTIONS = "noatime,nodev,nosuid,noexec"
RECORDING = frozenset(("xfs", "ext4"))
OWN = {"xfs": "", "ext4": ",errors=continue"}
"""What a file system says of itself is overruled: one may ask that its first error be the kernel's end (ext4(5)), and
whoever pushes such a disk in would have the recorder start again and again."""
UNTOUCHED = {
    # A copy has the id of the file system too, by which XFS would refuse it.
    "xfs": "ro,norecovery,nouuid",
    "ext4": "ro,noload",
}
"""How nothing at all is written, by file system: `ro` alone has a journal replayed."""
IDENTITY_FILE = "disk.json"
"""Says who a recording disk is (docs/reference/store-format.md)."""
MOST_IDENTITY = 64 << 10
WRITABLE_S = 120.0
"""A file system that was not closed replays its journal first."""
LETS_GO_S = 20.0
"""How long whoever has files of a disk open may take to close them: they look every two seconds whether it is there."""
LOOK_S = 0.2
SHARED = 0o2770
"""A recording disk's top folder: control makes it ready, media writes it, the reader reads it, by its owner's group."""


class _Identity(msgspec.Struct):
    id: str


class Mounts:
    """What can be asked of mounts."""

    def __init__(
        self, guard: Guard, places: Path = PLACES, owner: tuple[int, int] | None = None, run: Run = run
    ) -> None:
        """`owner` is the user and group that own a recording disk's top folder."""
        self._guard = guard
        self._places = places
        self._owner = owner
        self._run = run

    @verb(patience_s=60.0)
    def fresh(self, *, disk: str, place: str) -> str:
        """Mount a disk, to be written, that was made ready just now and belongs to nobody yet; gives where.

        Once, and by this very process: whatever else was made ready is somebody's until it is looked at (S4). Raises
        `BadRequest`, `Refused`, `ProgramFailed`.
        """
        found = self._found(disk)
        if not found.recording or not self._guard.is_fresh(found):
            raise Refused(f"{disk} was not made ready just now, so whose it is must be looked at first")
        target = self._place(place)
        if os.path.ismount(target):
            raise Refused(f"{target} is in use already")
        self._mount(found, found.recording, target)
        self._guard.taken_into_use(found)
        return str(target)

    @verb(patience_s=60.0)
    def recording(self, *, disk: str) -> str:
        """Mount what was made ready for recording on a disk, at the place that its label names; gives where.

        Nothing is written to it before `writable`. Where it is mounted already, that is told. Raises `BadRequest`,
        `Refused`, `ProgramFailed`.
        """
        found = self._found(disk)
        if not found.recording:
            raise Refused(f"{disk} was not made ready for recording")
        if found.mounts:
            return found.mounts[0]
        self.forget()
        node = self._guard.node(found, found.recording)
        told = must(self._run, ["blkid", "-p", "-s", "LABEL", "-o", "value", node])
        target = self._free(told.decode(errors="replace").strip(), found.serial)
        self._mount(found, found.recording, target, untouched=True)
        return str(target)

    @verb(patience_s=WRITABLE_S)
    def writable(self, *, place: str, disk_id: str) -> None:
        """Have a disk written that was mounted untouched: it is known, by its id (32 hex digits), to be ours.

        Who has files of it open sees it vanish and come back. Where that fails it is not mounted any more, and may be
        mounted untouched again. Raises `Refused`, `ProgramFailed`.
        """
        target = self._place(place)
        there = self._guard.mounted_at(target)
        if there is None:
            raise Refused(f"Nothing is mounted at {target}")
        if str(target) not in there.untouched:
            return
        found = self._found(there.name)
        if not found.recording or id_at(target) != disk_id:
            raise Refused(f"At {target} is another disk than the one that is to be written")
        must(self._run, ["umount", "--lazy", str(target)])
        self._await_free(found)
        again = self._found(found.name)
        if (again.serial, again.recording) != (found.serial, found.recording):
            raise Refused(f"{found.name} is another disk now")
        self._mount(again, again.recording, target)

    @verb(patience_s=60.0)
    def settle(self, *, place: str) -> None:
        """Have written home all that the journal of a disk holds, so that it can be read without its journal.

        Raises `Refused`, `ProgramFailed`.
        """
        target = self._place(place)
        if self._guard.mounted_at(target) is None:
            raise Refused(f"Nothing is mounted at {target}")
        try:
            must(self._run, ["fsfreeze", "--freeze", str(target)])
        finally:
            # Outside the job: who gives it up must not leave the disk frozen.
            JOB.set(None)
            must(self._run, ["fsfreeze", "--unfreeze", str(target)])

    @verb(patience_s=60.0)
    def unmount(self, *, place: str) -> None:
        """Take a disk out of use. Who has files of it open sees it vanish, and has some time to close them.

        Raises `Refused` where nothing is mounted, or where files stay open: then the disk must not be pulled yet.
        """
        target = self._place(place)
        if not os.path.ismount(target):
            raise Refused(f"Nothing is mounted at {target}")
        there = self._guard.mounted_at(target)
        must(self._run, ["umount", "--lazy", str(target)])
        target.rmdir()
        if there is not None:
            self._await_free(there)

    @verb(patience_s=60.0)
    def forget(self) -> list[str]:
        """Take away the mounts of disks that were pulled while they were in use; gives the places' names."""
        gone = orphaned(self._guard.machine, self._places)
        for target in gone:
            must(self._run, ["umount", "--lazy", str(target)])
            target.rmdir()
        return [one.name for one in gone]

    def _found(self, disk: str) -> BlockDisk:
        found = self._guard.volume(disk)
        if found.system:
            raise Refused(f"{disk} holds the recorder's own system")
        return found

    def _mount(self, disk: BlockDisk, partition: str, target: Path, *, untouched: bool = False) -> None:
        """Mount it, to be written or `untouched`; raises `Refused` where it has no file system of a recording disk."""
        node = self._guard.node(disk, partition)
        told = must(self._run, ["blkid", "-p", "-s", "TYPE", "-o", "value", node])
        kind = told.decode(errors="replace").strip()
        if kind not in RECORDING:
            raise Refused(f"{partition} has no file system that is used here ({kind or 'none'})")
        self._folder(target)
        options = f"{OPTIONS}{OWN[kind]}" + (f",{UNTOUCHED[kind]}" if untouched else "")
        must(self._run, ["mount", "-t", kind, "-o", options, node, str(target)])
        if self._owner is not None and not untouched:
            os.chown(target, *self._owner, follow_symlinks=False)
            target.chmod(SHARED)

    def _folder(self, target: Path) -> None:
        """Make the folder that is mounted on; raises `Refused` where others could lead it elsewhere by a link."""
        self._places.mkdir(mode=0o755, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            target.mkdir(mode=0o755)
        for folder, found in ((self._places, self._places.stat()), (target, target.lstat())):
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise Refused(f"{folder} is a link, or others than root may change it; nothing is mounted there")

    def _place(self, place: str) -> Path:
        if not NAME.fullmatch(place):
            raise BadRequest(f"{place[:32]!r} is no name for a place")
        return self._places / place

    def _free(self, label: str, serial: str) -> Path:
        """Give the place of a label; where it is taken, or the label is no name, the serial number makes another."""
        tail = re.sub(r"[^A-Za-z0-9]", "", serial)[-4:]
        for name in (label, f"{label}-{tail}", f"disk-{tail}"):
            if NAME.fullmatch(name) and not os.path.ismount(self._places / name):
                return self._places / name
        raise Refused(f"There is a disk at {self._places / label[:32]} already")

    def _await_free(self, disk: BlockDisk) -> None:
        """Wait until the kernel let go of a disk that was unmounted."""
        end = time.monotonic() + LETS_GO_S
        while not self._guard.is_free(disk):
            if time.monotonic() > end:
                raise Refused(f"Files of {disk.name} are still open; it cannot be pulled yet")
            job().go_on()
            time.sleep(LOOK_S)


def id_at(place: Path) -> str:
    """Read who the disk at a place is; empty where it does not say."""
    try:
        file = os.open(place / IDENTITY_FILE, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        return msgspec.json.decode(os.read(file, MOST_IDENTITY), type=_Identity).id
    except (OSError, msgspec.MsgspecError, RecursionError):
        return ""
    finally:
        os.close(file)
