"""A line to a service of the hardware layer: JSON lines over a unix socket.

Whoever shares the folder of the sockets could listen there while a service is away. What is said goes to the service's
own user alone, or to nobody.
"""

import os
import socket
from collections import deque
from pathlib import Path
from typing import Any, Self

import msgspec

from hal.access import peer_of

HAL_USER, ADMIN_USER = "nightjar-hal", "root"
"""Who serves the two sockets on the target. On a laptop all processes are one user."""
LONGEST_LINE = 1 << 20


class HalUnavailable(Exception):
    """The hal process does not answer, or refused; the text is for people."""


class HalRefused(HalUnavailable):
    """It answered that this cannot be done."""


def require_served_by(user: str, connected: socket.socket) -> None:
    """Raise `HalUnavailable` where a socket is served by somebody else than this user, or our own."""
    server = peer_of(connected)
    if server.uid != os.getuid() and server.user != user:
        raise HalUnavailable(f"The hardware service does not answer: {server.user} listens in its place")


class Connection:
    """A blocking connection. What is pushed between answers is kept for who waits for it."""

    def __init__(self, path: Path, timeout_s: float, pushed: frozenset[str], user: str) -> None:
        """`pushed` are the ops of lines that answer no request, `user` is who serves. Raises `HalUnavailable`."""
        self._ops = pushed
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
            require_served_by(user, self._socket)
        except OSError as error:
            self._socket.close()
            raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
        except HalUnavailable:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self._id = 0
        self.pushed: deque[dict[str, Any]] = deque()

    def fileno(self) -> int:
        """Give the socket's descriptor, for a loop that waits for several."""
        return self._socket.fileno()

    def request(self, **request: Any) -> dict[str, Any]:
        """Send a request and give its answer; raises `HalUnavailable` with the words of a refusal."""
        return self.await_answer(self.send(**request))

    def send(self, **request: Any) -> int:
        """Send a request, and give the number that its answer will have."""
        self._id += 1
        try:
            self._socket.sendall(msgspec.json.encode({**request, "id": self._id}) + b"\n")
        except OSError as error:
            raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
        return self._id

    def await_answer(self, number: int) -> dict[str, Any]:
        """Wait for the answer to a request."""
        while True:
            answer = self.read()
            if self.keep(answer):
                continue
            if answer.get("op") == "error":
                raise HalRefused(answer["words"])
            if answer.get("id") == number:
                return answer

    def keep(self, message: dict[str, Any]) -> bool:
        """Put a pushed line aside; tells whether it was one."""
        pushed = message.get("op") in self._ops
        if pushed:
            self.pushed.append(message)
        return pushed

    def read(self) -> dict[str, Any]:
        """Wait for the next line of any kind."""
        try:
            line = self._lines.readline(LONGEST_LINE)
        except OSError as error:
            raise HalUnavailable(f"The hardware service does not answer: {error}") from error
        if not line:
            raise HalUnavailable("The hardware service hung up")
        return msgspec.json.decode(line)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
