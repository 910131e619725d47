"""Machines with a Modbus box that is not ours at the other end."""

from pathlib import Path

from hal.buses.modbus import ModbusPlace
from hal.machine import Machine
from tests.peers.modbus_server import ModbusBox

UNIT = 3


class Boxed:
    """A box by `tcp` or `rtu`, and where a board would say that it is."""

    def __init__(self, place, how, clock):
        self.box = ModbusBox(place, how)
        self.machine = Machine(monotonic_s=clock, dev=Path("/"))
        if how == "tcp":
            self.place = ModbusPlace(host="127.0.0.1", port=self.box.port)
        else:
            self.place = ModbusPlace(serial=self.box.cable.names[0].lstrip("/"))
