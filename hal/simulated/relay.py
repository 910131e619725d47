"""A contact that clicks in memory, as late as a real one."""

from hal.kinds.relay import Relay, RelayRole, RelayState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedRelay(Breakable[RelayState], Relay):
    """A coil, and a contact that follows it after `latency_ms`, as small relays do within 5 to 15 ms."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        role: RelayRole = RelayRole.ALARM_OUTPUT,
        *,
        normally_closed: bool = False,
        latency_ms: float = 8.0,
    ) -> None:
        super().__init__(name, machine.monotonic_s, role=role, normally_closed=normally_closed)
        self._machine = machine
        self._latency_s = latency_ms / 1000
        self._coil = self._before = False
        self._driven_s = float("-inf")

    def open(self) -> None:
        """Come online with the contact at rest."""
        self.require_whole()
        self.rest()
        self.come_online()

    def close(self) -> None:
        """Let the contact rest and go."""
        self.drive(closed=False)
        self.rest()

    def drive(self, *, closed: bool) -> None:
        """Switch the coil; the contact follows."""
        if closed is not self._coil:
            self._before = self._contact()
            self._coil, self._driven_s = closed, self._machine.monotonic_s()

    def conducts(self) -> bool:
        """Tell what a meter at the terminals would."""
        return self._contact() is not self.state.normally_closed

    def _contact(self) -> bool:
        moved = self._machine.monotonic_s() >= self._driven_s + self._latency_s
        return self._coil if moved else self._before


DRIVER = SimulatedRelay
