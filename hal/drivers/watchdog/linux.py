"""The kernel's watchdog, /dev/watchdogN, on machines where nothing else feeds it."""

import contextlib
import fcntl
import os
import struct

from hal.errors import Offline, Unsupported
from hal.kernel import watchdog
from hal.kinds.watchdog import Watchdog
from hal.machine import Machine


class LinuxWatchdog(Watchdog):
    """Opening the device starts the timer, so it is opened when armed. What the last boot was is read from sysfs."""

    def __init__(self, name: str, machine: Machine, *, device: str = "watchdog0") -> None:
        super().__init__(name)
        self._path = machine.dev / device
        self._status = machine.sys / "class/watchdog" / device / "bootstatus"
        self._file: int | None = None

    def open(self) -> None:
        """Look whether it is there, and whether it bit."""
        if not self._path.exists():
            raise Offline(f"{self._path} is not there")
        bit = False
        with contextlib.suppress(OSError, ValueError):
            bit = bool(int(self._status.read_text()) & watchdog.CARD_RESET)
        self.come_online(bit_last_boot=bit, armed=self._file is not None)

    def close(self) -> None:
        """Leave an armed one running: it resets the machine unless somebody opens and feeds it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self.change(armed=False)

    def arm(self, *, timeout_s: int) -> int:
        """Start it, or change its time-out."""
        self.require_online()
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
        taken = fcntl.ioctl(self._file, watchdog.SET_TIMEOUT, struct.pack("i", timeout_s))
        (taken_s,) = struct.unpack("i", taken)
        self.change(armed=True, timeout_s=taken_s)
        return taken_s

    def feed(self) -> None:
        """Begin its time anew."""
        self.require_online()
        if self._file is None:
            raise Offline(f"{self.name} is not armed")
        fcntl.ioctl(self._file, watchdog.KEEP_ALIVE, 0)

    def disarm(self) -> None:
        """Stop it; a driver with nowayout refuses."""
        self.require_online()
        if self._file is None:
            return
        try:
            fcntl.ioctl(self._file, watchdog.SET_OPTIONS, struct.pack("i", watchdog.DISABLE_CARD))
        except OSError:
            raise Unsupported(f"{self.name} cannot be stopped; it must be fed") from None
        os.write(self._file, watchdog.MAGIC_CLOSE)
        os.close(self._file)
        self._file = None
        self.change(armed=False)


DRIVER = LinuxWatchdog
