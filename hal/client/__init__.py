"""What recorder and gui import of the hardware layer: a connection to the hal process."""

import socket
from collections import deque
from pathlib import Path
from typing import Any, Self

import msgspec

from hal.client.messages import event_from, inventory_from, state_from
from hal.kinds.device import DeviceEvent, DeviceState, Inventory

__all__ = ["DeviceEvent", "DeviceState", "HalClient", "HalUnavailable", "Inventory"]
LONGEST_LINE = 1 << 20


class HalUnavailable(Exception):
    """The hal process does not answer, or refused; the text is for people."""


class HalClient:
    """A blocking connection to hal.sock; devices come as their kinds' dataclasses."""

    def __init__(self, path: Path, timeout_s: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
        self._lines = self._socket.makefile("rb")
        self._id = 0
        self._pushed: deque[dict[str, Any]] = deque()

    def inventory(self) -> list[Inventory]:
        """List what the devices of the board are."""
        return [inventory_from(said) for said in self._request(op="inventory")["inventory"]]

    def devices(self) -> list[DeviceState]:
        """List how the devices of the board are."""
        return [state_from(said) for said in self._request(op="inventory")["devices"]]

    def call(self, kind: str, name: str, verb: str, **args: Any) -> Any:
        """Ask a device for something, as its kind's method of that name says; raises `HalUnavailable` with words."""
        return self._request(op="call", kind=kind, name=name, verb=verb, args=args)["result"]

    def simulate(self, kind: str, name: str, gesture: str, **args: Any) -> Any:
        """Do with a simulated device what a hand would do; raises `HalUnavailable` at a real one."""
        return self._request(op="simulate", kind=kind, name=name, gesture=gesture, args=args)["result"]

    def watch(self) -> list[DeviceState]:
        """Ask for changes from now on; gives the states of now. `next` waits for each change."""
        return [state_from(said) for said in self._request(op="watch")["devices"]]

    def next(self) -> DeviceState | DeviceEvent:
        """Wait for the next change or event after `watch`; raises `HalUnavailable` after the time-out."""
        while not self._pushed:
            self._keep(self._read())
        said = self._pushed.popleft()
        return state_from(said["device"]) if said["op"] == "state" else event_from(said["event"])

    def fileno(self) -> int:
        """Give the socket's descriptor, for a loop that waits for several."""
        return self._socket.fileno()

    def _request(self, **request: Any) -> dict[str, Any]:
        self._id += 1
        try:
            self._socket.sendall(msgspec.json.encode({**request, "id": self._id}) + b"\n")
        except OSError as error:
            raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
        while True:
            answer = self._read()
            if self._keep(answer):
                continue
            if answer.get("op") == "error":
                raise HalUnavailable(answer["words"])
            if answer.get("id") == self._id:
                return answer

    def _keep(self, message: dict[str, Any]) -> bool:
        pushed = message.get("op") in {"state", "event"}
        if pushed:
            self._pushed.append(message)
        return pushed

    def _read(self) -> dict[str, Any]:
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
