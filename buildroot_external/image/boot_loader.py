"""The boot loader's partitions: GRUB for EFI with our menu, and the environment that counts tries."""

import tempfile
from pathlib import Path

from .tool import run

MODULES = (
    *("part_gpt", "fat", "squash4", "normal", "linux", "loadenv", "test", "regexp", "echo", "sleep", "reboot"),
    *("all_video", "gfxterm", "font", "minicmd", "configfile"),
)
FRESH = {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"}
"""A new disk has a system in slot A alone."""


def make_esp(menu: Path, out: Path, size_mb: int) -> None:
    """Make the EFI system partition: started by firmware by its standard name, on any machine."""
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        loader = Path(name) / "bootx64.efi"
        run("grub-mkimage", "-O", "x86_64-efi", "-p", "/EFI/BOOT", "-o", loader, *MODULES)
        _fat(out, size_mb, "ESP")
        run("mmd", "-i", out, "::EFI", "::EFI/BOOT")
        run("mcopy", "-i", out, loader, "::EFI/BOOT/BOOTX64.EFI")
        run("mcopy", "-i", out, menu, "::EFI/BOOT/grub.cfg")


def make_env(out: Path, size_mb: int) -> None:
    """Make the partition of the environment."""
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        block = Path(name) / "grubenv"
        run("grub-editenv", block, "create")
        run("grub-editenv", block, "set", *(f"{key}={value}" for key, value in FRESH.items()))
        _fat(out, size_mb, "ENV")
        run("mcopy", "-i", out, block, "::grubenv")


def _fat(out: Path, size_mb: int, label: str) -> None:
    with out.open("wb") as file:
        file.truncate(size_mb << 20)
    run("mkfs.vfat", "-F", "32", "-n", label, out)
