"""Ports of the recorder's own switch: link, speed, isolation, who is behind them (D-NET-19, D-CAM-10)."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


@dataclass(frozen=True)
class SwitchPortState(DeviceState):
    """One port. `macs` are those it learned; `isolated`: it reaches the recorder and no other port.

    `long_reach`: it is held at 10 Mbit/s, which carries farther and is enough for one stream below 1080p.
    """

    number: int = 0
    link: bool = False
    speed_mbit_s: int = 0
    full_duplex: bool = False
    isolated: bool = False
    long_reach: bool = False
    macs: tuple[str, ...] = ()
    kind: str = "switch_port"


class SwitchPort(Device[SwitchPortState]):
    """A port, looked at every second."""

    kind = "switch_port"
    state_type = SwitchPortState
    poll_s = 1.0

    @verb()
    @abstractmethod
    def isolate(self, *, isolated: bool) -> None:
        """Let the port reach only the recorder, or the other ports too; raises `Offline`."""

    @verb()
    @abstractmethod
    def reach_far(self, *, far: bool) -> None:
        """Hold the port at 10 Mbit/s, or let it find its speed; raises `Offline`, `Unsupported`."""
