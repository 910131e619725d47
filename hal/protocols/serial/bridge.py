"""One TCP client has a serial line, byte for byte, both ways; a second one is sent away."""

import contextlib
import select
import socket
from collections.abc import Callable

from hal.buses.serial import SerialLine
from hal.errors import Offline

MOST_WAITING = 65536
"""Bytes that wait for a client that does not read; then it is dropped, for the line does not wait."""
AT_ONCE = 128
"""Bytes taken from the client at a time: at 9600 baud an eighth of a second; TCP lets the rest wait."""


class Bridge:
    """A line and a listener."""

    def __init__(self, line: SerialLine, host: str, port: int, changed: Callable[[str], None]) -> None:
        self._line = line
        self._changed = changed
        self._client: socket.socket | None = None
        self._waiting = b""
        self.wanted_s: float | None = None
        try:
            [family, kind, protocol, _name, place] = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            )[0]
            self._listener = socket.socket(family, kind, protocol)
        except OSError as error:
            line.close()
            raise Offline(f"{host} is no address of this recorder: {error.strerror or error}") from None
        try:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind(place)
            self._listener.listen(1)
        except OSError as error:
            self._listener.close()
            line.close()
            raise Offline(f"cannot listen at {host} port {port}: {error.strerror or error}") from None
        self._listener.setblocking(False)
        self._poller = select.epoll()
        for one in (self._listener, line):
            self._poller.register(one.fileno(), select.EPOLLIN)

    @property
    def listens(self) -> str:
        """Where it listens."""
        host, port = self._listener.getsockname()[:2]
        return f"{host}:{port}"

    def fileno(self) -> int:
        """Give what is readable when the line, the listener or the client is."""
        return self._poller.fileno()

    def readable(self, now_s: float) -> None:
        """Carry what came; raises `OSError` when the line is gone."""
        del now_s
        for descriptor, _event in self._poller.poll(0):
            if descriptor == self._listener.fileno():
                self._accept()
            elif descriptor == self._line.fileno():
                self._from_line()
            elif self._client is not None and descriptor == self._client.fileno():
                self._from_client()

    def poll(self, now_s: float) -> None:
        """Nothing is late here."""

    def close(self) -> None:
        """Hang up, and let go of the line."""
        self._hang_up()
        self._poller.close()
        self._listener.close()
        self._line.close()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            client, place = self._listener.accept()
            if self._client is not None:
                client.close()
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client, self._waiting = client, b""
            self._poller.register(client.fileno(), select.EPOLLIN)
            self._changed(f"{place[0]}:{place[1]}")

    def _from_line(self) -> None:
        data = self._line.read(4096, 0)
        if not data:
            raise OSError(5, "the line is gone")
        if self._client is None:
            return
        self._waiting += data
        if len(self._waiting) > MOST_WAITING:
            self._hang_up()
        else:
            self._push()

    def _from_client(self) -> None:
        if self._client is None:
            return
        try:
            data = self._client.recv(AT_ONCE)
        except BlockingIOError:
            self._push()  # it was woken because the client takes more
            return
        except OSError:
            data = b""
        if data:
            self._line.write(data)
            self._push()
        else:
            self._hang_up()

    def _push(self) -> None:
        """Write what waits; what does not fit waits until the client took some."""
        if self._client is None:
            return
        try:
            if self._waiting:
                self._waiting = self._waiting[self._client.send(self._waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up()
            return
        events = select.EPOLLIN | (select.EPOLLOUT if self._waiting else 0)
        self._poller.modify(self._client.fileno(), events)

    def _hang_up(self) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._poller.unregister(self._client.fileno())
            self._client.close()
            self._client, self._waiting = None, b""
            self._changed("")
