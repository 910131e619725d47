"""The switch, the mains plug and the reset button of a machine whose processes a supervisor starts and ends.

Whoever starts the processes of the recorder follows the state: it ends them in order while we are `going`, kills them
when we are not `running`, and says with `arrive` that they have ended.
"""

from hal.kinds.power import Going, Power, PowerState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.flash import flash_of


class SimulatedPower(Breakable[PowerState], Power):
    """A machine under a desk."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._flash = flash_of(machine.world)
        # The power key at the case ends here while no software runs.
        machine.world["power button"] = self.push

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

    @gesture
    def plug(self, *, plugged: bool) -> None:
        """Pull the mains plug, or put it back; the machine starts by itself when power returns."""
        if plugged and not self.state.running:
            self._flash.boot()
        self.change(plugged=plugged, running=plugged, going=Going.NOWHERE)

    @gesture
    def reset(self) -> None:
        """Push the button on the board: the machine starts anew at once, without asking any software."""
        if self.state.running:
            self.change(running=False, going=Going.NOWHERE)
            self._start()

    @gesture
    def push(self) -> None:
        """Push the power key of a machine that is off; one that runs reads the key itself."""
        if self.state.plugged and not self.state.running:
            self._start()

    @gesture
    def arrive(self) -> None:
        """Say that what was going down has ended."""
        around = self.state.going is Going.AROUND
        if self.state.going is not Going.NOWHERE:
            self.change(running=False, going=Going.NOWHERE)
            if around:
                self._start()

    def _start(self) -> None:
        """Choose a firmware, as the boot loader does, and run."""
        self._flash.boot()
        self.change(running=True)


DRIVER = SimulatedPower
