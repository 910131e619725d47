"""Our wall clock as it was set while the store runs: by how much in all, and when a sample was truly taken."""

from recorder.client.clock import SECOND_US, Clock
from recorder.store.clockwatch import STEP_US, ClockWatch
from recorder.store.rows import ClockMapRow

MOST_AHEAD_US = 10 * SECOND_US
"""Samples may be placed so far ahead of the clock; what lies further ahead was taken before the clock was set back."""


class WallClock:
    """One caller at a time."""

    def __init__(self, clock: Clock, kernel_boot: bytes) -> None:
        self._clock, self._watch = clock, ClockWatch(clock, kernel_boot)
        self._newest: ClockMapRow | None = None
        self.shift_us = 0
        """By how much it was set in all since the store started."""

    def look(self) -> ClockMapRow | None:
        """Notice a step."""
        return self._watch.look()

    def was_set(self, step: ClockMapRow) -> ClockMapRow:
        """Take a step; gives it as it is logged."""
        if self._newest is not None and step.monotonic_us <= self._newest.monotonic_us:
            # Rows are told apart by it.
            step = step._replace(monotonic_us=self._newest.monotonic_us + 1)
        self.shift_us += step.after_us - step.before_us
        self._newest = step
        return step

    def taken_at(self, wall_us: int) -> int:
        """Give the monotonic time at which the wall clock told a time of the last minutes.

        Samples keep the times of the clock before a step until their next key frame, and a ring holds older ones.
        """
        now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
        taken = monotonic - (now - wall_us)
        step = self._newest
        if step is None:
            return monotonic
        ahead = min(MOST_AHEAD_US, abs(step.after_us - step.before_us) // 2)
        if step.monotonic_us - STEP_US <= taken <= monotonic + ahead:
            return max(monotonic, step.monotonic_us)
        return min(step.monotonic_us - 1, monotonic)
