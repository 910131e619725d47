"""A relay of a Modbus box: a coil."""

import contextlib

from hal.buses.modbus import ModbusPlace, modbus_line
from hal.errors import Offline
from hal.kinds.relay import Relay, RelayRole
from hal.machine import Machine

LOOK_S = 2.0
"""How often the coil is read: a box that lost its power meanwhile is told again what it shall do."""


class ModbusRelay(Relay):
    """Coil `coil`, counted from 0, of box `unit` at `box`. All devices of one place must share one `bus`."""

    poll_s = LOOK_S

    def __init__(
        self,
        name: str,
        machine: Machine,
        box: ModbusPlace,
        coil: int,
        unit: int = 1,
        role: RelayRole = RelayRole.ALARM_OUTPUT,
        *,
        normally_closed: bool = False,
    ) -> None:
        super().__init__(name, machine.monotonic_s, role=role, normally_closed=normally_closed)
        self._line = modbus_line(machine, box)
        self._coil = (unit, coil)
        self._taken = False
        self.model = f"Modbus {box}, box {unit}, coil {coil}"

    def open(self) -> None:
        """Connect, and open the contact."""
        unit, coil = self._coil
        if not self._taken:
            self._line.take(unit, "coils", coil)
            self._taken = True
        self._line.switch(unit, coil, closed=False)
        self.rest()
        self.come_online()

    def close(self) -> None:
        """Open the contact, and hang up if nobody else is there."""
        if self._taken:
            unit, coil = self._coil
            with contextlib.suppress(Offline):
                self._line.switch(unit, coil, closed=False)
            self._line.leave(unit, "coils", coil)
            self._taken = False
        self.rest()

    def drive(self, *, closed: bool) -> None:
        """Set the coil."""
        unit, coil = self._coil
        self._line.switch(unit, coil, closed=closed)

    def poll(self) -> None:
        """See that the box still does what it was told."""
        super().poll()
        unit, coil = self._coil
        if self._line.value(unit, "coils", coil) is not self.state.closed:
            self.drive(closed=self.state.closed)


DRIVER = ModbusRelay
