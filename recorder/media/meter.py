"""What one stream delivers: counts at every sample, rates over the last 5 s when asked."""

from collections import deque

from recorder.client.clock import SECOND_US

WINDOW_US = 5 * SECOND_US


class Meter:
    """Counts samples and bytes; `tick` once a second turns them into rates, by the times of the samples themselves."""

    def __init__(self) -> None:
        self.bytes = 0
        self.frames = 0
        self.newest_us = 0
        """The pts of the newest picture."""
        self.bits_per_s = 0
        self.frames_per_s = 0.0
        self._readings: deque[tuple[int, int, int]] = deque()

    def tick(self) -> None:
        """Take a reading and renew the rates."""
        readings = self._readings
        if not self.frames:
            return
        if readings and not 0 <= self.newest_us - readings[-1][0] <= WINDOW_US:
            readings.clear()
        readings.append((self.newest_us, self.bytes, self.frames))
        while len(readings) > 2 and readings[1][0] <= self.newest_us - WINDOW_US:
            readings.popleft()
        since, byte_count, frames = readings[0]
        passed = self.newest_us - since
        if passed > 0:
            self.bits_per_s = round((self.bytes - byte_count) * 8 * SECOND_US / passed)
            self.frames_per_s = round((self.frames - frames) * SECOND_US / passed, 2)

    def restart(self) -> None:
        """Begin anew: another connection."""
        self.bytes = self.frames = 0
        self._readings.clear()
        self.bits_per_s = 0
        self.frames_per_s = 0.0
