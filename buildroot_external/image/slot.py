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
    with tempfile.TemporaryDirectory(dir=out, prefix="kernel.") as name:
        place = Path(name)
        shutil.copy(kernel.path, place / "vmlinuz")
        first_root.pack(root, kernel.version, kernel.busybox, place / "initrd")
        (place / "words.cfg").write_text(f'set words="{kernel.words} {system.words}"\n')
        path = out / "kernel.img"
        path.unlink(missing_ok=True)
        run("mksquashfs", place, path, "-quiet", "-no-progress", "-all-root", "-noI", "-noD", "-noF", "-noX")
    if path.stat().st_size > layout["kernel-a"].size_mb << 20:
        raise CannotBuild(f"The kernel takes {path.stat().st_size >> 20} MB, too much for its partition")
    return Slot(path, system)
