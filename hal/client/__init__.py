"""What recorder and gui import of the hardware layer: a connection to the hal process."""

import json
import socket
from pathlib import Path
from typing import Any, Self

LONGEST_LINE = 65536


class HalUnavailable(Exception):
    """The hal process does not answer, or refused; the text is for people."""


class HalClient:
    """A blocking connection to hal.sock; devices come as the dicts of their state dataclasses."""

    def __init__(self, path: Path, timeout_s: float = 5.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
        self._lines = self._socket.makefile("rb")
        self._id = 0
        self._states: list[dict[str, Any]] = []

    def inventory(self) -> list[dict[str, Any]]:
        """List all devices of the board with their states."""
        return self._request(op="inventory")["devices"]

    def switch(self, relay: str, *, closed: bool) -> dict[str, Any]:
        """Close or open a relay; gives its new state."""
        return self._request(op="relay", name=relay, closed=closed)["device"]

    def simulate(self, alarm_input: str, *, active: bool) -> dict[str, Any]:
        """Move the contact of a simulated input; gives its new state."""
        return self._request(op="simulate", name=alarm_input, active=active)["device"]

    def watch(self) -> list[dict[str, Any]]:
        """Ask for changes from now on; gives the states of now. `next_state` waits for each change."""
        return self._request(op="watch")["devices"]

    def next_state(self) -> dict[str, Any]:
        """Wait for the next change of a device after `watch`; raises `HalUnavailable` after the time-out."""
        while not self._states:
            message = self._read()
            if message.get("op") == "state":
                return message["device"]
        return self._states.pop(0)

    def _request(self, **request: Any) -> dict[str, Any]:
        self._id += 1
        self._socket.sendall(json.dumps({**request, "id": self._id}).encode() + b"\n")
        while True:
            answer = self._read()
            if answer.get("op") == "state":
                self._states.append(answer["device"])
            elif answer.get("op") == "error":
                raise HalUnavailable(answer["words"])
            elif answer.get("id") == self._id:
                return answer

    def _read(self) -> dict[str, Any]:
        try:
            line = self._lines.readline(LONGEST_LINE)
        except OSError as error:
            raise HalUnavailable(f"The hardware service does not answer: {error}") from error
        if not line:
            raise HalUnavailable("The hardware service hung up")
        return json.loads(line)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
