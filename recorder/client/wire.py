"""Frames on our unix sockets: a length, a kind, a payload; JSON messages and binary samples share one connection.

A frame is `u32 length of what follows · u8 kind · payload`, big-endian. Kind 0 is a JSON message, an object whose `op`
says which; kind 1 is a sample (see `recorder.client.tap`). A frame over `LONGEST_FRAME` is refused before its memory is
taken.
"""

import socket
import struct
from typing import TYPE_CHECKING, Any, Self

import msgspec

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    # Who has a reader has read it; an export, which has none, begins a tenth sooner without.
    import asyncio

HEADER = struct.Struct(">IB")
MESSAGE = 0
SAMPLE = 1
# The largest access unit that the depacketiser lets through is 8 MiB; the rest is room for its header.
LONGEST_FRAME = (8 << 20) + 65536


class BadFrame(NightjarError):
    """The other side of a socket sent what is not a frame; the connection is closed."""

    status = 400
    words = _("A process sent a damaged message: {problem}.")


_encoder = msgspec.json.Encoder()


def encode(message: Any) -> bytes:
    """Turn a message (mapping, or a dataclass with an `op` field) into a whole frame."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body) + 1, MESSAGE) + body


def decode(payload: bytes | memoryview) -> dict[str, Any]:
    """Turn the payload of a message frame into its object; raises `BadFrame`."""
    try:
        found = msgspec.json.decode(payload)
    except UNREADABLE as error:
        raise BadFrame(problem=str(error)) from error
    if not isinstance(found, dict) or not isinstance(found.get("op"), str):
        raise BadFrame(problem="no op")
    return found


class Splitter:
    """Cuts a byte stream into frames, without I/O. Feed it what arrived; it yields (kind, payload) pairs."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | memoryview) -> list[tuple[int, bytes]]:
        """Take received bytes, give the frames that are whole now; raises `BadFrame` on an absurd length."""
        buffer = self._buffer
        buffer += data
        frames: list[tuple[int, bytes]] = []
        at = 0
        while len(buffer) - at >= HEADER.size:
            length, kind = HEADER.unpack_from(buffer, at)
            if not 1 <= length <= LONGEST_FRAME:
                raise BadFrame(problem=f"a length of {length}")
            end = at + 4 + length
            if end > len(buffer):
                break
            frames.append((kind, bytes(memoryview(buffer)[at + HEADER.size : end])))
            at = end
        if at:
            del buffer[:at]
        return frames


async def read_frame(reader: "asyncio.StreamReader") -> tuple[int, bytes]:
    """Read one frame; raises `asyncio.IncompleteReadError` at the end and `BadFrame`."""
    length, kind = HEADER.unpack(await reader.readexactly(HEADER.size))
    if not 1 <= length <= LONGEST_FRAME:
        raise BadFrame(problem=f"a length of {length}")
    return kind, await reader.readexactly(length - 1)


class BlockingConnection:
    """A unix socket of a process, for callers with a thread of their own."""

    def __init__(self, path: str, timeout_s: float | None = 5.0) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout_s)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self._splitter = Splitter()
        self._waiting: list[tuple[int, bytes]] = []

    def send(self, message: Any) -> None:
        """Send one message."""
        self.socket.sendall(encode(message))

    def receive(self) -> tuple[int, bytes]:
        """Wait for one frame; raises `ConnectionError` at the end, `TimeoutError`, `BadFrame`."""
        while not self._waiting:
            data = self.socket.recv(1 << 18)
            if not data:
                raise ConnectionError("closed")
            self._waiting = self._splitter.feed(data)
        return self._waiting.pop(0)

    def request(self, message: Any) -> dict[str, Any]:
        """Send a message and wait for the next message that answers it."""
        self.send(message)
        while True:
            kind, payload = self.receive()
            if kind == MESSAGE:
                return decode(payload)

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
