"""One client of our unix socket: whom the kernel says it is, its messages, and what we have for it."""

import asyncio
import logging
import socket
import struct
from dataclasses import dataclass
from typing import Any, Protocol, Self

from recorder.client import wire
from recorder.client.errors import NightjarError, Refused
from recorder.client.tap import Failed
from recorder.sockets import trust
from recorder.sockets.outbox import Carrier, Outbox, Soon

log = logging.getLogger(__name__)

_PEERCRED = struct.Struct("iII")
_READ_BYTES = 1 << 16
# A client that asks and asks and never reads its answers is hung up on.
MOST_WAITING_BYTES = 256 << 20


@dataclass(frozen=True)
class Peer:
    """Who is at the other end, by SO_PEERCRED (unix(7))."""

    pid: int
    uid: int
    gid: int

    @classmethod
    def of(cls, sock: socket.socket) -> Self:
        """Ask the kernel."""
        return cls(*_PEERCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size)))

    @property
    def trusted(self) -> bool:
        """Whether it may look at everything, and so needs no grant."""
        return trust.sees(self.uid)

    def require_trust(self, what: str) -> None:
        """Raise `Refused` for what only those may who need no grant."""
        if not self.trusted:
            raise Refused(what=what)

    def require_steering(self, what: str) -> None:
        """Raise `Refused` for what only those may who say what this process does."""
        if not self.steers:
            raise Refused(what=what)

    @property
    def asks_logins(self) -> bool:
        """Whether it may ask control about logins by RTSP."""
        return trust.asks_logins(self.uid)

    @property
    def steers(self) -> bool:
        """Whether it may say what this process does."""
        return trust.steers(self.uid)

    @property
    def brings_motion(self) -> bool:
        """Whether it may say what moved."""
        return trust.brings_motion(self.uid)


class Session(Protocol):
    """What a service does for one connection."""

    def received(self, message: dict[str, Any]) -> None:
        """A message came; a `NightjarError` raised here is told to the client."""
        ...

    def drained(self) -> None:
        """The client has taken everything that waited for it."""
        ...

    def closed(self) -> None:
        """The client is gone; called once."""
        ...


class Connection:
    """Reads frames and hands messages to a `Session`; a damaged frame closes this connection and no other."""

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop, soon: Soon | None = None) -> None:
        self.peer = Peer.of(sock)
        self.session: Session | None = None
        self._sock = sock
        self._loop = loop
        self._splitter = wire.Splitter()
        self._outbox = Outbox(sock, loop, self._drained, self._broken, soon)
        self._closed = False
        sock.setblocking(False)
        loop.add_reader(sock, self._readable)

    @property
    def backlog(self) -> int:
        """Bytes that the client has not taken yet."""
        return self._outbox.bytes

    def send(self, message: Any) -> None:
        """Queue one message."""
        if self._outbox.bytes > MOST_WAITING_BYTES:
            log.warning("A client (pid %d) does not read its answers; hung up.", self.peer.pid)
            self.close()
            return
        self._outbox.put(wire.encode(message))

    def send_with(self, message: Any, descriptor: int) -> None:
        """Queue one message that takes a file descriptor along; the caller keeps its own."""
        self._outbox.put(Carrier.of(wire.encode(message), descriptor))

    def put(self, header: bytes, data: bytes | memoryview) -> None:
        """Queue a sample frame: its packed header, then its data, which must not change any more."""
        self._outbox.put(header, data)

    def close(self) -> None:
        """Hang up; what can leave at once still leaves."""
        if self._closed:
            return
        self._closed = True
        self._outbox.flush()
        self._outbox.close()
        self._loop.remove_reader(self._sock)
        self._sock.close()
        if self.session is not None:
            self.session.closed()

    def _readable(self) -> None:
        try:
            data = self._sock.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._broken(error)
            return
        if not data:
            self.close()
            return
        try:
            frames = self._splitter.feed(data)
            for kind, payload in frames:
                if kind == wire.MESSAGE:
                    self._message(wire.decode(payload))
                else:
                    log.warning("A client (pid %d) is hung up on: it sent a frame of kind %d.", self.peer.pid, kind)
                    self.close()
                if self._closed:
                    return
        except wire.BadFrame as error:
            log.warning("A client (pid %d) is hung up on: %s", self.peer.pid, error)
            self.close()

    def _message(self, message: dict[str, Any]) -> None:
        assert self.session is not None
        try:
            self.session.received(message)
        except wire.BadFrame:
            raise
        except NightjarError as error:
            asked = message.get("id")
            self.send(Failed(asked if isinstance(asked, int) else 0, error.code, str(error)))
        except Exception:
            log.exception("A request (%s) failed", message.get("op"))
            self.close()

    def _drained(self) -> None:
        if self.session is not None:
            self.session.drained()

    def _broken(self, _error: OSError) -> None:
        self.close()
