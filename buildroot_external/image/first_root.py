"""The first root: what the kernel unpacks into memory, finds the slot's system with, and leaves again."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from .cpio import Archive
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
        "dm_verity",
        "sha256_generic",
        "erofs",
        "ext4",
    ),
)
"""What a system disk may hang on, and what lies on it; one that the kernel has within itself is passed over."""
PROGRAMS = ("usr/sbin/dmsetup",)
"""Of the root, with the libraries they need."""


def pack(root: Path, version: str, busybox: Path, out: Path) -> None:
    """Make it for a root and the version of its kernel."""
    archive = Archive()
    archive.add("bin/busybox", busybox.read_bytes(), executable=True)
    archive.add("init", (HERE / "first_root_init").read_bytes(), executable=True)
    archive.add("reset", (HERE / "first_root_reset").read_bytes())
    for one in PROGRAMS:
        archive.add(one, (root / one).read_bytes(), executable=True)
    for path in sorted(set(_libraries(root, PROGRAMS))):
        archive.add(path.lstrip("/"), _inside(root, path).read_bytes(), executable=True)
    modules = root / "usr" / "lib" / "modules" / version
    order = list(_order(modules, MODULES))
    for path in order:
        archive.add(f"modules/{Path(path).name}", (modules / path).read_bytes())
    archive.add("modules/order", "\n".join(Path(one).name for one in order).encode())
    packed = out.with_suffix(".cpio")
    packed.write_bytes(archive.finish())
    run("zstd", "-q", "-f", "-9", packed, "-o", out)
    packed.unlink()


def _order(modules: Path, wanted: Iterable[str]) -> Iterator[str]:
    """Give the paths of modules and of what they need, each behind what it needs."""
    needs: dict[str, list[str]] = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[Path(path).name.partition(".")[0].replace("-", "_")] = [path, *others.split()]
    seen: set[str] = set()
    for name in wanted:
        for one in reversed(needs.get(name, [])):
            if one not in seen:
                seen.add(one)
                yield one


def _libraries(root: Path, programs: Iterable[str]) -> Iterator[str]:
    """Give the libraries that programs need, as their loader finds them in the root."""
    for program in programs:
        told = run("chroot", root, "ldd", f"/{program}")
        found = re.findall(r"(?:=> )?(/\S+) \(0x", told)
        if not found:
            raise CannotBuild(f"ldd tells no libraries of {program}:\n{told}")
        yield from found


def _inside(root: Path, path: str) -> Path:
    """Follow links as the root means them, never out of it."""
    here = root / path.lstrip("/")
    for _depth in range(40):
        resolved = Path(*here.parts)
        for parent in (here, *here.parents):
            if parent == root:
                break
            if parent.is_symlink():
                target = parent.readlink()
                base = root / target.relative_to("/") if target.is_absolute() else parent.parent / target
                resolved = base / here.relative_to(parent)
                break
        if resolved == here:
            return here
        here = resolved
    raise CannotBuild(f"{path} leads in circles")
