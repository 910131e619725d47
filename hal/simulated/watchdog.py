"""A watchdog that barks instead of biting: it says that the machine would have been reset."""

from hal.errors import Offline
from hal.kinds.watchdog import Bite, Watchdog, WatchdogState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedWatchdog(Breakable[WatchdogState], Watchdog):
    """A watchdog that keeps its time."""

    poll_s = 1.0

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._monotonic_s = machine.monotonic_s
        self._fed_s = 0.0

    def open(self) -> None:
        """Find it as it was left."""
        self.require_whole()
        self.come_online()

    def close(self) -> None:
        """Leave it running if it runs."""

    def arm(self, *, timeout_s: int) -> int:
        """Start it, or change its time-out."""
        self.require_online()
        self._fed_s = self._monotonic_s()
        self.change(armed=True, timeout_s=timeout_s)
        return timeout_s

    def feed(self) -> None:
        """Begin its time anew."""
        self.require_online()
        if not self.state.armed:
            raise Offline(f"{self.name} is not armed")
        self._fed_s = self._monotonic_s()

    def disarm(self) -> None:
        """Stop it."""
        self.require_online()
        self.change(armed=False)

    def poll(self) -> None:
        """Bite if nobody fed it in time."""
        if self.state.armed and self._monotonic_s() - self._fed_s >= self.state.timeout_s:
            self.change(armed=False, bit_last_boot=True)
            self.tell(Bite(self.name))


DRIVER = SimulatedWatchdog
