"""When control is silent: channels that record on events record continuously, and a gap row says so."""

from recorder.client.clock import SECOND_US, Clock
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store import StoreWriter
from recorder.store.intervals import Interval, clipped

SILENT_AFTER_US = 30 * SECOND_US
RENEW_US = 60 * SECOND_US


class Silence:
    """Counts from the last word of control."""

    def __init__(self, store: StoreWriter, clock: Clock) -> None:
        self.since_us: int | None = None
        """From when on events are no longer told (UTC); None while control speaks."""
        self._store = store
        self._clock = clock
        self._heard_us = clock.monotonic_us()
        self._noted_us = 0

    def heard(self) -> bool:
        """Control has spoken; says whether it was silent before."""
        self._heard_us = self._clock.monotonic_us()
        was = self.since_us is not None
        self.since_us = None
        return was

    def fell(self) -> bool:
        """Look whether control has just become silent."""
        if self.since_us is None and self._clock.monotonic_us() - self._heard_us >= SILENT_AFTER_US:
            self.since_us = self._clock.now_us()
            self._noted_us = 0
            return True
        return False

    def clock_was_set(self, by_us: int) -> None:
        """Count on from the same moment after a step of our clock."""
        if self.since_us is not None:
            self.since_us += by_us

    def note(self, on_events: dict[StreamKey, list[Interval]], *, final: bool = False) -> None:
        """Write down, once a minute and at the end, the due time in which events are not known."""
        now = self._clock.now_us()
        if self.since_us is None or not (final or not 0 <= now - self._noted_us < RENEW_US):
            return
        self._noted_us = now
        for key, due in on_events.items():
            for start, end in clipped(due, self.since_us, now):
                self._store.gap(key, start, end, GapReason.CONTROL_SILENT)
