"""VISCA packets by the network, as if it were a serial line."""

import select
import socket
import struct
from typing import Literal

from hal.errors import Offline

CONNECTING_S = 2.0
COMMAND, INQUIRY, REPLY, CONTROL = 0x0100, 0x0110, 0x0111, 0x0200
_HEADER = struct.Struct(">HHI")


class ViscaIp:
    """A connection. `sony` puts 8 bytes before each packet: what it is, its length and its number."""

    def __init__(self, host: str, port: int, transport: Literal["tcp", "udp", "sony"]) -> None:
        self._sony = transport == "sony"
        self._number = 0
        try:
            [family, kind, protocol, _name, place] = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
            )[0]
        except OSError as error:
            raise Offline(f"{host}: {error.strerror or error}") from None
        self._socket = socket.socket(family, kind, protocol)
        try:
            self._socket.settimeout(CONNECTING_S)
            self._socket.connect(place)
        except OSError as error:
            self._socket.close()
            raise Offline(f"{host}:{port}: {error.strerror or error}") from None
        if self._sony:
            # The camera counts from here (Sony, "RESET sequence number").
            self._socket.send(_HEADER.pack(CONTROL, 1, 0) + b"\x01")

    def write(self, data: bytes, /) -> None:
        """Send a packet. Addresses are not dealt out by the network, so that packets for all are left out."""
        if data[:1] == b"\x88":
            return
        if self._sony:
            self._number = (self._number + 1) & 0xFFFFFFFF
            data = _HEADER.pack(INQUIRY if data[1:2] == b"\x09" else COMMAND, len(data), self._number) + data
        self._socket.sendall(data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """Give what came within the time; raises `ConnectionResetError` at the end of a connection."""
        ready = select.poll()
        ready.register(self._socket, select.POLLIN)
        if not ready.poll(timeout_s * 1000):
            return b""
        data = self._socket.recv(max(size, 64))
        if not data and self._socket.type == socket.SOCK_STREAM:
            raise ConnectionResetError(104, "the camera hung up")
        if not self._sony:
            return data
        if len(data) < _HEADER.size or _HEADER.unpack_from(data)[0] != REPLY:
            return b""
        return data[_HEADER.size :]

    def fileno(self) -> int:
        """Give the socket."""
        return self._socket.fileno()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
