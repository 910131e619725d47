"""What the local screen shows for a moment when an event begins: the newest few, each for a minute."""

import threading
from collections import deque

from recorder.client.clock import SECOND_US, Clock
from recorder.client.happened import ScreenMessage

MOST = 8
"""More than fit on a screen at once: of a flood the newest are shown."""
SHOWN_US = 60 * SECOND_US
"""A screen that looks every two seconds, or was just restarted, has seen it by then."""


class Messages:
    """Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._shown: deque[tuple[int, ScreenMessage]] = deque(maxlen=MOST)

    def show(self, message: ScreenMessage) -> None:
        """Show it."""
        with self._lock:
            self._shown.append((self._clock.monotonic_us(), message))

    def now(self) -> tuple[ScreenMessage, ...]:
        """What is shown now, the oldest first."""
        oldest_us = self._clock.monotonic_us() - SHOWN_US
        with self._lock:
            return tuple(one for at_us, one in self._shown if at_us > oldest_us)
