"""Machines with a Modbus box that is not ours at the other end."""

from pathlib import Path

from hal.buses.modbus import ModbusPlace
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.fakes.clock import Clock
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


class ModbusRig(Rig):
    """One device at such a box: `made` gets the machine and the place."""

    def __init__(self, place, how, made):
        self.clock = Clock()
        self.boxed = Boxed(place, how, self.clock)
        self.box = self.boxed.box
        super().__init__(made(self.boxed.machine, self.boxed.place))

    def lose(self):
        self.box.stop()

    def end(self):
        self.device.close()
        self.box.close()
