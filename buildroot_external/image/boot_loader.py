"""The boot loader's partitions: GRUB for EFI with our menu, and the environment that counts tries."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .tool import run

MODULES = (
    *("part_gpt", "fat", "squash4", "normal", "linux", "loadenv", "test", "regexp", "echo", "sleep", "reboot"),
    *("all_video", "gfxterm", "gfxterm_background", "png", "font", "minicmd", "configfile"),
)
FONT = Path("/usr/share/grub/ascii.pf2")
"""The boot loader shows no picture without a font for the words it might have."""
FRESH = {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"}
"""A new disk has a system in slot A alone."""
ENVIRONMENT_BYTES = 1024
"""GRUB writes it in place and never longer (its manual, "Environment block")."""


@dataclass(frozen=True)
class Raw:
    """What a processor reads before it knows partitions: a file, and where on the disk it lies, in KiB."""

    path: Path
    at_kb: int


@dataclass(frozen=True)
class Loader:
    """What lies on the EFI system partition: GRUB's program by the name that firmware looks for, and the menu.

    `beside` lies at the top of the partition, for a board whose own firmware wants files there; `raw` on no partition.
    """

    program: Path
    called: str
    menu: Path
    beside: tuple[Path, ...] = ()
    raw: Raw | None = None


def make_program(platform: str, out: Path, modules: Path | None = None) -> None:
    """Make GRUB's program for one of its platforms; `modules` is where they lie, if not where this machine has them."""
    where = ("-d", modules) if modules else ()
    run("grub-mkimage", *where, "-O", platform, "-p", "/EFI/BOOT", "-o", out, *MODULES)


def make_esp(loader: Loader, out: Path, size_mb: int) -> None:
    """Make the EFI system partition: started by firmware by its standard name, on any machine.

    The picture that it shows lies beside the menu; where one of picture and font is missing it shows none.
    """
    _fat(out, size_mb, "ESP")
    _copy(out, loader.beside, "::")
    run("mmd", "-i", out, "::EFI", "::EFI/BOOT")
    _copy(out, [loader.program], f"::EFI/BOOT/{loader.called}")
    _copy(out, [loader.menu], "::EFI/BOOT/grub.cfg")
    beside = (loader.menu.with_name("splash.png"), FONT)
    _copy(out, [one for one in beside if one.exists()], "::EFI/BOOT/")


def environment(values: Mapping[str, str]) -> bytes:
    """Give the environment as GRUB reads and writes it."""
    text = "# GRUB Environment Block\n" + "".join(f"{key}={value}\n" for key, value in values.items())
    return text.encode().ljust(ENVIRONMENT_BYTES, b"#")


def make_env(out: Path, size_mb: int, values: Mapping[str, str] = FRESH) -> None:
    """Make the partition of the environment."""
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        block = Path(name) / "grubenv"
        block.write_bytes(environment(values))
        _fat(out, size_mb, "ENV")
        _copy(out, [block], "::grubenv")


def make_fat(out: Path, size_mb: int, label: str, files: Iterable[Path]) -> None:
    """Make a partition of files, which every computer reads."""
    _fat(out, size_mb, label)
    _copy(out, files, "::")


def _fat(out: Path, size_mb: int, label: str) -> None:
    with out.open("wb") as file:
        file.truncate(size_mb << 20)
    run("mkfs.vfat", "-F", "32", "-n", label, out)


def _copy(to: Path, files: Iterable[Path], place: str) -> None:
    for one in files:
        run("mcopy", "-s", "-i", to, one, place)
