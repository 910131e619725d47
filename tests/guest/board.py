"""Devices that run in the guest by the product's own drivers, as hal runs them (`inside/board.py`)."""

import itertools
import json
import signal
from collections.abc import Callable
from typing import Any, Self

from tests.guest.code_volume import INSIDE_AT
from tests.guest.guest import Guest
from tests.guest.shell import COMMAND_S

Said = dict[str, Any]


class Told(AssertionError):
    """A request was refused; the words are the driver's."""


class Board:
    """A board of the guest's own. `with Board(guest, "lines", toml) as board:` runs it for the block."""

    def __init__(self, guest: Guest, name: str, devices: str) -> None:
        """`devices` are the `[[device]]` tables of its board.toml."""
        self.folder = f"/tmp/boards/{name}"
        self._guest = guest
        # What a board of this name was told to keep would be kept.
        guest.run(f"rm -rf {self.folder}; mkdir -p {self.folder}/keep")
        toml = f'id = "{name}"\ntitle = "Test"\n{devices}'
        guest.shell.write(f"{self.folder}/board.toml", toml.encode())
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._running = self._guest.shell.talk("python3", f"{INSIDE_AT}/board.py", self.folder)
        self._running.until(lambda: any("board" in one for one in self.said()), COMMAND_S, "the board")
        return self

    def __exit__(self, *_exc: object) -> None:
        self.end(signal.SIGTERM)

    def end(self, which: int) -> int:
        """Send a signal and wait for the end."""
        if self._running.status is None:
            self._running.signal(which)
        return self._running.wait()

    def signal(self, which: int) -> None:
        """Send a signal, such as SIGSTOP and SIGCONT."""
        self._running.signal(which)

    def said(self) -> list[Said]:
        """All that it has said so far."""
        lines = self._running.output.split("\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith("{")]

    @property
    def log(self) -> str:
        """What stands in hal's log."""
        return "\n".join(line for line in self._running.output.split("\n") if not line.startswith("{"))

    def states(self, name: str) -> list[Said]:
        """Every state that a device told, oldest first."""
        found: list[Said] = []
        for one in self.said():
            found += [state for state in (*one.get("states", ()), one.get("state")) if state and state["name"] == name]
        return found

    def state(self, name: str) -> Said:
        """How a device is, as far as it told."""
        return self.states(name)[-1]

    def inventory(self, name: str) -> Said:
        """What a device is."""
        [board] = [one for one in self.said() if "board" in one]
        [found] = [one for one in board["inventory"] if one["name"] == name]
        return found

    def events(self, name: str) -> list[Said]:
        """All that happened at a device."""
        return [one["event"] for one in self.said() if "event" in one and one["event"]["name"] == name]

    def wait(self, name: str, seen: Callable[[Said], Any], what: str, timeout_s: float = COMMAND_S) -> Said:
        """Wait until a device is so; gives its state."""
        self._running.until(lambda: seen(self.state(name)), timeout_s, f"{what} of {name} ({self.state(name)})")
        return self.state(name)

    def wait_for_event(self, name: str, seen: Callable[[list[Said]], Any], what: str) -> list[Said]:
        """Wait until this happened at a device; gives all that did."""
        self._running.until(lambda: seen(self.events(name)), COMMAND_S, f"{what} of {name}")
        return self.events(name)

    def ask(self, kind: str, name: str, verb: str, **args: Any) -> Any:
        """Ask a device; raises `Told` with its words when it refuses."""
        number = next(self._numbers)
        self._running.say(json.dumps({"id": number, "kind": kind, "name": name, "verb": verb, "args": args}))
        mine: list[Said] = []

        def answered() -> bool:
            mine[:] = [one for one in self.said() if number in {one.get("answer"), one.get("error")}]
            return bool(mine)

        self._running.until(answered, COMMAND_S, f"an answer to {verb} of {name}")
        if "error" in mine[0]:
            raise Told(mine[0]["words"])
        return mine[0]["result"]


def devices(*tables: str) -> str:
    """Join `[[device]]` tables."""
    return "\n".join(f"[[device]]\n{one}" for one in tables)
