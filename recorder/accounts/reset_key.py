"""The reset key of the case: who held it may set an administrator's password anew, at the recorder alone (A24)."""

import threading
from collections.abc import Callable

from recorder.client.clock import SECOND_US, Clock

OPEN_US = 600 * SECOND_US
"""So long after it was held: time to walk to the monitor."""


class ResetKey:
    """One holding, one password. Safe from any thread."""

    def __init__(self, clock: Clock, counts: Callable[[], bool]) -> None:
        """`counts` says whether the owner lets the key do anything."""
        self._clock = clock
        self._counts = counts
        self._lock = threading.Lock()
        self._until_us = 0

    def held(self) -> None:
        """Note that it was held."""
        with self._lock:
            self._until_us = self._clock.monotonic_us() + OPEN_US

    @property
    def left_s(self) -> int:
        """So many seconds a password may be set yet; 0: it was not held, or does nothing here."""
        with self._lock:
            left_us = self._until_us - self._clock.monotonic_us()
        return -(-left_us // SECOND_US) if left_us > 0 and self._counts() else 0

    def spend(self) -> bool:
        """Use it up; False where there is nothing (any more)."""
        with self._lock:
            open_now = self._until_us > self._clock.monotonic_us() and self._counts()
            self._until_us = 0
        return open_now
