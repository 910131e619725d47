"""A serial line: bytes out, bytes in, and the turning of an RS-485 pair by the kernel."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, Self

from hal.errors import BadRequest, Offline

SLOWEST_BAUD = 300
FASTEST_BAUD = 921_600
"""No dome, till or keyboard is slower or faster, and what is far outside is a slip of the pen."""


@dataclass(frozen=True)
class SerialSettings:
    """How a line is set. With `rs485` the kernel turns the pair (TIOCSRS485); adapters that turn it refuse that."""

    baud: int = 9600
    data_bits: Literal[5, 6, 7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    rs485: bool = False

    def spoken(
        self, baud: int, data_bits: Literal[7, 8], parity: Literal["N", "E", "O"], stop_bits: Literal[1, 2]
    ) -> Self:
        """Give the same line for who speaks like this; raises `BadRequest` for a speed that no line has."""
        if not SLOWEST_BAUD <= baud <= FASTEST_BAUD:
            raise BadRequest(f"{baud} baud is no speed of a serial line: {SLOWEST_BAUD} to {FASTEST_BAUD}")
        return replace(self, baud=baud, data_bits=data_bits, parity=parity, stop_bits=stop_bits)


class SerialLine(Protocol):
    """One open line. Calls raise `OSError` when it is gone."""

    def write(self, data: bytes, /) -> None:
        """Send, and wait until the last bit is out."""
        ...

    def read(self, size: int, timeout_s: float) -> bytes:
        """Give at most `size` bytes: those that came within the time."""
        ...

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when bytes came."""
        ...

    def close(self) -> None:
        """Let go of the line."""
        ...


class LinuxSerial:
    """A tty of the kernel, by pyserial, held alone."""

    def __init__(self, path: Path, settings: SerialSettings) -> None:
        import serial
        from serial.rs485 import RS485Settings

        try:
            self._line = serial.Serial(
                str(path),
                settings.baud,
                bytesize=settings.data_bits,
                parity=settings.parity,
                stopbits=settings.stop_bits,
                exclusive=True,
            )
        except (OSError, ValueError) as error:
            raise Offline(f"{path}: {error}") from None
        if settings.rs485:
            try:
                self._line.rs485_mode = RS485Settings()
            except (OSError, ValueError):
                self._line.close()
                words = "the kernel cannot turn an RS-485 pair here; if the adapter does, its board says rs485 = false"
                raise Offline(f"{path}: {words}") from None

    def write(self, data: bytes, /) -> None:
        """Send, and wait until the last bit is out."""
        self._line.write(data)
        self._line.flush()

    def read(self, size: int, timeout_s: float) -> bytes:
        """Give at most `size` bytes: those that came within the time."""
        self._line.timeout = timeout_s
        return self._line.read(size)

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when bytes came."""
        return self._line.fileno()

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()


def open_serial(path: Path, settings: SerialSettings) -> SerialLine:
    """Open a line of this machine; raises `Offline`."""
    return LinuxSerial(path, settings)
