"""An output at a GPIO line of the kernel, found by its name."""

import contextlib

from hal.buses.gpio import GpioLine, drive_line
from hal.errors import Offline
from hal.kinds.relay import Relay, RelayRole
from hal.machine import Machine


class GpioRelay(Relay):
    """A line that drives a relay's coil, or a 12 V switch. `active_low`: the coil is on while the line is low."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        line: str,
        role: RelayRole = RelayRole.ALARM_OUTPUT,
        *,
        active_low: bool = False,
        normally_closed: bool = False,
    ) -> None:
        super().__init__(name, machine.monotonic_s, role=role, normally_closed=normally_closed)
        self._machine = machine
        self._named = line
        self._active_low = active_low
        self._line: GpioLine | None = None
        self.model = f"GPIO line {line}"

    def open(self) -> None:
        """Ask for the line, with the coil off."""
        self._line = drive_line(self._machine, self._named, active_low=self._active_low)
        self.rest()
        self.come_online()

    def close(self) -> None:
        """Switch the coil off and let go of the line."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.drive(value=False)
            self._line.close()
            self._line = None
        self.rest()

    def drive(self, *, closed: bool) -> None:
        """Switch the coil."""
        if self._line is None:
            raise Offline(f"{self.name}: {self.state.reason}")
        self._line.drive(value=closed)


DRIVER = GpioRelay
