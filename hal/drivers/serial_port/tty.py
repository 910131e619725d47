"""A serial port of the machine, RS-232 or RS-485."""

from typing import Literal

from hal.buses.serial import SerialLine, SerialSettings
from hal.kinds.serial_port import LOOPBACK, SerialRole
from hal.machine import Machine
from hal.protocols.serial.port import RolePort


class TtySerialPort(RolePort):
    """A tty; `port` is its name below /dev. Domes on the same tty must have the same `bus`."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        port: str,
        role: SerialRole = SerialRole.CONSOLE,
        baud: int = 115200,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
        listen_host: str = LOOPBACK,
        listen_port: int = 0,
        *,
        rs485: bool = False,
    ) -> None:
        settings = SerialSettings(baud, data_bits, parity, stop_bits, rs485=rs485)
        super().__init__(name, machine, port, settings, role, (listen_host, listen_port))
        self._port = machine.dev / port
        self.model = f"serial line {port}"

    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Open the tty."""
        return self._machine.serial(self._port, settings)


DRIVER = TtySerialPort
