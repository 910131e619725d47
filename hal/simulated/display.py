"""A connector whose monitor can be plugged in and out."""

from hal.kinds.display import Display, DisplayState, Mode
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable

MODES = (Mode(1920, 1080), Mode(1280, 1024), Mode(1280, 720))


class SimulatedDisplay(Breakable[DisplayState], Display):
    """A connector with a monitor on it, until somebody pulls it."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine
        self._plugged = True

    def open(self) -> None:
        """Look whether a monitor is there."""
        self.require_whole()
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""

    @gesture
    def plug(self, *, plugged: bool) -> None:
        """Pull the monitor's cable, or put it back."""
        self._plugged = plugged
        if self.state.online:
            self.change(**self._look())

    def _look(self) -> dict[str, object]:
        if not self._plugged:
            return {"connected": False, "maker": "", "model": "", "preferred": None, "modes": ()}
        return {"connected": True, "maker": "SIM", "model": "Wall 24", "preferred": MODES[0], "modes": MODES}


DRIVER = SimulatedDisplay
