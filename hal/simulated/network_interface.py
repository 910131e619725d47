"""An interface with a cable that can be pulled, and a stranger who takes its address."""

import ipaddress

from hal.errors import BadRequest
from hal.kinds.network_interface import NetworkInterface, NetworkInterfaceState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable

RIVAL = "02:00:00:00:be:ef"


class SimulatedNetworkInterface(Breakable[NetworkInterfaceState], NetworkInterface):
    """A gigabit interface with one address."""

    def __init__(
        self, name: str, machine: Machine, *, mac: str = "02:00:00:00:00:01", address: str = "192.168.1.108/24"
    ) -> None:
        super().__init__(name)
        del machine
        self._mac, self._address = mac, address
        self._plugged = True
        self._rivals: dict[str, str] = {}

    def open(self) -> None:
        """Come up."""
        self.require_whole()
        self.come_online(mac=self._mac, mtu=1500, addresses=(self._address,), **self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Look at the cable."""
        self.change(**self._look())

    def test_conflict(self, *, address: str) -> str:
        """Tell who has this address."""
        self.require_online()
        try:
            return self._rivals.get(str(ipaddress.IPv4Address(address)), "") if self._plugged else ""
        except ValueError:
            raise BadRequest(f"{address} is not an IPv4 address") from None

    @gesture
    def plug(self, *, plugged: bool) -> None:
        """Pull the cable, or put it back."""
        self._plugged = plugged
        if self.state.online:
            self.poll()

    @gesture
    def rival(self, *, address: str, there: bool = True) -> None:
        """Let a stranger on the net take this address, or go."""
        if there:
            self._rivals[address] = RIVAL
        else:
            self._rivals.pop(address, None)
        if self.state.online:
            self.poll()

    def _look(self) -> dict[str, object]:
        own = self._address.partition("/")[0]
        speed = 1000 if self._plugged else 0
        conflict = self._rivals.get(own, "") if self._plugged else ""
        return {"link": self._plugged, "speed_mbit_s": speed, "full_duplex": self._plugged, "conflict_mac": conflict}


DRIVER = SimulatedNetworkInterface
