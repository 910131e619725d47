"""The installer's stick: the rescue system, the bundle, and what becomes the other partitions of a disk."""

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from . import boot_loader
from .boot_loader import Loader
from .cpio import Archive
from .disk import copy
from .layout import FIRST_MB, MIB, Layout, Partition
from .rescue import Rescue, words
from .slot import Kernel
from .tool import run

BOOTS, CARRIES = "nightjar-boot", "nightjar-install"
"""What its partitions are called; by the second the installer knows its own stick (`hal.rescue.target`)."""
ESP = UUID("C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
BASIC_DATA = UUID("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")
"""The type that every computer shows, so that files can be put there."""
SPARE_MB = 34
"""In each partition beside its files: FAT32 begins at 33 MB, and the owner puts a file there."""
ABOUT = "usr/share/nightjar/installer.json"
STARTS = ("vmlinuz", "initrd", "about", "words.cfg")
"""Beside the boot loader; its menu names them."""
MENU, EXAMPLE = "installer.cfg", "nightjar-install.toml.example"


@dataclass(frozen=True)
class Carried:
    """The bundle that it installs, and its version."""

    bundle: Path
    version: str


def make(rescue: Rescue, carried: Carried, kernel: Kernel, loader: Loader, layout: Layout, out: Path) -> None:
    """Write the stick; `loader` and `layout` are those of the disks it installs."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="stick.") as name:
        place = Path(name)
        boot_loader.make_esp(loader, place / "esp", layout["esp"].size_mb)
        esp, mending = place / "esp.gz", place / "rescue.img"
        esp.write_bytes(gzip.compress((place / "esp").read_bytes(), 6, mtime=0))
        shutil.copy(rescue.partition, mending)
        archive = Archive()
        archive.add(ABOUT, about(carried, [esp, mending], layout))
        starts = [place / one for one in STARTS]
        shutil.copy(kernel.path, starts[0])
        shutil.copy(rescue.first_root, starts[1])
        starts[2].write_bytes(archive.finish())
        starts[3].write_text(f'set words="{words(kernel)}"\n')
        carries = [esp, mending, carried.bundle, loader.menu.with_name(EXAMPLE)]
        stick = _layout(starts, carries)
        own = replace(loader, menu=loader.menu.with_name(MENU), beside=(*loader.beside, *starts))
        boot_loader.make_esp(own, place / BOOTS, stick[BOOTS].size_mb)
        boot_loader.make_fat(place / CARRIES, stick[CARRIES].size_mb, "NIGHTJAR", carries)
        fresh = out.with_suffix(".new")
        with fresh.open("wb") as file:
            file.truncate(stick.size_mb * MIB)
        run("sfdisk", "--quiet", fresh, said=stick.table())
        with fresh.open("r+b") as file:
            for one in stick.partitions:
                copy(place / one.label, file.fileno(), one.start_mb * MIB)
        fresh.rename(out)


def about(carried: Carried, becomes: Iterable[Path], layout: Layout) -> bytes:
    """Say what the stick carries, with the digests; read by `hal.rescue.stick_content`."""
    told = {
        "version": carried.version,
        "bundle": carried.bundle.name,
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in becomes},
        "table": layout.table(),
        "least_bytes": layout.size_mb * MIB,
    }
    return json.dumps(told, indent=1).encode()


def _layout(starts: Iterable[Path], carries: Iterable[Path]) -> Layout:
    sizes = [sum(path.stat().st_size for path in files) // MIB + SPARE_MB for files in (starts, carries)]
    first = Partition(1, BOOTS, FIRST_MB, sizes[0], ESP)
    return Layout((first, Partition(2, CARRIES, FIRST_MB + sizes[0], sizes[1], BASIC_DATA)))
