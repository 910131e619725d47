"""An I2C bus: SMBus transfers, and plain messages for chips that speak in frames."""

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Protocol

from hal.errors import Offline


class I2cBus(Protocol):
    """One adapter. Every call raises `OSError`, which names the chip's address, if the chip does not acknowledge."""

    def read_byte(self, address: int, register: int) -> int:
        """Read one register."""
        ...

    def write_byte(self, address: int, register: int, value: int) -> None:
        """Write one register."""
        ...

    def read_block(self, address: int, register: int, length: int) -> bytes:
        """Read registers one after another, or what a chip answers to this command; at most 32 bytes."""
        ...

    def write_block(self, address: int, register: int, data: bytes) -> None:
        """Write registers one after another; at most 32 bytes."""
        ...

    def read(self, address: int, length: int) -> bytes:
        """Read a message without naming a register."""
        ...

    def write(self, address: int, data: bytes) -> None:
        """Write a message."""
        ...

    def close(self) -> None:
        """Let go of the adapter."""
        ...


class LinuxI2c:
    """An adapter of the kernel, /dev/i2c-N, by smbus2."""

    def __init__(self, path: Path) -> None:
        from smbus2 import SMBus

        try:
            self._bus = SMBus(str(path))
        except OSError as error:
            raise Offline(f"{path}: {error.strerror}") from None

    def read_byte(self, address: int, register: int) -> int:
        """Read one register."""
        with _chip(address):
            return self._bus.read_byte_data(address, register)

    def write_byte(self, address: int, register: int, value: int) -> None:
        """Write one register."""
        with _chip(address):
            self._bus.write_byte_data(address, register, value)

    def read_block(self, address: int, register: int, length: int) -> bytes:
        """Read registers one after another."""
        with _chip(address):
            return bytes(self._bus.read_i2c_block_data(address, register, length))

    def write_block(self, address: int, register: int, data: bytes) -> None:
        """Write registers one after another."""
        with _chip(address):
            self._bus.write_i2c_block_data(address, register, list(data))

    def read(self, address: int, length: int) -> bytes:
        """Read a message without naming a register."""
        from smbus2 import i2c_msg

        message = i2c_msg.read(address, length)
        with _chip(address):
            self._bus.i2c_rdwr(message)
        return bytes(message)

    def write(self, address: int, data: bytes) -> None:
        """Write a message."""
        from smbus2 import i2c_msg

        with _chip(address):
            self._bus.i2c_rdwr(i2c_msg.write(address, list(data)))

    def close(self) -> None:
        """Let go of the adapter."""
        self._bus.close()


@contextlib.contextmanager
def _chip(address: int) -> Generator[None]:
    """Have what the kernel says name the chip: there are several at a bus."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, f"chip 0x{address:02X}: {error.strerror}") from error


def open_i2c(path: Path) -> I2cBus:
    """Open an adapter of this machine; raises `Offline`."""
    return LinuxI2c(path)
