"""A switch that only says where the machine would go."""

from hal.kinds.power import Going, Power, PowerState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedPower(Breakable[PowerState], Power):
    """A machine that goes nowhere; the front panel shows what it would have done."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine

    def open(self) -> None:
        """Stay."""
        self.require_whole()
        self.come_online(going=Going.NOWHERE)

    def close(self) -> None:
        """Go."""

    def shut_down(self) -> None:
        """Say that the machine goes down."""
        self.require_online()
        self.change(going=Going.DOWN)

    def restart(self) -> None:
        """Say that the machine starts anew."""
        self.require_online()
        self.change(going=Going.AROUND)


DRIVER = SimulatedPower
