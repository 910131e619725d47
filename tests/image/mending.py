"""A machine that is led through the rescue system or the installer at its console, and what is put into it."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from buildroot_external.image import boot_loader, build, bundle, installer
from buildroot_external.image.layout import MIB, Layout
from buildroot_external.image.rescue import Rescue
from buildroot_external.image.slot import Kernel, Slot
from buildroot_external.image.system import System
from buildroot_external.image.tool import run
from tests.image.machine import BUILT, PATIENCE_S, Recorder

LAYOUT = Layout.read(build.COMMON / "partitions.toml")
VERSION = "99.0.0"
SERIAL = "NJ-SYSTEM-0001"
FAMILY = "x86-64"
STICK_SPARE_MB = 64


def make_bundle(place: Path) -> Path:
    """Make a bundle of the slot that was built, of a version of its own."""
    made = build.asked(FAMILY, VERSION, build.Signing())
    path = place / f"nightjar-{VERSION}.raucb"
    slot = Slot(BUILT / "kernel.img", System(BUILT / "system.img", 0, "", ""))
    bundle.make(slot, made.identity, made.signer, path)
    return path


def make_stick(files: list[Path], out: Path) -> Path:
    """Make a stick of one partition with files on it, as a computer does."""
    size_mb = sum(one.stat().st_size for one in files) // MIB + STICK_SPARE_MB
    volume = out.with_suffix(".fat")
    boot_loader.make_fat(volume, size_mb, "KEYS", files)
    os.truncate(out, 0) if out.exists() else out.touch()
    os.truncate(out, (size_mb + 2) * MIB)
    run("sfdisk", "--quiet", out, said=f"label: dos\nstart={MIB // 512}, size={size_mb * MIB // 512}, type=c\n")
    run("dd", f"if={volume}", f"of={out}", "bs=1M", "seek=1", "conv=notrunc,sparse")
    volume.unlink()
    return out


def make_installer(carried: Path, out: Path, told: str) -> Path:
    """Make an installer's stick of what was built, with the file that answers for somebody."""
    made = build.asked(FAMILY, VERSION, build.Signing())
    (base,) = (BUILT / "base").iterdir()
    kernel = Kernel(base / "vmlinuz", "", made.words, Path())
    program = out.with_suffix(".grub")
    boot_loader.make_program(made.family.loader, program)
    loader = boot_loader.Loader(program, made.family.program, build.COMMON / "grub.cfg")
    mending = Rescue(BUILT / "rescue.initrd", BUILT / "rescue.img")
    installer.make(mending, installer.Carried(carried, VERSION), kernel, loader, LAYOUT, out)
    answers = out.with_name("nightjar-install.toml")
    answers.write_text(told)
    table = json.loads(run("sfdisk", "--json", out))["partitiontable"]["partitions"]
    run("mcopy", "-i", f"{out}@@{table[1]['start'] * 512}", answers, "::")
    return out


class Machine(Recorder):
    """A recorder that begins with something to do at its console, and a stick in it."""

    def __init__(self, place: Path, stick: Path) -> None:
        super().__init__(place)
        self.stick = stick
        self.begun = False

    def lead(self) -> None:
        """Do what is to be done before the recorder starts."""

    def greet(self) -> None:
        self.console = b""
        self.serial.settimeout(0.2)
        if not self.begun:
            self.begun = True
            self.lead()
        super().greet()

    def press(self, keys: bytes, words: bytes, timeout_s: float = PATIENCE_S) -> bytes:
        """Press keys, and wait for words on the page that follows."""
        self.serial.sendall(keys)
        return self._await(words, timeout_s)

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        words = super()._command(code, shell, qmp, serial)
        at = words.index("virtio-blk-pci,drive=system,bootindex=1")
        words[at] += f",serial={SERIAL}"
        drive = f"if=none,format=raw,cache=unsafe,id=stick,file={self.stick}"
        usb = "usb-storage,bus=usb.0,drive=stick,serial=NJ-STICK,bootindex=2"
        return [*words, "-drive", drive, "-device", usb]

    def picture(self, name: str) -> None:
        """Keep what the monitor shows."""
        self.qmp.command("screendump", filename=str(BUILT / name), format="png")


def environment(disk: Path, values: Mapping[str, str]) -> None:
    """Write the boot loader's environment of a disk that is switched off."""
    block = disk.with_name("grubenv")
    block.write_bytes(boot_loader.environment(values))
    run("mcopy", "-o", "-i", f"{disk}@@{LAYOUT['env'].start_mb * MIB}", block, "::grubenv")


def told(disk: Path) -> dict[str, str]:
    """Read it."""
    block = disk.with_name("grubenv")
    run("mcopy", "-n", "-o", "-i", f"{disk}@@{LAYOUT['env'].start_mb * MIB}", "::grubenv", block)
    return dict(re.findall(r"^(\w+)=(.*)$", block.read_text(), re.MULTILINE))


def break_partition(disk: Path, label: str) -> None:
    """Fill the begin of a partition with noise."""
    with disk.open("r+b") as file:
        file.seek(LAYOUT[label].start_mb * MIB)
        file.write(os.urandom(2 * MIB))


def put(disk: Path, label: str, source: Path, name: str) -> None:
    """Put a file into a file system of a disk that is switched off."""
    volume = f"{disk}?offset={LAYOUT[label].start_mb * MIB}"
    subprocess.run(["debugfs", "-w", "-R", f"write {source} {name}", volume], check=True, capture_output=True)
