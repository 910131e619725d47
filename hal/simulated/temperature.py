"""A chip that warms up by its own heat and is cooled by the air of the board's fans."""

from typing import Annotated

import msgspec

from hal.kinds.temperature import Temperature, TemperatureState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.air import air_of
from hal.simulated.breakable import Breakable

ROOM_CELSIUS = 24.0
SETTLES_S = 30.0
"""The time in which a chip comes 63 % closer to where it will settle."""


class SimulatedTemperature(Breakable[TemperatureState], Temperature):
    """A sensor. Without any air it settles `rise_celsius` above the room; full air takes 70 % of that away."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        rise_celsius: float = 60.0,
        high_celsius: float = 80.0,
        critical_celsius: float = 95.0,
    ) -> None:
        super().__init__(name)
        self._monotonic_s = machine.monotonic_s
        self._air = air_of(machine)
        self._rise_celsius = rise_celsius
        self._limits = high_celsius, critical_celsius
        self._celsius = ROOM_CELSIUS
        self._seen_s = 0.0

    def open(self) -> None:
        """Begin to measure."""
        self.require_whole()
        self._seen_s = self._monotonic_s()
        high, critical = self._limits
        self.come_online(celsius=round(self._celsius, 1), high_celsius=high, critical_celsius=critical)

    def close(self) -> None:
        """Go; the chip stays warm."""

    def poll(self) -> None:
        """Let the time pass that has passed."""
        now_s = self._monotonic_s()
        settled = ROOM_CELSIUS + self._rise_celsius * (1 - 0.7 * self._air.share)
        part = 1 - 2.718281828 ** (-(now_s - self._seen_s) / SETTLES_S)
        self._celsius += (settled - self._celsius) * part
        self._seen_s = now_s
        self.change(celsius=round(self._celsius, 1))

    @gesture
    def heat(self, *, celsius: Annotated[float, msgspec.Meta(ge=0, le=150)]) -> None:
        """Warm the chip at once, as a hair dryer would."""
        self._celsius = celsius
        if self.state.online:
            self.change(celsius=celsius)


DRIVER = SimulatedTemperature
