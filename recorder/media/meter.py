"""What one stream delivers: counts at every sample, rates over the last 5 s when asked."""

from collections import deque

from recorder.client.clock import SECOND_US

WINDOW_US = 5 * SECOND_US


class Meter:
    """Counts samples and bytes; `tick` once a second turns them into rates."""

    def __init__(self) -> None:
        self.bytes = 0
        self.frames = 0
        self.damaged = 0
        self.newest_us: int | None = None
        """Monotonic time of the newest video sample."""
        self.bits_per_s = 0
        self.frames_per_s = 0.0
        self._readings: deque[tuple[int, int, int]] = deque()

    def tick(self, now_us: int) -> None:
        """Take a reading at this monotonic time and renew the rates."""
        readings = self._readings
        readings.append((now_us, self.bytes, self.frames))
        while len(readings) > 2 and readings[1][0] <= now_us - WINDOW_US:
            readings.popleft()
        since, byte_count, frames = readings[0]
        passed = now_us - since
        if passed <= 0:
            return
        self.bits_per_s = round((self.bytes - byte_count) * 8 * SECOND_US / passed)
        self.frames_per_s = round((self.frames - frames) * SECOND_US / passed, 2)

    def restart(self) -> None:
        """Begin the rates anew after a connection was lost; counts go on."""
        self._readings.clear()
        self.bits_per_s = 0
        self.frames_per_s = 0.0
        self.newest_us = None
