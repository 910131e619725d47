"""A machine that is led through the rescue system or the installer at its console, and what is put into it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from buildroot_external.image import boot_loader, build, bundle, installer, system
from buildroot_external.image.layout import MIB, Layout
from buildroot_external.image.rescue import Rescue
from buildroot_external.image.slot import Kernel, Slot, boot_files
from buildroot_external.image.tool import run
from tests.image.machine import BUILT, PATIENCE_S, Recorder

LAYOUT = Layout.read(build.COMMON / "partitions.toml")
VERSION = "99.0.0"
SERIAL = "NJ-SYSTEM-0001"
FAMILY = "x86-64"
STICK_SPARE_MB = 64
RUNS = b"The small system runs."
FIRST = f"""#!/bin/busybox sh
exec </dev/console >/dev/console 2>&1
/bin/busybox cat /config/kept /proc/cmdline /sys/class/block/vda/*/uevent
echo "{RUNS.decode()}"
while :; do /bin/busybox sleep 10; done
"""
"""The first process: it tells what of the machine's is asked for, and does nothing."""


def make_bundle(place: Path) -> Path:
    """Make a bundle with the kernel and the first root that were built, and a system that only says that it runs.

    A whole one takes an emulated machine a quarter of an hour to check and write; that it boots is seen elsewhere.
    """
    made = build.asked(FAMILY, VERSION, build.Signing())
    kept = place / "kept-kernel"
    run("unsquashfs", "-q", "-n", "-d", kept, BUILT / "kernel.img")
    sealed = system.pack(_small_root(place / "root"), place / "system.img", LAYOUT["system-a"].size_mb)
    kernel = Kernel(kept / "vmlinuz", "", made.words, Path())
    boot_files(
        kernel, kept / "initrd", f"{made.words} {sealed.words}", place / "kernel.img", LAYOUT["kernel-a"].size_mb
    )
    path = place / f"nightjar-{VERSION}.raucb"
    bundle.make(Slot(place / "kernel.img", sealed), made.identity, made.signer, path)
    return path


def _small_root(root: Path) -> Path:
    (base,) = (BUILT / "base").iterdir()
    for one in ("dev", "proc", "sys", "run", "config", "etc", "bin", "usr/lib/systemd", "usr/share/nightjar"):
        (root / one).mkdir(parents=True)
    shutil.copy(base / "busybox", root / "bin/busybox")
    (root / "usr/share/nightjar/state.list").write_text("")
    first = root / "usr/lib/systemd/systemd"
    first.write_text(FIRST)
    first.chmod(0o755)
    return root


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
    """A recorder with a stick in it, that begins with something to do at its console; then the small system runs."""

    def __init__(self, place: Path, stick: Path) -> None:
        super().__init__(place)
        self.stick = stick
        self.said = ""
        """What came from its serial port between what was done and the words of the small system."""

    def lead(self) -> None:
        """Do what is to be done before the recorder starts."""

    def greet(self) -> None:
        self.console = b""
        self.serial.settimeout(0.2)
        self.lead()
        self.said = self._await(RUNS, PATIENCE_S).decode(errors="replace")

    def await_shell(self) -> None:
        """The small system has none."""

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
