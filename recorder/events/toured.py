"""Which cameras the local screen shows on behalf of events: those of all events that want it and go on."""

import threading
from collections.abc import Iterable


class Toured:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[int, tuple[int, ...]] = {}

    def add(self, event: int, channels: Iterable[int]) -> None:
        """An event wants these shown."""
        with self._lock:
            self._wanted[event] = tuple(channels)

    def remove(self, event: int) -> None:
        """It is over."""
        with self._lock:
            self._wanted.pop(event, None)

    def now(self) -> tuple[int, ...]:
        """What is shown now, the newest event's first."""
        with self._lock:
            wanted = tuple(self._wanted.values())
        return tuple(dict.fromkeys(channel for channels in reversed(wanted) for channel in channels))
