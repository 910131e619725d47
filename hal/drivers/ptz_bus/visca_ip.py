"""A camera that takes VISCA by the network: TCP or UDP 1259 as it is, or Sony's UDP 52381 with its header."""

from typing import Literal

from hal.buses.serial import SerialLine, SerialSettings
from hal.buses.visca_ip import ViscaIp
from hal.errors import Unsupported
from hal.machine import Machine
from hal.protocols.ptz.bus import LinePtzBus


class ViscaIpPtzBus(LinePtzBus):
    """One camera, always at address 1."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        host: str,
        port: int = 1259,
        transport: Literal["tcp", "udp", "sony"] = "tcp",
    ) -> None:
        super().__init__(name, machine, SerialSettings(baud=0))
        self._place = (host, port)
        self._transport: Literal["tcp", "udp", "sony"] = transport
        self.model = f"VISCA at {host}:{port}"

    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Connect."""
        del settings
        return ViscaIp(*self._place, self._transport)

    def set_line(
        self,
        *,
        baud: int,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
    ) -> None:
        """There is no line to set."""
        del baud, data_bits, parity, stop_bits
        self.require_online()
        raise Unsupported(f"{self.name} is reached by the network; it has no serial settings")


DRIVER = ViscaIpPtzBus
