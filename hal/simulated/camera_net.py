"""A camera net in memory: cameras that have power ask for an address some seconds later, and take it."""

import ipaddress

from hal.kinds.camera_net import CameraNet, CameraNetState
from hal.machine import Machine
from hal.network.seats import Seats
from hal.simulated.breakable import Breakable
from hal.simulated.cameras import camera_mac
from hal.simulated.wires import wires_of

BOOTS_S = 4.0
"""How long a camera takes from power to asking for an address; real ones take 20 to 60 s."""


class SimulatedCameraNet(Breakable[CameraNetState], CameraNet):
    """The net behind the ports of a supply."""

    def __init__(self, name: str, machine: Machine, *, net: str = "10.1.1.1/24", supply: str = "PSE") -> None:
        super().__init__(name)
        self._monotonic_s = machine.monotonic_s
        self._wires = wires_of(machine)
        self._supply = supply
        self._own = ipaddress.IPv4Interface(net)
        self._seats = Seats(self._own.network)
        self._since: dict[str, float] = {}

    def open(self) -> None:
        """Find the seats that were given."""
        self.require_whole()
        self._look()
        addresses = {"own_address": str(self._own.ip), "first_address": self._seats.address(1)}
        self.come_online(**addresses, seats=self._seats.all(), strangers=self._seats.strangers)

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Look who came and who went."""
        self._look()
        self._tell()

    def seat(self, *, mac: str, number: int) -> None:
        """Give a camera this seat."""
        self.require_online()
        self._seats.give(mac, number)
        self._tell()

    def forget(self, *, mac: str) -> None:
        """Free a camera's seat."""
        self.require_online()
        self._seats.forget(mac)
        self._tell()

    def _look(self) -> None:
        now_s = self._monotonic_s()
        there = {
            camera_mac(wire.camera): wire for wire in self._wires.all() if wire.powered and wire.supply == self._supply
        }
        self._since = {mac: self._since.get(mac, now_s) for mac in there}
        awake = {mac: wire for mac, wire in there.items() if now_s - self._since[mac] >= BOOTS_S}
        seen: dict[int, list[str]] = {}
        for mac, wire in awake.items():
            seen.setdefault(wire.port, []).append(mac)
        self._seats.take_place(seen)
        self._seats.lease({mac: wire.camera for mac, wire in awake.items() if mac in self._seats.taken})

    def _tell(self) -> None:
        self.change(seats=self._seats.all(), strangers=self._seats.strangers)


DRIVER = SimulatedCameraNet
