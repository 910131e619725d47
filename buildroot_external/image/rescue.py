"""The rescue system: a kernel and all else in memory, in a partition of its own; an installer's stick is it too."""

import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import boot_loader
from .cpio import Archive
from .first_root import MODULES, add_modules, add_programs, compress
from .inside import inside
from .layout import Layout
from .python import add_python
from .slot import Kernel, boot_files
from .tool import CannotBuild

HERE = Path(__file__).parent
MORE_MODULES = (
    *("loop", "squashfs", "vfat", "exfat", "ntfs3", "nls_cp437", "nls_iso8859_1", "nls_ascii", "nls_utf8"),
    *("usbhid", "hid_generic", "ohci_pci", "uhci_hcd", "ata_piix", "sr_mod"),
)
"""What bundles, sticks and keyboards need beyond the first root's."""
PROGRAMS = (
    *("/usr/bin/rauc", "/usr/bin/mount", "/usr/bin/umount", "/usr/sbin/blkid", "/usr/sbin/e2fsck", "/usr/sbin/mke2fs"),
    *("/usr/sbin/sfdisk", "/usr/sbin/smartctl"),
)
PACKAGES = ("hal", "msgspec", "typing_extensions")
FILES = ("etc/rauc/system.conf", "etc/mke2fs.conf", "usr/lib/os-release")
FOLDERS = ("usr/share/nightjar/update",)
SHARE = "usr/share/nightjar/rescue"
ENVIRONMENTS = {
    "no-slot": {"ORDER": "A B", "A_OK": "0", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"},
    "slot-a": boot_loader.FRESH,
}
"""What the rescue system writes to `env`: while a slot is being written none may start, then slot A alone."""


@dataclass(frozen=True)
class Rescue:
    """What was made: the first root that is all of it, and the partition with that and its kernel."""

    first_root: Path
    partition: Path


def make(root: Path, kernel: Kernel, version: str, layout: Layout, out: Path) -> Rescue:
    """Make it of a finished root, in the folder `out`; raises `CannotBuild`."""
    archive = Archive()
    archive.add("bin/busybox", kernel.busybox.read_bytes(), executable=True)
    archive.add("init", (HERE / "rescue_init").read_bytes(), executable=True)
    add_modules(archive, inside(root, f"/usr/lib/modules/{kernel.version}"), (*MODULES, *MORE_MODULES))
    add_programs(archive, root, PROGRAMS, also=[kernel.busybox])
    add_python(archive, root, PACKAGES)
    for one in (*FILES, *(path for folder in FOLDERS for path in _within(root, folder))):
        place = inside(root, f"/{one}")
        if place.is_file():
            archive.add(one, place.read_bytes())
    archive.add(f"{SHARE}/version", version.encode())
    with tempfile.TemporaryDirectory(dir=out, prefix="rescue.") as name:
        for called, told in ENVIRONMENTS.items():
            made = Path(name) / called
            boot_loader.make_env(made, layout["env"].size_mb, told)
            archive.add(f"{SHARE}/{called}.gz", gzip.compress(made.read_bytes(), 6, mtime=0))
    done = Rescue(out / "rescue.initrd", out / "rescue.img")
    compress(archive, done.first_root)
    boot_files(kernel, done.first_root, words(kernel), done.partition, layout["rescue"].size_mb)
    return done


def words(kernel: Kernel) -> str:
    """Give what its kernel is told: the menu is on the monitor, which the recorder keeps free of the kernel's words."""
    return f"{kernel.words} fbcon=map:0"


def _within(root: Path, folder: str) -> list[str]:
    place = inside(root, f"/{folder}")
    if not place.is_dir():
        raise CannotBuild(f"The root has no /{folder}, which the rescue system needs")
    return sorted(f"{folder}/{path.name}" for path in place.iterdir())
