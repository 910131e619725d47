"""The first root: what the kernel unpacks into memory, finds the slot's system with, and leaves again."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from . import elf
from .cpio import Archive
from .inside import inside
from .tool import CannotBuild, run

HERE = Path(__file__).parent
MODULES = (
    # Asked for by name while libcrc32c starts, so nothing depends on it; erofs and ext4 need that one.
    "crc32c_generic",
    *(
        "virtio_pci",
        "virtio_blk",
        "virtio_scsi",
        "nvme",
        "ahci",
        "sd_mod",
        "usb_storage",
        "uas",
        "xhci_pci",
        "ehci_pci",
    ),
    *(
        "mmc_block",
        "sdhci_pci",
        "sdhci_acpi",
        "dm_mod",
        # The proof of the system takes the quickest that is there when it is set up.
        *("sha256_ssse3", "sha256_arm64", "sha2_ce"),
        "dm_verity",
        "sha256_generic",
        "erofs",
        "ext4",
    ),
)
"""What a system disk may hang on, and what lies on it; one that the kernel has within itself is passed over."""
PROGRAMS = ("/usr/sbin/dmsetup", "/usr/sbin/e2fsck", "/usr/bin/chattr")
"""Of the root, with the libraries they need; busybox has neither e2fsck nor chattr."""


def pack(root: Path, version: str, busybox: Path, out: Path) -> None:
    """Make it for a root and the version of its kernel. The busybox is the root's, or one that needs no library."""
    archive = Archive()
    archive.add("bin/busybox", busybox.read_bytes(), executable=True)
    archive.add("init", (HERE / "first_root_init").read_bytes(), executable=True)
    archive.add("disk", (HERE / "first_root_disk").read_bytes())
    archive.add("check", (HERE / "first_root_check").read_bytes())
    archive.add("reset", (HERE / "first_root_reset").read_bytes())
    add_programs(archive, root, PROGRAMS, also=[busybox])
    add_modules(archive, inside(root, f"/usr/lib/modules/{version}"), MODULES)
    compress(archive, out)


def compress(archive: Archive, out: Path) -> None:
    """Write an archive as the kernel unpacks it."""
    packed = out.with_suffix(".cpio")
    packed.write_bytes(archive.finish())
    run("zstd", "-q", "-f", "-9", packed, "-o", out)
    packed.unlink()


def add_modules(archive: Archive, modules: Path, wanted: Iterable[str]) -> None:
    """Add modules of a kernel, and the order in which they are loaded."""
    order = list(_order(modules, wanted))
    for path in order:
        archive.add(f"modules/{Path(path).name}", (modules / path).read_bytes())
    archive.add("modules/order", "\n".join(Path(one).name for one in order).encode())


def add_programs(archive: Archive, root: Path, programs: Iterable[str], also: Iterable[Path] = ()) -> None:
    """Add programs of a root where they lie there, and the libraries that they and `also` need to start."""
    places = {one: inside(root, one) for one in programs}
    if missing := [one for one, place in places.items() if not place.is_file()]:
        raise CannotBuild(f"The root has no {', '.join(missing)}, which its first root needs")
    wanted = {**places, **{one: inside(root, one) for one in elf.libraries(root, [*places.values(), *also])}}
    for path, place in wanted.items():
        archive.add(path.lstrip("/"), place.read_bytes(), executable=True)


def _order(modules: Path, wanted: Iterable[str]) -> Iterator[str]:
    """Give the paths of modules and of what they need, each behind what it needs."""
    needs: dict[str, list[str]] = {}
    told = modules / "modules.dep"
    # A kernel may have all of them within itself.
    for line in told.read_text().splitlines() if told.exists() else ():
        path, _, others = line.partition(":")
        needs[Path(path).name.partition(".")[0].replace("-", "_")] = [path, *others.split()]
    seen: set[str] = set()
    for name in wanted:
        for one in reversed(needs.get(name, [])):
            if one not in seen:
                seen.add(one)
                yield one
