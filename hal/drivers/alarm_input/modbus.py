"""An input of a Modbus box: a discrete input, asked for again and again."""

from hal.buses.modbus import ModbusPlace, modbus_line
from hal.errors import BadBoard
from hal.kinds.alarm_input import STUCK_AFTER_S, AlarmInput, InputRole
from hal.machine import Machine


class ModbusAlarmInput(AlarmInput):
    """Input `address`, counted from 0, of box `unit` at `box`. All devices of one place must share one `bus`.

    `every_ms` is how often the box is asked: an edge is seen that much later, and a shorter pulse may be missed.
    """

    def __init__(
        self,
        name: str,
        machine: Machine,
        box: ModbusPlace,
        address: int,
        unit: int = 1,
        role: InputRole = InputRole.ALARM,
        *,
        every_ms: int = 50,
        normally_closed: bool = False,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        super().__init__(name, machine, role=role, normally_closed=normally_closed, stuck_after_s=stuck_after_s)
        if every_ms <= 0:
            raise BadBoard(f"{name}: every_ms must be more than 0")
        self.poll_s = every_ms / 1000
        self._line = modbus_line(machine, box)
        self._input = (unit, address)
        self._taken = False
        self.model = f"Modbus {box}, box {unit}, input {address}"

    def open(self) -> None:
        """Connect, and read the input."""
        unit, address = self._input
        if not self._taken:
            self._line.take(unit, "inputs", address)
            self._taken = True
        self.saw(contact_closed=self._line.value(unit, "inputs", address), online=True)

    def close(self) -> None:
        """Hang up if nobody else is there."""
        if self._taken:
            self._line.leave(self._input[0], "inputs", self._input[1])
            self._taken = False

    def poll(self) -> None:
        """Read the input."""
        unit, address = self._input
        self.saw(contact_closed=self._line.value(unit, "inputs", address))
        super().poll()


DRIVER = ModbusAlarmInput
