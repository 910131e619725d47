"""What the local screen shows on behalf of events: the cameras of all events that want it and go on."""

import threading

from recorder.client.happened import ScreenTour


class Toured:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: dict[int, ScreenTour] = {}

    def add(self, tour: ScreenTour) -> None:
        """An event wants these shown."""
        with self._lock:
            self._wanted[tour.id] = tour

    def remove(self, event: int) -> None:
        """It is over."""
        with self._lock:
            self._wanted.pop(event, None)

    def now(self) -> tuple[ScreenTour, ...]:
        """What is shown now, the newest event's first."""
        with self._lock:
            return tuple(reversed(self._wanted.values()))
