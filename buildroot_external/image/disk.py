"""The whole system disk as one sparse file: its table, slot A filled, slot B empty, configuration and data as new."""

import os
import tempfile
from pathlib import Path

from . import boot_loader
from .boot_loader import Loader
from .layout import MIB, Layout
from .slot import Slot
from .tool import CannotBuild, run

CHUNK = 1 << 20
ROOTS = "1"
"""As an installer's stick makes them (`hal.rescue.install`)."""


def make(slot: Slot, layout: Layout, loader: Loader, out: Path, rescue: Path | None = None) -> None:
    """Write the disk; without a rescue system its partition stays empty. Raises `CannotBuild`."""
    raw = loader.raw
    if raw and raw.at_kb * 1024 + raw.path.stat().st_size > layout.partitions[0].start_mb * MIB:
        raise CannotBuild(f"{raw.path.name} is too large to lie before the first partition")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix="parts.") as name:
        made = Path(name)
        fresh = out.with_suffix(".new")
        with fresh.open("wb") as file:
            file.truncate(layout.size_mb * MIB)
        run("sfdisk", "--quiet", fresh, said=layout.table())
        boot_loader.make_esp(loader, made / "esp", layout["esp"].size_mb)
        boot_loader.make_env(made / "env", layout["env"].size_mb)
        for label in ("config", "data"):
            run("mke2fs", "-q", "-t", "ext4", "-m", ROOTS, "-L", label, made / label, f"{layout[label].size_mb}M")
        filled = {
            "esp": made / "esp",
            "env": made / "env",
            "kernel-a": slot.kernel,
            "system-a": slot.system.path,
            "config": made / "config",
            "data": made / "data",
            **({"rescue": rescue} if rescue else {}),
        }
        with fresh.open("r+b") as disk:
            for label, path in filled.items():
                copy(path, disk.fileno(), layout[label].start_mb * MIB)
            if raw:
                copy(raw.path, disk.fileno(), raw.at_kb * 1024)
        fresh.rename(out)


def copy(source: Path, disk: int, at: int) -> None:
    """Copy a file to a place on the disk; what is zero there stays unwritten, so the disk stays sparse."""
    nothing = bytes(CHUNK)
    with source.open("rb") as file:
        while data := file.read(CHUNK):
            if data != nothing[: len(data)]:
                os.pwrite(disk, data, at)
            at += len(data)
