"""A clock with a battery that can be taken out."""

from hal.kinds.clock import Battery, Clock, ClockState, trusted
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedClock(Breakable[ClockState], Clock):
    """A clock that goes as ours does, `offset_s` away from it."""

    def __init__(self, name: str, machine: Machine, *, offset_s: float = 0.0) -> None:
        super().__init__(name)
        self._wall_s = machine.wall_s
        self._offset_s = offset_s
        self._battery = Battery.GOOD

    def open(self) -> None:
        """Read the clock."""
        self.require_whole()
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Read the clock again."""
        self.change(**self._look())

    def set(self, *, wall_s: float) -> None:
        """Set the clock."""
        self.require_online()
        self._offset_s = wall_s - self._wall_s()
        self.change(**self._look())

    @gesture
    def change_battery(self, *, battery: Battery) -> None:
        """Put a full, weak or empty battery in; an empty one loses the time."""
        self._battery = battery
        if battery is Battery.EMPTY:
            self._offset_s = -self._wall_s()
        if self.state.online:
            self.change(**self._look())

    def _look(self) -> dict[str, object]:
        shown = self._wall_s() + self._offset_s
        return {
            "offset_s": round(self._offset_s, 3),
            "battery": self._battery,
            "trusted": trusted(shown, self._battery),
        }


DRIVER = SimulatedClock
