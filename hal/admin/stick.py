"""USB sticks: what is on one, and mounting it, to be read and, only while that is asked for, to be written.

A stick is as hostile as who brought it: places have names of ours, no program, device or link on it has any effect,
and it is the recorder's group that may read and write, whoever owned the files elsewhere.
"""

import errno
import os
import re
import secrets
import stat
import time
from pathlib import Path

from hal.admin.guard import Guard
from hal.admin.job import Run, job, must, run
from hal.errors import Refused
from hal.kernel.block import BlockDisk, orphaned
from hal.kernel.connector import usb_ports_of
from hal.kernel.file_system import FileSystems
from hal.kinds.usb_port import Volume
from hal.kinds.verbs import verb

PLACES = Path("/run/nightjar/sticks")
"""In memory: a place is there as long as its stick."""
SAFE = ("nosuid", "nodev", "noexec", "nosymfollow", "noatime")
OPTIONS = {
    "vfat": ("vfat", "fmask=0117,dmask=0007,utf8=1,shortname=mixed,flush,errors=remount-ro"),
    "exfat": ("exfat", "fmask=0117,dmask=0007,errors=remount-ro"),
    "ntfs": ("ntfs3", "fmask=0117,dmask=0007"),
    "ext4": ("ext4", "errors=remount-ro"),
}
"""By what blkid(8) calls a file system: what mount(8) calls it, and its own options. Only ext4 knows owners."""
MOST_PARTITIONS = 16
"""A stick with more is no stick that anybody keeps files on; each is a program run."""
LOOK_S = 30.0
BUSY_S = 10.0
"""How long whoever has files open on a stick may take to close them."""
AGAIN_S = 0.2
LONGEST_LABEL = 40
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


class Sticks:
    """What can be asked of sticks."""

    def __init__(
        self,
        guard: Guard,
        places: Path = PLACES,
        run: Run = run,
        group: int | None = None,
        file_systems: FileSystems | None = None,
    ) -> None:
        """`group` may read and write what is on sticks; None: the process's own, which is the recorder's."""
        self._guard = guard
        self._places = places
        self._run = run
        self._file_systems = file_systems or FileSystems()
        self._group = os.getgid() if group is None else group

    @verb(patience_s=LOOK_S)
    def tell(self, *, disk: str) -> Volume:
        """Say what is on a stick; raises `BadRequest`, `Refused` where the disk is none."""
        return self._volume(self._stick(disk))

    @verb(patience_s=120.0)
    def mount(self, *, disk: str, writing: bool | None = None) -> str:
        """Mount a stick, and let it be written or not; None leaves that as it is, and begins with not. Gives where.

        Where it was written before, all is on it when this returns. Raises `BadRequest`, `Refused`.
        """
        found = self._stick(disk)
        if writing and found.read_only:
            raise Refused("This stick is protected from writing; look for a switch on it")
        place = next((Path(one) for one in found.mounts if Path(one).parent == self._places), None)
        if place is not None and writing in {None, str(place) in found.writable}:
            return str(place)
        if place is None and found.mounts:
            raise Refused(f"{disk} is in use at {found.mounts[0]}")
        volume = self._volume(found)
        if volume.problem:
            raise Refused(volume.problem)
        if place is None:
            place = self._fresh()
            self._mount(found, volume, place)
        if writing or str(place) in found.writable:
            self._change(volume, place, writing=bool(writing))
        if writing and volume.file_system == "ext4":
            self._admit(place)
        return str(place)

    @verb(patience_s=60.0)
    def forget(self) -> list[str]:
        """Take away the mounts of sticks that were pulled out; gives the places' names."""
        gone = orphaned(self._guard.machine, self._places)
        for place in gone:
            must(self._run, ["umount", "--lazy", str(place)])
            place.rmdir()
        return [one.name for one in gone]

    def _stick(self, disk: str) -> BlockDisk:
        found = self._guard.find(disk)
        if found.system:
            raise Refused(f"{disk} holds the recorder's own system")
        if found.holders:
            raise Refused(f"{disk} belongs to {found.holders[0]}")
        if not usb_ports_of(found.sys_path):
            raise Refused(f"{disk} is no USB stick")
        return found

    def _volume(self, disk: BlockDisk) -> Volume:
        """Choose the largest partition whose file system is one of ours."""
        if not disk.size_bytes:
            return Volume(problem="There is nothing in it: it is a card reader without a card, or it is broken")
        if disk.recording:
            return Volume(problem="It is a disk that was made ready for recording; push it into a bay")
        if len(disk.partitions) > MOST_PARTITIONS:
            words = f"It has {len(disk.partitions)} partitions; make it one with a single one, at a computer"
            return Volume(problem=words)
        sizes = {one: self._bytes(disk, one) for one in disk.partitions}
        kinds: list[str] = []
        for one in sorted(sizes, key=lambda name: (-sizes[name], name)) or [""]:
            told = self._told(disk, one)
            kind = told.get("ID_FS_TYPE", b"").decode(errors="replace")
            if kind in OPTIONS:
                return Volume(one or disk.name, kind, _label(told.get("ID_FS_LABEL_ENC", b"")))
            kinds.append(kind)
        here = ", ".join(filter(str.isprintable, filter(None, kinds)))
        seen = f"what is on it is {here}" if here else "it is empty, or damaged"
        return Volume(problem=f"It has no file system that is read here (FAT, exFAT, NTFS or ext4): {seen}")

    @staticmethod
    def _bytes(disk: BlockDisk, partition: str) -> int:
        return int((disk.sys_path / partition / "size").read_text())

    def _told(self, disk: BlockDisk, partition: str) -> dict[str, bytes]:
        """Ask blkid, which names nothing where the bytes could be of several kinds."""
        node = self._guard.node(disk, partition)
        done = self._run(["blkid", "-p", "-o", "udev", node], b"", LOOK_S)
        pairs = (line.partition(b"=") for line in done.output.splitlines())
        return {name.decode(errors="replace"): value for name, _equals, value in pairs}

    def _fresh(self) -> Path:
        """Make a place that was never one before; the recorder's group reaches it, nobody else."""
        place = self._places / f"stick-{secrets.token_hex(4)}"
        self._places.mkdir(mode=0o750, parents=True, exist_ok=True)
        place.mkdir(mode=0o750)
        for one in (self._places, place):
            os.chown(one, -1, self._group)
        return place

    def _mount(self, disk: BlockDisk, volume: Volume, place: Path) -> None:
        kind, own = OPTIONS[volume.file_system]
        owner = (f"uid={os.getuid()}", f"gid={self._group}") if volume.file_system != "ext4" else ()
        try:
            self._file_systems.attach(kind, self._node(disk, volume), place, SAFE, (*owner, *own.split(",")))
        except OSError as error:
            place.rmdir()
            if error.errno == errno.ENODEV:
                words = f"This recorder's system does not know the file system of the stick ({kind})"
                raise Refused(words) from None
            raise Refused(_damaged(kind)) from None

    def _change(self, volume: Volume, place: Path, *, writing: bool) -> None:
        """Let it be written, or not any more: the kernel writes all out before it says that nothing is written now."""
        end = time.monotonic() + BUSY_S
        while True:
            try:
                return self._file_systems.change(place, writing=writing)
            except OSError as error:
                if error.errno in {errno.EACCES, errno.EROFS}:
                    raise Refused("This stick is protected from writing; look for a switch on it") from None
                if error.errno != errno.EBUSY:
                    raise Refused(_damaged(OPTIONS[volume.file_system][0])) from None
            if time.monotonic() > end:
                raise Refused("Files on the stick are still open; do not pull it out yet")
            job().go_on()
            time.sleep(AGAIN_S)

    def _node(self, disk: BlockDisk, volume: Volume) -> str:
        return self._guard.node(disk, volume.partition if volume.partition in disk.partitions else "")

    def _admit(self, place: Path) -> None:
        """Let the recorder's group write into the top folder: ext4 keeps owners, who are people of another machine."""
        os.chown(place, -1, self._group)
        place.chmod(stat.S_IMODE(place.stat().st_mode) | stat.S_IRWXG)


def _damaged(kind: str) -> str:
    return f"The file system of the stick ({kind}) is damaged; have it checked at a computer"


def _label(escaped: bytes) -> str:
    """Give a label as people may see it; blkid writes bytes that are no plain letters by two hexadecimal digits."""
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), escaped).decode("utf-8", "replace")
    return "".join(filter(str.isprintable, plain)).strip()[:LONGEST_LABEL]
