"""The image in a virtual machine: by firmware and boot loader, with what a recorder has around it."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.guest.code_volume import INSIDE_AT, MOUNTED_AT
from tests.guest.guest import PROCESSOR, Guest
from tests.guest.image import ROOT, Image
from tests.guest.shell import Failed

if TYPE_CHECKING:
    from tests.guest.disk import Disk
    from tests.guest.stick import Stick

BUILT = ROOT / "build" / "image"
FIRMWARE = Path("/usr/share/OVMF")
VARIABLES = "OVMF_VARS_4M.fd"
DISK_MB = 6144
"""Larger than the image: the last partition must grow."""
LOGIN_S = 900.0
"""From power on to the login at the console: a third of that on an idle machine is plenty."""
PATIENCE_S = 900.0
"""For anything in the machine: minutes beside others, seconds on an idle one."""
MEMORY_MB = 2560
RIG_AT = "/run/rig"
ANSWER = rb"rig \d+"
SIZE = (1280, 720)
"""Of the monitor."""
COMMAND = "from recorder.client.api import ApiClient\nfrom recorder.cli import main\nmain()"
"""/usr/bin/nightjar, as the agent runs it: what it imports is there already."""
DATA = "/var/lib/nightjar"
LOOK_S = 1.0
PORT = 3
"""Of its USB ports; mouse and keyboard are in the first two."""


class Recorder(Guest):
    """A machine with the image on its system disk. The system disk stays from one start to the next."""

    def __init__(self, place: Path) -> None:
        super().__init__(Image(BUILT), place, memory_mb=MEMORY_MB)
        self.system = place / "system.disk"
        self.variables = place / "variables.fd"
        self.make_disks()
        self.left_in: list[Disk] = []
        """Disks that are in their bays when it is switched on, the first in bay 1."""
        self.inserted: Stick | None = None
        """The stick that is in it when it is switched on."""
        self.console = b""
        """What came from its serial port since it was switched on."""
        self.pictures: list[Path] = []
        """What its monitor showed one after another until the screen drew, as far as it was looked at."""
        self._newest = ""
        self._looked_s = 0.0

    def make_disks(self) -> None:
        """Have its system disk and its firmware's variables as they are in the factory."""
        subprocess.run(["cp", "--sparse=always", BUILT / "disk.img", self.system], check=True)
        os.truncate(self.system, DISK_MB << 20)
        shutil.copy(FIRMWARE / VARIABLES, self.variables)

    def greet(self) -> None:
        """Log in at the console of a development build, and start the rig's agent there."""
        self.console = b""
        self.pictures.clear()
        self.serial.settimeout(0.2)
        self._await(b"login: ", LOGIN_S)
        self.login_s = time.monotonic()
        self.serial.sendall(b"root\n")
        self._await(b"# ", 180)
        mount = f"mkdir -p {RIG_AT} && mount -o ro /dev/disk/by-id/virtio-rig {RIG_AT}"
        start = f"systemd-run --quiet --unit=rig /usr/bin/python3 {self.inside('agent.py')} /dev/ttyS1"
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
            self.look()
        return self.console[begun : begun + found.end()]

    def look(self) -> None:
        """Keep what the monitor shows, where it is another picture than the one before; once a second at most."""
        if time.monotonic() - self._looked_s < LOOK_S:
            return
        self._looked_s = time.monotonic()
        taken = self.place / f"seen-{len(self.pictures):03}.ppm"
        self.qmp.command("screendump", filename=str(taken))
        digest = hashlib.sha256(taken.read_bytes()).hexdigest()
        if digest != self._newest:
            self._newest = digest
            self.pictures.append(taken)

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
            *("-no-user-config", "-display", "none", "-machine", "q35", "-accel", "tcg,thread=multi"),
            *("-cpu", PROCESSOR, "-smp", "2", "-m", str(self._memory_mb), "-rtc", "base=utc"),
            *("-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}"),
            *("-drive", f"if=pflash,format=raw,file={self.variables}"),
            *("-device", "bochs-display,xres={},yres={}".format(*SIZE)),
            *("-drive", f"{raw},id=system,file={self.system}", "-device", "virtio-blk-pci,drive=system,bootindex=1"),
            *("-drive", f"{raw},readonly=on,id=rig,file={code}", "-device", "virtio-blk-pci,drive=rig,serial=rig"),
            *("-device", "virtio-scsi-pci,id=bays,addr=0x10"),
            *self._bays(),
            *("-chardev", f"socket,id=line,fd={serial},logfile={self.place / 'console'},logappend=on"),
            *("-serial", "chardev:line"),
            *("-chardev", f"socket,id=shell,fd={shell}", "-serial", "chardev:shell"),
            *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"),
            *("-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0", "-device", "usb-kbd,bus=usb.0"),
            *("-netdev", "user,id=host,hostfwd=tcp:127.0.0.1:0-:443", "-device", "virtio-net-pci,netdev=host,romfile="),
            *self._stick(),
            *("-device", "i6300esb", "-action", "watchdog=reset"),
        ]

    def _bays(self) -> list[str]:
        words: list[str] = []
        for disk in self.left_in:
            drive = f"if=none,format=raw,cache=unsafe,id={disk.name},file={disk.path}"
            kind = f"scsi-hd,bus=bays.0,drive={disk.name},serial=NJ-{disk.name},rotation_rate=7200"
            words += ["-drive", drive, "-device", kind]
        return words

    def _stick(self) -> list[str]:
        if self.inserted is None:
            return []
        drive = f"if=none,format=raw,readonly=on,id=stick,file={self.inserted.path}"
        device = f"usb-storage,bus=usb.0,port={PORT},drive=stick,serial=NJ-{self.inserted.name},removable=on"
        return ["-drive", drive, "-device", device]

    def nightjar(self, *words: str, timeout_s: float = PATIENCE_S, check: bool = True) -> str:
        """Run the recorder's command line there."""
        return self.run("python3", "-c", COMMAND, *words, timeout_s=timeout_s, check=check, NIGHTJAR_DATA=DATA)

    def until(self, *words: str, wanted: Callable[[str], object]) -> str:
        """Run the recorder's command line until what it says is as wanted; gives that."""
        end = time.monotonic() + PATIENCE_S
        while True:
            running = self.shell.start("python3", "-c", COMMAND, *words, NIGHTJAR_DATA=DATA)
            if running.wait(PATIENCE_S) == 0 and wanted(running.output):
                return running.output
            if time.monotonic() > end:
                raise Failed(f"{words}: not seen; last: {running.output[-3000:]}\n{self.why()}")
            time.sleep(0.5)

    def inside(self, program: str) -> str:
        """Where one of the rig's programs lies in the machine."""
        return f"{RIG_AT}{INSIDE_AT.removeprefix(MOUNTED_AT)}/{program}"

    def await_screen(self) -> None:
        """Wait until the screen draws and answers."""

        def active(told: str) -> bool:
            self.look()
            return told.strip() == "active"

        self.shell.poll("systemctl is-active nightjar-gui.service", until=active, timeout_s=PATIENCE_S)
        self.look()

    def why(self) -> str:
        """What its log says of errors, for the words of a failure."""
        return self.run("journalctl -b --no-pager -p err -n 60", check=False)

    @property
    def web_port(self) -> int:
        """The port of the host that leads to the recorder's web server through its network card."""
        told = self.qmp.command("human-monitor-command", command_line="info usernet")
        found = re.search(r"TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+443\b", told)
        assert found, told
        return int(found[1])


@contextlib.contextmanager
def recorder() -> Generator[Recorder]:
    """Switch a new recorder on, and off at the end."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="run.") as name, Recorder(Path(name)) as one:
        yield one
