"""Notices that the wall clock was set: by more than a second against the clock that never steps."""

from recorder.client.clock import SECOND_US, Clock
from recorder.store.rows import ClockMapRow

STEP_US = SECOND_US


class ClockWatch:
    """Asked often; cheap."""

    def __init__(self, clock: Clock, kernel_boot: bytes) -> None:
        self._clock, self._kernel_boot = clock, kernel_boot
        self._offset = clock.now_us() - clock.monotonic_us()

    def look(self) -> ClockMapRow | None:
        """Give the row that says so when the clock was set since the last look."""
        monotonic = self._clock.monotonic_us()
        now = self._clock.now_us()
        offset = now - monotonic
        before = self._offset
        # Slewing by chrony stays far under this between two looks and is simply followed.
        self._offset = offset
        if abs(offset - before) <= STEP_US:
            return None
        return ClockMapRow(self._kernel_boot, monotonic, monotonic + before, now)
