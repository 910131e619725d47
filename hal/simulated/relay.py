"""A contact that clicks in memory."""

from hal.kinds.relay import Relay, RelayState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedRelay(Breakable[RelayState], Relay):
    """A relay that remembers what it was told."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine

    def open(self) -> None:
        """Come online with the contact open."""
        self.require_whole()
        self.come_online(closed=False)

    def close(self) -> None:
        """Open the contact and go."""
        self.change(closed=False)

    def switch(self, *, closed: bool) -> None:
        """Close or open the contact."""
        self.require_online()
        self.change(closed=closed)


DRIVER = SimulatedRelay
