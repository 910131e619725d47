"""A serial port with a role, over whatever carries its bytes: what the driver and the simulator have in common."""

from abc import abstractmethod
from typing import Literal

from hal.buses.lines import line_of
from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadRequest, HalError
from hal.kinds.serial_port import LOOPBACK, SerialPort, SerialRole
from hal.machine import Machine
from hal.protocols.serial.bridge import Bridge
from hal.protocols.serial.keyboard import Keyboard
from hal.protocols.serial.pos import Pos

Use = Bridge | Keyboard | Pos


class RolePort(SerialPort):
    """A port; a subclass opens its line. `path` names the line among those of the machine."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        path: str,
        settings: SerialSettings,
        role: SerialRole,
        listen: tuple[str, int],
    ) -> None:
        super().__init__(name)
        self._machine = machine
        self._shared = line_of(machine, path)
        self._settings = settings
        self._role = role
        self._listen = listen
        self._use: Use | None = None

    @abstractmethod
    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Open what carries the bytes; raises `Offline`."""

    def open(self) -> None:
        """Take the role."""
        self._begin()

    def close(self) -> None:
        """Let go of the line."""
        if self._use is not None:
            self._use.close()
            self._use = None
        self.wanted_s = None
        self.change(listens="", client="")

    def fileno(self) -> int | None:
        """Give what the role listens to."""
        return None if self._use is None else self._use.fileno()

    def readable(self) -> None:
        """Let the role take what came."""
        if self._use is not None:
            self._use.readable(self._machine.monotonic_s())
            self.wanted_s = self._use.wanted_s

    def poll(self) -> None:
        """Let the role do what is late."""
        if self._use is not None:
            self._use.poll(self._machine.monotonic_s())
            self.wanted_s = self._use.wanted_s

    def take_role(self, *, role: SerialRole, listen_host: str = LOOPBACK, listen_port: int = 0) -> None:
        """Use the port for something else."""
        self.require_online()
        if not 0 <= listen_port <= 65535:
            raise BadRequest(f"{self.name}: {listen_port} is no TCP port")
        self._role, self._listen = role, (listen_host, listen_port)
        self._again()

    def set_line(
        self,
        *,
        baud: int,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
    ) -> None:
        """Set the line anew."""
        self.require_online()
        self._settings = self._settings.spoken(baud, data_bits, parity, stop_bits)
        self._again()

    def _again(self) -> None:
        self.close()
        try:
            self._begin()
        except HalError as error:
            self.go_offline(str(error))
            self._shared.declare("nothing")
            raise

    def _begin(self) -> None:
        self._shared.declare(self._role)
        if self._role in {SerialRole.CONSOLE, SerialRole.PTZ}:
            self.come_online(role=self._role, baud=self._settings.baud)
            return
        line = self.open_line(self._settings)
        match self._role:
            case SerialRole.BRIDGE:
                self._use = Bridge(line, *self._listen, lambda client: self.change(client=client))
            case SerialRole.KEYBOARD:
                self._use = Keyboard(self.name, line, self.tell)
            case _:
                self._use = Pos(self.name, line, self.tell)
        listens = self._use.listens if isinstance(self._use, Bridge) else ""
        self.come_online(role=self._role, baud=self._settings.baud, listens=listens)
