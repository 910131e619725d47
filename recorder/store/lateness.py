"""Whether a disk answers in time: seen from outside, since a thread that hangs in a write can tell nothing itself."""

from recorder.client.clock import SECOND_US

LATE_US = 5 * SECOND_US
"""At the disk for so long without coming back: what is waiting is as much as S2 allows, so its streams go elsewhere."""
PROOF_US = 10 * SECOND_US
"""A disk that came back is trusted with streams again after so long without being late."""
LONGEST_PROOF_US = 300 * SECOND_US
"""Where it is late again and again, the proof doubles up to this."""


class Lateness:
    """The time that a writer's thread spends at its disk. Monotonic µs; any thread may ask."""

    def __init__(self) -> None:
        self.late = False
        self._since_us: int | None = None
        self._good_since_us: int | None = None
        """Since when it is back in time; None before it was ever late."""
        self._proof_us = PROOF_US

    def began(self, now_us: int) -> None:
        """The thread turns to the disk."""
        self._since_us = now_us

    def ended(self, now_us: int) -> None:
        """It came back, with or without success."""
        since, self._since_us = self._since_us, None
        if since is not None and now_us - since >= LATE_US:
            self._judge_late(now_us)

    def away_us(self, now_us: int) -> int:
        """How long the thread has been at the disk now."""
        since = self._since_us
        return 0 if since is None else now_us - since

    def look(self, now_us: int) -> bool:
        """Judge; to be called every second or so. True where the judgement changed."""
        was, good = self.late, self._good_since_us
        if self.away_us(now_us) >= LATE_US:
            self._judge_late(now_us)
        elif self.late and good is not None and now_us - good >= self._proof_us:
            self.late, self._good_since_us = False, now_us
        elif not self.late and good is not None and now_us - good >= LONGEST_PROOF_US:
            self._proof_us, self._good_since_us = PROOF_US, None
        return self.late is not was

    def _judge_late(self, now_us: int) -> None:
        if not self.late and self._good_since_us is not None:
            self._proof_us = min(2 * self._proof_us, LONGEST_PROOF_US)
        self.late, self._good_since_us = True, now_us
