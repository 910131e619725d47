"""The listening end of a process's unix socket."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

from recorder.client.instance import file_mode
from recorder.sockets.connection import Connection, Session
from recorder.sockets.outbox import Soon

log = logging.getLogger(__name__)

MOST_CLIENTS = 256


class Listener:
    """Accepts clients at a path, of this user or in a shared folder of its group; `make` builds the session of each.

    What they are sent leaves when `soon` calls back (`recorder.sockets.outbox`).
    """

    def __init__(self, path: Path, make: Callable[[Connection], Session], soon: Soon | None = None) -> None:
        self._path = path
        self._make = make
        self._soon = soon
        self._clients: set[Connection] = set()
        self._sock: socket.socket | None = None

    def open(self) -> None:
        """Listen, in place of a socket that a dead process left behind."""
        loop = asyncio.get_running_loop()
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Bound under another name and moved into place: no client ever finds a socket that nobody listens on.
        fresh = self._path.with_name(f".{self._path.name[:1]}{os.getpid()}")
        fresh.unlink(missing_ok=True)
        sock.bind(str(fresh))
        fresh.chmod(file_mode(fresh.parent, writing=True))
        sock.listen(64)
        fresh.replace(self._path)
        sock.setblocking(False)
        loop.add_reader(sock, self._accept, sock, loop)
        self._sock = sock

    def close(self) -> None:
        """Stop listening and hang up on all clients."""
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None
        for client in list(self._clients):
            client.close()

    def _accept(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        try:
            taken, _address = sock.accept()
        except OSError as error:
            if not isinstance(error, BlockingIOError):
                log.warning("A client could not be accepted: %s", error.strerror)
            return
        if len(self._clients) >= MOST_CLIENTS:
            log.warning("More than %d clients; one is turned away.", MOST_CLIENTS)
            taken.close()
            return
        client = Connection(taken, loop, self._soon)
        self._clients.add(client)
        client.session = _Counted(self._make(client), lambda: self._clients.discard(client))


class _Counted:
    """A session that tells the listener when its connection is gone."""

    def __init__(self, inner: Session, gone: Callable[[], None]) -> None:
        self.received = inner.received
        self.drained = inner.drained
        self._inner = inner
        self._gone = gone

    def closed(self) -> None:
        self._gone()
        self._inner.closed()
