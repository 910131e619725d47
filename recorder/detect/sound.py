"""The sound of one channel: how loud it is now, how loud its loudest moment was, and how loud it usually is."""

from collections import deque

from recorder.client.clock import SECOND_US
from recorder.client.detection import SoundSeen
from recorder.client.views import Heard

KEEP_US = 2 * SECOND_US
"""So long a bang is told: control is told once a second."""
NOW_US = SECOND_US
USUAL_S = 30.0
"""Over so long what is usual is averaged."""
LEARN = 10
"""Half seconds before anything counts as usual."""
SILENT_US = 5 * SECOND_US
"""So long without a sample there is no sound."""


class SoundWatch:
    """Takes what decode heard; times are monotonic µs of when that came."""

    def __init__(self) -> None:
        self._came: deque[tuple[int, float, float]] = deque()
        self._usual_db = 0.0
        self._looks = 0
        self._began_us: int | None = None

    def hear(self, heard: Heard, monotonic_us: int) -> None:
        """Take half a second."""
        if not heard.there:
            self._came.clear()
            return
        self._looks += 1
        self._usual_db += (heard.level_db - self._usual_db) * max(1 / self._looks, 0.5 / USUAL_S)
        self._came.append((monotonic_us, heard.level_db, heard.peak_db))

    def told(self, monotonic_us: int) -> SoundSeen:
        """Say how it is now; `there` is False where no sound comes."""
        if self._began_us is None:
            self._began_us = monotonic_us
        while self._came and monotonic_us - self._came[0][0] > SILENT_US:
            self._came.popleft()
        if not self._came:
            self._looks = 0
            return SoundSeen(waiting=monotonic_us - self._began_us < SILENT_US)
        last_us = self._came[-1][0]
        now = [level for at, level, _peak in self._came if last_us - at < NOW_US]
        peak = max((peak for at, _level, peak in self._came if monotonic_us - at <= KEEP_US), default=now[-1])
        usual = round(self._usual_db, 1) if self._looks >= LEARN else None
        return SoundSeen(there=True, level_db=round(max(now), 1), peak_db=peak, usual_db=usual)
