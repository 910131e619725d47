"""The clock that all views of a playback session share: a position in recorded time that runs at a speed."""

import threading

from recorder.client.clock import Clock


class PlayClock:
    """Position = where it was set + speed x time since. Safe from any thread."""

    def __init__(self, clock: Clock, at_us: int) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._at_us = at_us
        self._since_us = 0
        self._speed = 0.0

    @property
    def running(self) -> bool:
        """Whether it moves."""
        return self._speed != 0

    def position(self) -> int:
        """Where it is now (UTC, µs)."""
        with self._lock:
            return self._now()

    def set(self, at_us: int | None = None, speed: float = 0.0) -> int:
        """Go on from a position (None: from where it is) at a speed; gives the position."""
        with self._lock:
            self._at_us = self._now() if at_us is None else at_us
            self._since_us = self._clock.monotonic_us()
            self._speed = speed
            return self._at_us

    def wait_s(self, at_us: int) -> float:
        """Seconds until it will be at `at_us`; 0 or less when it has been there, a long time while it stands."""
        with self._lock:
            if not self._speed:
                return 3600.0
            return (at_us - self._now()) / self._speed / 1e6

    def _now(self) -> int:
        if not self._speed:
            return self._at_us
        return self._at_us + round((self._clock.monotonic_us() - self._since_us) * self._speed)
