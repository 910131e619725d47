"""A serial port with a hand at the other end of its cable."""

import contextlib
import os
import socket

from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import Offline
from hal.kinds.serial_port import LOOPBACK, SerialPortState, SerialRole
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.protocols.serial.port import RolePort
from hal.simulated.breakable import Breakable

MOST_SENT = 4096
"""Characters a hand sends at once."""


class CableEnd:
    """The recorder's end of a cable."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def write(self, data: bytes, /) -> None:
        """Send."""
        self._end.sendall(data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """Give what came."""
        self._end.settimeout(timeout_s or None)
        return self._end.recv(size)

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._end.fileno()

    def close(self) -> None:
        """Unplug."""
        self._end.close()


class SimulatedSerialPort(Breakable[SerialPortState], RolePort):
    """A port; what a till or a keyboard sends comes from a hand."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        role: SerialRole = SerialRole.CONSOLE,
        listen_host: str = LOOPBACK,
        listen_port: int = 0,
    ) -> None:
        super().__init__(name, machine, name, SerialSettings(115200), role, (listen_host, listen_port))
        self._far: socket.socket | None = None

    def open(self) -> None:
        """Take the role."""
        self.require_whole()
        super().open()

    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Plug the cable in."""
        del settings
        self.require_whole()
        near, self._far = socket.socketpair()
        self._far.setblocking(False)
        return CableEnd(near)

    def close(self) -> None:
        """Unplug the cable."""
        super().close()
        if self._far is not None:
            self._far.close()
            self._far = None

    @gesture
    def send(self, *, text: str) -> None:
        """Send from the far end; each character is a byte."""
        if self._far is None:
            raise Offline(f"{self.name}: nobody has the line")
        with contextlib.suppress(BlockingIOError):
            self._far.send(text.encode("latin-1", "replace")[:MOST_SENT])

    @gesture
    def received(self) -> str:
        """Give what came out at the far end since it was last asked."""
        if self._far is None:
            return ""
        try:
            return os.read(self._far.fileno(), 65536).decode("latin-1")
        except BlockingIOError:
            return ""


DRIVER = SimulatedSerialPort
