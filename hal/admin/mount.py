"""Mounts: recording disks below one folder, named by their labels, and never anywhere else."""

import os
import re
from pathlib import Path

from hal.admin.guard import Guard
from hal.admin.job import Run, must, run
from hal.errors import BadRequest, Refused
from hal.kinds.verbs import verb

PLACES = Path("/media/nightjar")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
OPTIONS = "noatime,nodev,nosuid,noexec"
FILE_SYSTEMS = {"xfs", "ext4", "vfat", "exfat", "ntfs"}


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
    def mount(self, *, disk: str, partition: str, place: str, read_only: bool = False) -> str:
        """Mount a partition of a disk; gives where. Raises `BadRequest`, `Refused`, `ProgramFailed`."""
        found = self._guard.find(disk)
        if found.system:
            raise Refused(f"{disk} holds the recorder's own system")
        if partition not in found.partitions:
            raise BadRequest(f"{disk} has no partition {partition[:32]!r}")
        target = self._place(place)
        if os.path.ismount(target):
            raise Refused(f"{target} is in use already")
        kind = must(self._run, ["blkid", "-p", "-s", "TYPE", "-o", "value", self._guard.node(found, partition)])
        kind_name = kind.decode(errors="replace").strip()
        if kind_name not in FILE_SYSTEMS:
            raise Refused(f"{partition} has no file system that is used here ({kind_name or 'none'})")
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
        options = OPTIONS + (",ro" if read_only else "")
        must(self._run, ["mount", "-t", kind_name, "-o", options, self._guard.node(found, partition), str(target)])
        if self._owner is not None and not read_only:
            os.chown(target, *self._owner, follow_symlinks=False)
        return str(target)

    @verb(patience_s=60.0)
    def unmount(self, *, place: str) -> None:
        """Take a disk out of use; raises `Refused` where nothing is mounted, `ProgramFailed` while files are open."""
        target = self._place(place)
        if not os.path.ismount(target):
            raise Refused(f"Nothing is mounted at {target}")
        must(self._run, ["umount", str(target)])
        target.rmdir()

    def _place(self, place: str) -> Path:
        if not NAME.fullmatch(place):
            raise BadRequest(f"{place[:32]!r} is no name for a place")
        return self._places / place
