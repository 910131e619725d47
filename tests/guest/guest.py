"""One virtual machine: QEMU in software emulation, its console in a file, a shell, and disks that come and go."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.guest.code_volume import pack_code
from tests.guest.disk import Disk
from tests.guest.image import KEPT, Image
from tests.guest.qmp import Qmp, QmpError
from tests.guest.shell import Failed, Running, Shell

BOOT_S = 480.0
"""A boot takes 15 s on an idle machine, and took four minutes beside twenty other jobs."""
_TAIL = 4000
KERNEL_WORDS = (
    "console=ttyS0 quiet loglevel=4 mitigations=off tsc=reliable no_timer_check panic=-1 random.trust_cpu=on"
    " net.ifnames=0"
)
PROCESSOR = "max,-erms,-la57,-avx,-avx2,-xsave"
"""A kernel that believes in fast copies by bytes has each byte emulated; a fifth level of tables is one too many.

Of AVX a digest of BLAKE3 (2 KB) takes 7 times as long as of SSE, SHA-256 twice.
"""

NETWORK = (
    *("-netdev", "user,id=host", "-netdev", "hubport,id=up,hubid=0,netdev=host"),
    *("-netdev", "hubport,id=cable0,hubid=0", "-device", "virtio-net-pci,id=port0,netdev=cable0,romfile="),
    *("-netdev", "hubport,id=cable1,hubid=0", "-device", "virtio-net-pci,id=port1,netdev=cable1,romfile="),
)
"""Two ports at one switch, with the host behind it; down until `Guest.connect`."""
HOST = "10.0.2.2"
"""The host's own loopback, seen from the guest (QEMU's user network)."""
SATA_MB = 64
"""A SATA drive at the chipset's own controller is there from the start, unseen until ahci is loaded."""


class GuestFailed(Failed):
    """The machine itself failed; the words hold the end of its console."""


class Guest:
    """A machine. `with Guest.boot() as guest:` runs it until the end of the block."""

    def __init__(self, image: Image, place: Path, *, memory_mb: int = 1024, devices: Sequence[str] = ()) -> None:
        """`place` gets console and disks; `devices` are further words for QEMU's command line."""
        self.image, self.place = image, place
        self.sata = place / "sata.disk"
        self._memory_mb, self._devices = memory_mb, devices
        self._qemu: subprocess.Popen[bytes] | None = None
        self.boot_s = 0.0

    @classmethod
    @contextlib.contextmanager
    def boot(cls, *, memory_mb: int = 1024, devices: Sequence[str] = ()):
        """Build what must be built, boot, and end with the block."""
        KEPT.mkdir(parents=True, exist_ok=True)
        image = Image.ready()
        with (
            tempfile.TemporaryDirectory(dir=KEPT, prefix="run.") as place,
            cls(image, Path(place), memory_mb=memory_mb, devices=devices) as guest,
        ):
            yield guest

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Power on; returns when the shell answers."""
        code = self.place / "code.ext4"
        if not code.exists():
            pack_code(code)
        if not self.sata.exists():
            self.sata.touch()
            os.truncate(self.sata, SATA_MB << 20)
        began = time.monotonic()
        shell, their_shell = socket.socketpair()
        qmp, their_qmp = socket.socketpair()
        self.serial, their_serial = socket.socketpair()
        with their_shell, their_qmp, their_serial, (self.place / "qemu.log").open("ab") as log:
            passed = (their_shell.fileno(), their_qmp.fileno(), their_serial.fileno())
            self._qemu = subprocess.Popen(
                self._command(code, *passed), pass_fds=passed, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.shell = Shell(shell, self.explain)
        try:
            self.qmp = Qmp(qmp)
            self.greet()
            self.await_shell()
        except (Failed, QmpError) as error:
            told = self.explain()
            self.kill()
            raise GuestFailed(f"The guest did not start: {error}\n{told}") from error
        self.boot_s = time.monotonic() - began

    def greet(self) -> None:
        """Do at the console what must be done before the shell answers; the guest's own root starts it by itself."""

    def await_shell(self) -> None:
        """Wait until the shell answers."""
        self.shell.wait_until_up(BOOT_S)

    def _command(self, code: Path, shell: int, qmp: int, serial: int) -> list[str]:
        read_only = "if=virtio,format=raw,readonly=on,cache=unsafe"
        return [
            # A test that is killed leaves no machine behind.
            *(
                "setpriv",
                "--pdeathsig",
                "KILL",
                "qemu-system-x86_64",
                "-name",
                "nightjar",
                "-nodefaults",
                "-no-user-config",
            ),
            *("-display", "none", "-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", PROCESSOR),
            *("-smp", "2"),
            *("-m", str(self._memory_mb), "-no-reboot", "-rtc", "base=utc"),
            *("-kernel", str(self.image.kernel), "-initrd", str(self.image.initrd), "-append", KERNEL_WORDS),
            *("-drive", f"file={self.image.root},{read_only}", "-drive", f"file={code},{read_only}"),
            *("-device", "virtio-scsi-pci,id=bays"),
            *("-serial", f"file:{self.place / 'console'}"),
            *("-chardev", f"socket,id=shell,fd={shell}", "-serial", "chardev:shell"),
            *("-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"),
            *("-chardev", f"socket,id=line,fd={serial}", "-device", "pci-serial,chardev=line"),
            *("-device", "i6300esb", "-action", "watchdog=none"),
            *("-device", "qemu-xhci,id=usb"),
            *("-drive", f"if=none,id=sata,file={self.sata},format=raw,cache=unsafe"),
            *("-device", "ide-hd,drive=sata,bus=ide.0,serial=NJ-sata,rotation_rate=7200"),
            *NETWORK,
            *self._devices,
        ]

    def run(self, *words: str, **options) -> str:
        """Run a program in the guest; see `Shell.run`."""
        return self.shell.run(*words, **options)

    def python(self, module: str, *words: str, **environment: str) -> Running:
        """Start one of our modules in the guest."""
        return self.shell.start("python3", "-m", module, *words, **environment)

    def disk(self, name: str, size_bytes: int, **options) -> Disk:
        """Make a drive that is not plugged in yet; see `Disk`."""
        return Disk(self, name, size_bytes, **options)

    def connect(self) -> None:
        """Bring the first network port up, so that the guest reaches what listens on the host's loopback at `HOST`."""
        self.run("modprobe virtio_net; ip address replace 10.0.2.15/24 dev eth0 && ip link set eth0 up")

    def cable(self, port: int, *, plugged: bool) -> None:
        """Plug the cable of a network port (0 or 1) in, or pull it."""
        self.qmp.raw("set_link", {"name": f"port{port}", "up": plugged})

    def explain(self) -> str:
        """Say what the machine said last, for the words of a failure."""
        words: list[str] = []
        for name in ("console", "qemu.log"):
            with contextlib.suppress(OSError):
                told = (self.place / name).read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
                words.append(f"--- end of the guest's {name}:\n{told}")
        if self._qemu is not None and self._qemu.poll() is not None:
            words.append(f"--- QEMU ended with {self._qemu.returncode}")
        return "\n".join(words)

    @property
    def pid(self) -> int:
        """QEMU's process id."""
        assert self._qemu is not None
        return self._qemu.pid

    def kill(self) -> None:
        """Cut the power: SIGKILL, in the middle of whatever the machine does."""
        if self._qemu is None:
            return
        self._qemu.kill()
        self._qemu.wait()
        self._qemu = None
        for line in (getattr(self, "shell", None), getattr(self, "qmp", None), getattr(self, "serial", None)):
            if line is not None:
                line.close()
