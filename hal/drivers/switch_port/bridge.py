"""A port of a switch that the kernel drives (DSA), or any interface in a bridge."""

import re
from typing import Annotated, Any

import msgspec

from hal.errors import Offline, Unsupported
from hal.kinds.switch_port import SwitchPort
from hal.machine import Machine
from hal.network.forwarding import ask, line_speed, macs_behind

NAME = re.compile(r"[A-Za-z0-9._-]{1,15}")
PATIENCE_S = 3.0
FAR_MBIT_S = 10


class BridgePort(SwitchPort):
    """The interface of this name, with the number that stands on the case. It is isolated unless the board says not."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        interface: str,
        number: Annotated[int, msgspec.Meta(ge=1, le=64)],
        isolated: bool = True,
    ) -> None:
        super().__init__(name)
        self._machine = machine
        self._interface, self._number, self._isolated = interface, number, isolated
        self._far = False

    def open(self) -> None:
        """Look whether it is there, and isolate it."""
        if not NAME.fullmatch(self._interface):
            raise Offline(f"{self._interface!r} is not a name of an interface")
        found = self._look()
        if found["isolated"] is not self._isolated:
            # On the target networkd did that, and hal may not.
            self._set_isolated(isolated=self._isolated)
            found = self._look()
        self.come_online(number=self._number, **found)

    def close(self) -> None:
        """Go; the port stays as it is."""

    def poll(self) -> None:
        """Look again."""
        self.change(**self._look())

    def isolate(self, *, isolated: bool) -> None:
        """Let the port reach only the recorder, or the other ports too."""
        self.require_online()
        self._isolated = isolated
        self._set_isolated(isolated=isolated)
        self.poll()

    def reach_far(self, *, far: bool) -> None:
        """Hold the port at 10 Mbit/s, or let it find its speed."""
        self.require_online()
        words = ["speed", str(FAR_MBIT_S), "duplex", "full", "autoneg", "off"] if far else ["autoneg", "on"]
        ended = self._machine.run(["ethtool", "-s", self._interface, *words], PATIENCE_S)
        if ended.status:
            raise Unsupported(f"{self.name} has a fixed speed: {ended.complaint[:100]}")
        self._far = far
        self.poll()

    def _set_isolated(self, *, isolated: bool) -> None:
        argv = ["bridge", "link", "set", "dev", self._interface, "isolated", "on" if isolated else "off"]
        ended = self._machine.run(argv, PATIENCE_S)
        if ended.status:
            raise Offline(f"{self._interface} is in no bridge: {ended.complaint[:100]}")

    def _look(self) -> dict[str, Any]:
        port = ask(self._machine, "bridge", "-j", "-d", "link", "show", "dev", self._interface)
        if not port:
            raise Offline(f"{self._interface} is in no bridge")
        link = "LOWER_UP" in port[0].get("flags", [])
        speed, duplex = line_speed(self._machine, self._interface)
        return {
            "link": link,
            "speed_mbit_s": speed if link else 0,
            "full_duplex": duplex and link,
            "isolated": bool(port[0].get("isolated")),
            "long_reach": self._far,
            "macs": macs_behind(self._machine, self._interface) if link else (),
        }


DRIVER = BridgePort
