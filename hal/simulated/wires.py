"""Which simulated camera hangs at which port: shared by the supplies, the camera net and the front panel of a board."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from hal.machine import Machine


@dataclass(frozen=True)
class Wire:
    """A camera at a port of a supply; `powered` is whether it has power by the cable now."""

    supply: str
    port: int
    camera: str
    powered: bool = False


class Wires:
    """All wires of a board. Supplies change them in their workers; anybody may read and watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wires: dict[tuple[str, int], Wire] = {}
        self._watchers: list[Callable[[Wire | None, Wire | None], None]] = []

    def all(self) -> tuple[Wire, ...]:
        """List the wires, in the order of supply and port."""
        with self._lock:
            return tuple(self._wires[place] for place in sorted(self._wires))

    def at(self, supply: str, port: int) -> Wire | None:
        """Give what hangs at a port."""
        with self._lock:
            return self._wires.get((supply, port))

    def watch(self, watcher: Callable[[Wire | None, Wire | None], None]) -> None:
        """Call with a wire as it was and as it is now, at every change, in the thread that changed it."""
        self._watchers.append(watcher)

    def put(self, wire: Wire) -> None:
        """Plug a camera in, or change how its wire is."""
        with self._lock:
            before = self._wires.get((wire.supply, wire.port))
            self._wires[wire.supply, wire.port] = wire
        if before != wire:
            self._tell(before, wire)

    def remove(self, supply: str, port: int) -> None:
        """Unplug what hangs at a port."""
        with self._lock:
            before = self._wires.pop((supply, port), None)
        if before is not None:
            self._tell(before, None)

    def _tell(self, before: Wire | None, after: Wire | None) -> None:
        for watcher in tuple(self._watchers):
            watcher(before, after)


def wires_of(machine: Machine) -> Wires:
    """Give the wires of this machine's world."""
    return cast("Wires", machine.world.setdefault("wires", Wires()))
