"""One slot: the system, and the kernel's partition with kernel, first root and the words that name this very system."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import first_root
from .layout import Layout
from .system import System
from .tool import CannotBuild, run


@dataclass(frozen=True)
class Slot:
    """Finished files, for the partitions of either slot."""

    kernel: Path
    system: System


@dataclass(frozen=True)
class Kernel:
    """A kernel, the version its modules go by, what it is told, and a busybox for its first root.

    Where its system is stands in its words by itself; the busybox is the root's, or needs no library.
    """

    path: Path
    version: str
    words: str
    busybox: Path


def make(root: Path, kernel: Kernel, system: System, layout: Layout, out: Path) -> Slot:
    """Make a slot of a root and its sealed system, in the folder `out`; raises `CannotBuild`."""
    path = out / "kernel.img"
    with tempfile.TemporaryDirectory(dir=out, prefix="first.") as name:
        first = Path(name) / "initrd"
        first_root.pack(root, kernel.version, kernel.busybox, first)
        boot_files(kernel, first, f"{kernel.words} {system.words}", path, layout["kernel-a"].size_mb)
    return Slot(path, system)


def boot_files(kernel: Kernel, first: Path, words: str, out: Path, size_mb: int) -> None:
    """Make a partition that the boot loader starts from: kernel, first root, and what the kernel is told.

    Raises `CannotBuild` where it is larger than its partition.
    """
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="kernel.") as name:
        place = Path(name)
        shutil.copy(kernel.path, place / "vmlinuz")
        shutil.copy(first, place / "initrd")
        (place / "words.cfg").write_text(f'set words="{words}"\n')
        out.unlink(missing_ok=True)
        run("mksquashfs", place, out, "-quiet", "-no-progress", "-all-root", "-noI", "-noD", "-noF", "-noX")
    if out.stat().st_size > size_mb << 20:
        raise CannotBuild(f"{out.name} takes {out.stat().st_size >> 20} MB, and its partition has {size_mb}")
