"""The image in a virtual machine: by firmware and boot loader, with what a recorder has around it."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path

from tests.guest.code_volume import INSIDE_AT, MOUNTED_AT
from tests.guest.guest import Guest
from tests.guest.image import ROOT, Image
from tests.guest.shell import Failed

BUILT = ROOT / "build" / "image"
FIRMWARE = Path("/usr/share/OVMF")
DISK_MB = 6144
"""Larger than the image: the last partition must grow."""
LOGIN_S = 900.0
"""From power on to the login at the console: a third of that on an idle machine is plenty."""
MEMORY_MB = 2560
RIG_AT = "/run/rig"
ANSWER = rb"rig \d+"


class Recorder(Guest):
    """A machine with the image on its system disk. The system disk stays from one start to the next."""

    def __init__(self, place: Path) -> None:
        super().__init__(Image(BUILT), place, memory_mb=MEMORY_MB)
        self.system = place / "system.disk"
        subprocess.run(["cp", "--sparse=always", BUILT / "disk.img", self.system], check=True)
        os.truncate(self.system, DISK_MB << 20)
        self.variables = place / "variables.fd"
        shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", self.variables)
        self.console = b""
        """What came from its serial port since it was switched on."""

    def greet(self) -> None:
        """Log in at the console of a development build, and start the rig's agent there."""
        self.console = b""
        self.serial.settimeout(1.0)
        self._await(b"login: ", LOGIN_S)
        self.login_s = time.monotonic()
        self.serial.sendall(b"root\n")
        self._await(b"# ", 180)
        mount = f"mkdir -p {RIG_AT} && mount -o ro /dev/disk/by-id/virtio-rig {RIG_AT}"
        agent = f"{RIG_AT}{INSIDE_AT.removeprefix(MOUNTED_AT)}/agent.py"
        start = f"systemd-run --quiet --unit=rig /usr/bin/python3 {agent} /dev/ttyS1"
        self.serial.sendall(f"stty -echo; {mount} && {start}; echo rig $?\n".encode())
        # The shell shows the command before it does it; with the number behind it the word is its answer.
        told = self._await(ANSWER, 180)
        if not told.rstrip().endswith(b"rig 0"):
            raise Failed(f"The rig's agent did not start\n{self.console[-2000:].decode(errors='replace')}")
        # What the machine says from now on is kept by QEMU's log of the port; somebody must take it off.
        threading.Thread(target=self._drain, args=(self.serial,), name="console", daemon=True).start()

    def _more(self) -> None:
        with contextlib.suppress(TimeoutError):
            self.console += self.serial.recv(4096)

    def _await(self, words: bytes, timeout_s: float) -> bytes:
        """Wait until a pattern is seen; gives what came until its end."""
        end = time.monotonic() + timeout_s
        begun = len(self.console)
        while (found := re.search(words, self.console[begun:])) is None:
            if time.monotonic() > end:
                raise Failed(f"{words!r} was not seen at the console within {timeout_s:.0f} s")
            if self._qemu is not None and self._qemu.poll() is not None:
                raise Failed("QEMU ended")
            self._more()
        return self.console[begun : begun + found.end()]

    def _drain(self, line) -> None:
        while True:
            try:
                data = line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            self.console += data

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        raw = "if=none,format=raw,cache=unsafe"
        return [
            *("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-name", "recorder", "-nodefaults"),
            *("-no-user-config", "-display", "none", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max"),
            *("-smp", "2", "-m", str(self._memory_mb), "-rtc", "base=utc"),
            *("-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}"),
            *("-drive", f"if=pflash,format=raw,file={self.variables}"),
            *("-device", "bochs-display,xres=1280,yres=720"),
            *("-drive", f"{raw},id=system,file={self.system}", "-device", "virtio-blk-pci,drive=system,bootindex=1"),
            *("-drive", f"{raw},readonly=on,id=rig,file={code}", "-device", "virtio-blk-pci,drive=rig,serial=rig"),
            *("-device", "virtio-scsi-pci,id=bays,addr=0x10"),
            *("-chardev", f"socket,id=line,fd={serial},logfile={self.place / 'console'},logappend=on"),
            *("-serial", "chardev:line"),
            *("-chardev", f"socket,id=shell,fd={shell}", "-serial", "chardev:shell"),
            *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"),
            *("-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0", "-device", "usb-kbd,bus=usb.0"),
            *("-netdev", "user,id=host", "-device", "virtio-net-pci,netdev=host,romfile="),
            *("-device", "i6300esb", "-action", "watchdog=reset"),
        ]

    def nightjar(self, *words: str, timeout_s: float = 600) -> str:
        """Run the recorder's command line there."""
        return self.run("nightjar", *words, timeout_s=timeout_s)


@contextlib.contextmanager
def recorder() -> Generator[Recorder]:
    """Switch a new recorder on, and off at the end."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="run.") as name, Recorder(Path(name)) as one:
        yield one
