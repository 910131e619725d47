"""A port of a simulated switch: there is a link while the camera at its end has power."""

from typing import Annotated

import msgspec

from hal.kinds.switch_port import SwitchPort, SwitchPortState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.cameras import camera_mac
from hal.simulated.wires import wires_of


class SimulatedSwitchPort(Breakable[SwitchPortState], SwitchPort):
    """The switch's side of a PoE port that `supply` feeds. `plug` puts something with its own power there."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        number: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1,
        supply: str = "",
    ) -> None:
        super().__init__(name)
        self._wires = wires_of(machine)
        self._number, self._supply = number, supply
        self._isolated, self._far = True, False
        self._plugged = ""

    def open(self) -> None:
        """Look who is there."""
        self.require_whole()
        self.come_online(number=self._number, **self._look())

    def close(self) -> None:
        """Go; the port stays as it is."""

    def poll(self) -> None:
        """Look who is there."""
        self.change(**self._look())

    def isolate(self, *, isolated: bool) -> None:
        """Let the port reach only the recorder, or the other ports too."""
        self.require_online()
        self._isolated = isolated
        self.poll()

    def reach_far(self, *, far: bool) -> None:
        """Hold the port at 10 Mbit/s, or let it find its speed."""
        self.require_online()
        self._far = far
        self.poll()

    @gesture
    def plug(self, *, mac: str = "") -> None:
        """Plug in something with its own power, or pull it."""
        self._plugged = mac
        if self.state.online:
            self.poll()

    def _look(self) -> dict[str, object]:
        wire = self._wires.at(self._supply, self._number)
        mac = camera_mac(wire.camera) if wire and wire.powered else self._plugged
        speed = (10 if self._far else 100) if mac else 0
        about = {"isolated": self._isolated, "long_reach": self._far, "macs": (mac,) if mac else ()}
        return {"link": bool(mac), "speed_mbit_s": speed, "full_duplex": bool(mac), **about}


DRIVER = SimulatedSwitchPort
