"""Serial ports with a role that can be changed: console, bridge to TCP, keyboard, domes, or a till's lines of text."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.kinds.verbs import verb

LOOPBACK = "127.0.0.1"


class SerialRole(StrEnum):
    """What a port is used for. Only one of them has the line."""

    CONSOLE = "console"
    """The system's login has the line; nothing here opens it."""
    BRIDGE = "bridge"
    """One TCP client has the line, byte for byte."""
    KEYBOARD = "keyboard"
    """A keyboard for domes sends Pelco-D; what it asks is told as events."""
    PTZ = "ptz"
    """A `ptz_bus` of the same tty has the line."""
    POS = "pos"
    """A till prints here; its lines are told as events."""


@dataclass(frozen=True)
class SerialPortState(DeviceState):
    """One port. `listens` is where a bridge waits for its client, `client` who that is; empty: nobody."""

    role: SerialRole = SerialRole.CONSOLE
    baud: int = 0
    listens: str = ""
    client: str = ""
    kind: str = "serial_port"


@dataclass(frozen=True)
class SerialHeard(DeviceEvent):
    """What came in at a port: a line of a till, with how many were left out before, or what a keyboard asks of a dome.

    `action` is `move`, or an action of the kind `ptz_bus` with its number; speeds are shares of full speed.
    """

    text: str = ""
    lost: int = 0
    address: int = 0
    action: str = ""
    number: int = 0
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0
    iris: float = 0.0
    kind: str = "serial_port"


class SerialPort(Device[SerialPortState]):
    """A port whose role is changed while it runs."""

    kind = "serial_port"
    state_type = SerialPortState

    @verb()
    @abstractmethod
    def take_role(self, *, role: SerialRole, listen_host: str = LOOPBACK, listen_port: int = 0) -> None:
        """Use the port for something else; a bridge listens there, at a free port for 0.

        Raises `BadRequest`, and `Offline` if the role cannot be taken; then the port has none until it is opened again.
        """

    @verb()
    @abstractmethod
    def set_line(
        self,
        *,
        baud: int,
        data_bits: Literal[7, 8] = 8,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 1,
    ) -> None:
        """Set the line; its role begins anew. Raises `Offline`, `BadRequest`."""
