"""Domes on a serial line: RS-485 turned by the kernel, an adapter that turns by itself, or RS-232."""

from typing import Literal

from hal.buses.lines import line_of
from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import HalError, words_of
from hal.machine import Machine
from hal.protocols.ptz.bus import LinePtzBus


class SerialPtzBus(LinePtzBus):
    """A tty; `port` is its name below /dev. `rs485` lets the kernel turn the pair (TIOCSRS485)."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        port: str,
        baud: int = 9600,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
        *,
        rs485: bool = True,
    ) -> None:
        super().__init__(name, machine, SerialSettings(baud, data_bits, parity, stop_bits, rs485=rs485))
        self._port = machine.dev / port
        self._shared = line_of(machine, port)
        self.model = f"serial line {port}"

    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Open the tty, unless a port that has a role uses it otherwise."""
        self._shared.require_domes(self)
        return self._machine.serial(self._port, settings)

    def give_up(self, reason: str) -> None:
        """Stop what moves and let go of the line; the port has another role now."""
        self.close()
        self.go_offline(reason)

    def take_again(self) -> None:
        """Take the line again."""
        if self.state.online:
            return
        try:
            self.open()
        except (HalError, OSError) as error:
            self.close()
            self.go_offline(words_of(error))


DRIVER = SerialPtzBus
