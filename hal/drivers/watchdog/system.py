"""A watchdog that the system's first process feeds (RuntimeWatchdogSec): it is only looked at."""

import contextlib
import re

from hal.errors import Offline, Unsupported
from hal.kernel import watchdog
from hal.kinds.watchdog import Watchdog
from hal.machine import Machine

NAME = re.compile(r"watchdog[0-9]{1,2}")


class SystemWatchdog(Watchdog):
    """What sysfs tells of it."""

    poll_s = 10.0

    def __init__(self, name: str, machine: Machine, *, device: str = "watchdog0") -> None:
        super().__init__(name)
        self._folder = machine.sys / "class/watchdog" / device if NAME.fullmatch(device) else None

    def open(self) -> None:
        """Look whether it is there."""
        self.poll()
        with contextlib.suppress(OSError):
            self.model = (self._folder / "identity").read_text().strip()[:64] if self._folder else ""
        self.come_online()

    def close(self) -> None:
        """Go; the system goes on feeding it."""

    def poll(self) -> None:
        """Look again."""
        if self._folder is None or not self._folder.is_dir():
            raise Offline("the kernel knows no such watchdog")
        bit = bool(self._number("bootstatus") & watchdog.CARD_RESET)
        armed = (self._folder / "state").read_text().strip() == "active"
        self.change(armed=armed, timeout_s=self._number("timeout"), bit_last_boot=bit)

    def arm(self, *, timeout_s: int) -> int:
        """Refuse: it is the system's."""
        del timeout_s
        raise self._systems()

    def feed(self) -> None:
        """Refuse: it is the system's."""
        raise self._systems()

    def disarm(self) -> None:
        """Refuse: it is the system's."""
        raise self._systems()

    def _systems(self) -> Unsupported:
        return Unsupported(f"{self.name} is fed by the system; set RuntimeWatchdogSec")

    def _number(self, attribute: str) -> int:
        assert self._folder is not None
        try:
            return int((self._folder / attribute).read_text(), 0)
        except ValueError:
            raise Offline(f"its {attribute} is no number") from None


DRIVER = SystemWatchdog
