"""A buzzer that the front panel's page makes heard."""

from hal.kinds.buzzer import Buzzer, BuzzerState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedBuzzer(Breakable[BuzzerState], Buzzer):
    """A buzzer whose `hz` is what an ear beside it would hear."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name, machine.monotonic_s)
        self.hz = 0

    def open(self) -> None:
        """Come online, silent."""
        self.require_whole()
        self.hush()
        self.come_online()

    def close(self) -> None:
        """Fall silent."""
        self.hush()

    def tone(self, hz: int) -> None:
        """Sound."""
        self.hz = hz


DRIVER = SimulatedBuzzer
