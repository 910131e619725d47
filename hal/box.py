"""An alarm box by Modbus that an owner adds, in the network or at a serial line: its inputs and relays are devices."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from hal.buses.modbus import ModbusPlace, modbus_line
from hal.buses.serial import FASTEST_BAUD, SLOWEST_BAUD
from hal.errors import Refused
from hal.machine import Machine
from hal.names import HOST, LINE, Name, Port

MOST_INPUTS, MOST_OUTPUTS = 64, 32
"""More than boxes have; several boxes can be added."""
INPUT, RELAY = "alarm_input", "relay"
LINES = ("ttyUSB*", "ttyACM*", "ttyAMA*", "ttyS*")
"""Below /dev: adapters first, which are most often meant."""


class Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it is, and how much it has: inputs and relays are counted from 0 there, and from 1 in their names.

    It has a `host` or a serial `line`, which it shares with boxes of other numbers that are set like it.
    """

    name: Name
    host: Annotated[str, Meta(pattern=rf"^({HOST})?\Z")] = ""
    port: Port = 502
    unit: Annotated[int, Meta(ge=1, le=255)] = 1
    inputs: Annotated[int, Meta(ge=0, le=MOST_INPUTS)] = 8
    outputs: Annotated[int, Meta(ge=0, le=MOST_OUTPUTS)] = 0
    line: Annotated[str, Meta(pattern=rf"^({LINE})?\Z")] = ""
    baud: Annotated[int, Meta(ge=SLOWEST_BAUD, le=FASTEST_BAUD)] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1

    def __post_init__(self) -> None:
        if bool(self.host) is bool(self.line):
            raise ValueError("a box is in the network or at a serial line: say one of host and line")

    @property
    def place(self) -> ModbusPlace:
        """What it shares a connection with."""
        if self.host:
            return ModbusPlace(self.host, self.port)
        return ModbusPlace(serial=self.line, baud=self.baud, parity=self.parity, stop_bits=self.stop_bits)

    @property
    def bus(self) -> str:
        """What its devices wait for each other on; boxes at one line wait for each other only while one is asked."""
        return f"box at {self.place}" + (f", number {self.unit}" if self.line else "")

    def tables(self) -> list[dict[str, Any]]:
        """Give its devices as tables of a board.toml."""
        place: dict[str, Any] = {"host": self.host, "port": self.port}
        if self.line:
            place = {"serial": self.line, "baud": self.baud, "parity": self.parity, "stop_bits": self.stop_bits}
        at = {"driver": "modbus", "unit": self.unit, "box": place}
        inputs = [{"kind": INPUT, "name": f"{self.name}_{n + 1}", "address": n, **at} for n in range(self.inputs)]
        relays = [{"kind": RELAY, "name": f"{self.name}_{n + 1}", "coil": n, **at} for n in range(self.outputs)]
        return [*inputs, *relays]


def free_lines(machine: Machine, used: Iterable[str]) -> list[str]:
    """List the serial lines of a machine that nothing of its board uses."""
    found = [one.name for pattern in LINES for one in sorted(Path(machine.dev).glob(pattern))]
    return [one for one in found if one not in set(used)]


def survey(machine: Machine, box: Box) -> None:
    """See that a box answers and has what is said of it; raises `Offline`, `Refused`."""
    if not box.inputs and not box.outputs:
        raise Refused("A box has inputs or outputs; say how many")
    line = modbus_line(machine, box.place)
    asked = [("inputs", n) for n in {0, box.inputs - 1} if box.inputs]
    asked += [("coils", n) for n in {0, box.outputs - 1} if box.outputs]
    for table, address in asked:
        line.take(box.unit, "inputs" if table == "inputs" else "coils", address)
    try:
        for table, address in asked:
            line.value(box.unit, "inputs" if table == "inputs" else "coils", address)
    finally:
        for table, address in asked:
            line.leave(box.unit, "inputs" if table == "inputs" else "coils", address)
