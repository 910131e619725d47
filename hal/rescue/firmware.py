"""The firmware of a recorder that does not run: a bundle is judged as an update is, and written to slot A.

Nothing that lies on a stick is trusted to be the same twice: the bundle is copied into memory, and what is judged and
what is written are those bytes. An older version may be installed, since who asks stands before the machine.
"""

import hashlib
import os
import secrets
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from hal.admin.firmware import KEYS, Firmwares
from hal.admin.job import Run, job, must, run
from hal.errors import BadRequest, Refused
from hal.firmware.bundle import Frame
from hal.firmware.inspection import Inspection, Refusal
from hal.firmware.search import Candidate, opened
from hal.machine import Machine
from hal.rescue.image_writer import Told, holds_image, write_image
from hal.rescue.system_disk import SystemDisk
from hal.sizes import size

PLACE = Path("/run/nightjar-rescue")
SHARE = Path("/usr/share/nightjar/rescue")
"""`no-slot.gz` and `slot-a.gz`: the partition `env` whole, in which no slot may start, and slot A alone."""
PIECE = 1 << 20
SPARE_BYTES = 64 << 20
"""Memory that is left for programs while a bundle lies in it."""
LARGEST_ENV = 256 << 20
IMAGES = ("kernel", "system")


class RescueFirmwares(Firmwares):
    """The same checks as an update's, and a slot that is written from outside."""

    def __init__(
        self,
        disk: SystemDisk | None,
        machine: Machine,
        place: Path = PLACE,
        keys: Path = KEYS,
        share: Path = SHARE,
        run: Run = run,
    ) -> None:
        """Without a disk bundles can be judged, and not installed."""
        super().__init__(machine, place / "inbox", place / "vault", keys, run)
        self.disk = disk
        self._share = share

    def take(self, stick: Path, wanted: Candidate) -> Inspection:
        """Copy a bundle off a stick into memory, and judge it there; raises `Refused`, `BadRequest`."""
        self.discard()
        left = self._available() - SPARE_BYTES
        if wanted.bytes > left:
            raise Refused(
                f"This file has {size(wanted.bytes)}, and the memory of the recorder {size(max(0, left))} to spare."
            )
        self._inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        copied = self._inbox / f"{secrets.token_hex(16)}.raucb"
        try:
            with opened(str(stick), wanted.parts) as source, copied.open("xb") as file:
                while piece := os.read(source, min(PIECE, wanted.bytes - file.tell())):
                    file.write(piece)
                    job().tell(100 * file.tell() / max(1, wanted.bytes), "The file is read from the stick.")
        except OSError as error:
            copied.unlink(missing_ok=True)
            raise Refused(
                f"The file could not be read from the stick ({error.strerror}). Take another stick."
            ) from None
        try:
            return self.check(file=copied.name)
        finally:
            copied.unlink(missing_ok=True)

    def _available(self) -> int:
        for line in (self._machine.proc / "meminfo").read_text().splitlines():
            name, _, told = line.partition(":")
            if name == "MemAvailable":
                return int(told.split()[0]) << 10
        return 0

    def _version(self) -> str:
        """Give none: which version the slots have is not asked, they may be broken."""
        return ""

    def _fits(self, found: Frame, told: Inspection, token: str) -> Inspection:
        told = super()._fits(found, told, token)
        # What a bundle wants installed before it is there for the settings' sake; nobody can install it any more here.
        return replace(told, refusal=Refusal.NONE) if told.refusal is Refusal.STEP else told

    def holds(self, digest: str) -> bool:
        """Whether slot A has what is in a bundle that was taken; raises `HalError`."""
        with self._images(self._checked(digest)) as (disk, images):
            for name, image in images.items():
                with image.open("rb") as source:
                    if not holds_image(source, _count(image), disk.nodes[f"{name}-a"]):
                        return False
        return True

    def _write(self, path: Path, found: Inspection) -> None:
        del found
        with self._images(path) as (disk, images):
            counts = {name: _count(image) for name, image in images.items()}
            for name, count in counts.items():
                if not 0 < count <= disk.sizes[f"{name}-a"]:
                    raise Refused(f"The {name} of this bundle does not fit into its partition")
            whole, done = sum(counts.values()), 0
            # Until all of it is there, no slot may start: the boot loader comes back here.
            self._environment(disk, "no-slot.gz")
            for name, image in images.items():
                with image.open("rb") as source:
                    write_image(source, counts[name], disk.nodes[f"{name}-a"], _part(done, counts[name], whole))
                done += counts[name]
            self._environment(disk, "slot-a.gz")

    @contextmanager
    def _images(self, path: Path) -> Generator[tuple[SystemDisk, dict[str, Path]]]:
        """Give the disk, and the files for its slot by the kinds of partitions."""
        if self.disk is None:
            raise BadRequest("There is no disk to install it to")
        with self._unpacked(path) as folder:
            yield self.disk, {name: folder / f"{name}.img" for name in IMAGES}

    @contextmanager
    def _unpacked(self, path: Path) -> Generator[Path]:
        """Give a folder with what is in a bundle that was judged: it is a squashfs image (RAUC's reference)."""
        place = self._vault / "content"
        place.mkdir(exist_ok=True)
        safe = "ro,loop,nosuid,nodev,noexec,nosymfollow"
        must(self._run, ["mount", "-t", "squashfs", "-o", safe, str(path), str(place)])
        try:
            yield place
        finally:
            must(self._run, ["umount", str(place)])
            place.rmdir()

    def _environment(self, disk: SystemDisk, name: str) -> None:
        """Write the partition that the boot loader counts tries in, whole: what was in it may be broken too."""
        whole = inflated(self._share / name)
        count = len(whole.getbuffer())
        if count > disk.sizes["env"]:
            raise Refused("The partition of the boot loader's environment is too small")
        write_image(whole, count, disk.nodes["env"], lambda _share: None)


def _part(before: int, count: int, whole: int) -> Told:
    """Tell the job how far one of several images is."""
    return lambda share: job().tell(100 * (before + share * count) / whole, "The firmware is written and read back.")


def inflated(path: Path, digest: str = "") -> BytesIO:
    """Read a small compressed image, which has this SHA-256 where one is named; raises `Refused` where it is not so."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        packed = path.read_bytes()
        if digest and hashlib.sha256(packed).hexdigest() != digest:
            raise Refused(f"{path.name} on the stick is not what it was a moment ago; take another stick")
        whole = unpacker.decompress(packed, LARGEST_ENV)
    except (OSError, zlib.error):
        raise Refused(f"{path.name} of this rescue system cannot be read") from None
    if not unpacker.eof:
        raise Refused(f"{path.name} of this rescue system is not whole")
    return BytesIO(whole)


def _count(image: Path) -> int:
    try:
        about = image.lstat()
    except OSError:
        return 0
    return about.st_size if stat.S_ISREG(about.st_mode) else 0
