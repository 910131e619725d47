"""QEMU's control protocol: commands, their answers, and events that are waited for (docs/interop/qmp-spec of QEMU)."""

import contextlib
import json
import socket
import threading
import time
from typing import Any

ANSWER_S = 60.0
"""A command takes milliseconds; this is for a machine that has other things to do."""


class QmpError(Exception):
    """QEMU refused a command, or is gone."""


class Qmp:
    """One connection to QEMU. Commands may be given from one thread at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._heard = line.makefile("rb")
        self._changed = threading.Condition()
        self._answers: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._ended = False
        self._thread = threading.Thread(target=self._listen, name="qmp", daemon=True)
        self._thread.start()
        self.command("qmp_capabilities")

    def _listen(self) -> None:
        try:
            for line in self._heard:
                message = json.loads(line)
                with self._changed:
                    if "event" in message:
                        self._events.append(message)
                    elif "QMP" not in message:
                        self._answers.append(message)
                    self._changed.notify_all()
        except (OSError, ValueError):
            pass
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def command(self, name: str, **arguments: Any) -> Any:
        """Give a command and wait for its answer; `_` in argument names stands for `-`. Raises `QmpError`."""
        return self.raw(name, {key.replace("_", "-"): value for key, value in arguments.items()})

    def raw(self, name: str, arguments: dict[str, Any], patience_s: float = ANSWER_S) -> Any:
        """As `command`, with names that must stay as they are."""
        asked = {"execute": name, "arguments": arguments}
        try:
            self._line.sendall(json.dumps(asked).encode() + b"\n")
        except OSError as error:
            raise QmpError(f"{asked['execute']}: QEMU is gone") from error
        with self._changed:
            if not self._changed.wait_for(lambda: self._answers or self._ended, patience_s) or not self._answers:
                raise QmpError(f"{asked['execute']}: QEMU does not answer")
            answer = self._answers.pop(0)
        if "error" in answer:
            raise QmpError(f"{asked}: {answer['error'].get('desc')}")
        return answer["return"]

    def event(self, name: str, timeout_s: float = ANSWER_S, **data: Any) -> dict[str, Any]:
        """Wait for an event with this name and data, also one that came before; it is told once."""
        end = time.monotonic() + timeout_s
        with self._changed:
            while True:
                for one in self._events:
                    if one["event"] == name and data.items() <= one.get("data", {}).items():
                        self._events.remove(one)
                        return one
                left = end - time.monotonic()
                if left <= 0 or self._ended:
                    raise QmpError(f"no {name} came from QEMU within {timeout_s} s")
                self._changed.wait(left)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join(ANSWER_S)
        self._heard.close()
        self._line.close()
