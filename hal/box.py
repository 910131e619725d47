"""An alarm box by Modbus in the network that an owner adds: its inputs and relays are devices of the board."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hal.buses.modbus import ModbusLine, ModbusPlace
from hal.errors import Refused
from hal.machine import Machine
from hal.names import Host, Name, Port

MOST_INPUTS, MOST_OUTPUTS = 64, 32
"""More than boxes have; several boxes can be added."""
INPUT, RELAY = "alarm_input", "relay"


class Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it is, and how much it has: inputs and relays are counted from 0 there, and from 1 in their names."""

    name: Name
    host: Host
    port: Port = 502
    unit: Annotated[int, Meta(ge=1, le=255)] = 1
    inputs: Annotated[int, Meta(ge=0, le=MOST_INPUTS)] = 8
    outputs: Annotated[int, Meta(ge=0, le=MOST_OUTPUTS)] = 0

    @property
    def place(self) -> str:
        """What it shares a connection with."""
        return f"{self.host}:{self.port}"

    def tables(self) -> list[dict[str, Any]]:
        """Give its devices as tables of a board.toml."""
        at = {"driver": "modbus", "unit": self.unit, "box": {"host": self.host, "port": self.port}}
        inputs = [{"kind": INPUT, "name": f"{self.name}_{n + 1}", "address": n, **at} for n in range(self.inputs)]
        relays = [{"kind": RELAY, "name": f"{self.name}_{n + 1}", "coil": n, **at} for n in range(self.outputs)]
        return [*inputs, *relays]


def survey(machine: Machine, box: Box) -> None:
    """See that a box answers and has what is said of it; raises `Offline`, `Refused`."""
    if not box.inputs and not box.outputs:
        raise Refused("A box has inputs or outputs; say how many")
    line = ModbusLine(machine, ModbusPlace(box.host, box.port))
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
