"""A fan with a blade that can be held."""

from hal.kinds.fan import Fan, FanState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.air import air_of
from hal.simulated.breakable import Breakable

STARTS_AT_PERCENT = 15
"""Below this a fan does not turn, as real ones do not."""


class SimulatedFan(Breakable[FanState], Fan):
    """A fan of `full_rpm` at full power."""

    def __init__(self, name: str, machine: Machine, *, full_rpm: int = 3000) -> None:
        super().__init__(name)
        self._air = air_of(machine)
        self._full_rpm = full_rpm
        self._held = False
        self._duty_percent = 100
        self._air.blow(name, 1.0)

    def open(self) -> None:
        """Begin at full speed."""
        self.require_whole()
        self._drive(100)
        self.come_online()

    def close(self) -> None:
        """Leave it at full speed."""
        self._drive(100)

    def poll(self) -> None:
        """Look at the blade."""
        self._drive(self._duty_percent)

    def set_duty(self, *, percent: int) -> None:
        """Drive the fan with this share of its full power."""
        self.require_online()
        self._drive(percent)

    @gesture
    def hold(self, *, held: bool) -> None:
        """Hold the blade, or let it go."""
        self._held = held
        self._drive(self._duty_percent)

    def _drive(self, percent: int) -> None:
        self._duty_percent = percent
        driven = percent >= STARTS_AT_PERCENT
        turns = driven and not self._held
        self._air.blow(self.name, percent / 100 if turns else 0.0)
        rpm = self._full_rpm * percent // 100 if turns else 0
        self.change(duty_percent=percent, rpm=rpm, stalled=driven and not turns)


DRIVER = SimulatedFan
