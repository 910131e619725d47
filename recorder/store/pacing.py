"""When a writer writes: a chunk at 1 MiB or after 1 s, stretched to 4 MiB or 3 s while its disk is busy (S2)."""

from recorder.client.clock import SECOND_US, Clock

TARGET_BYTES = 1 << 20
STRETCHED_BYTES = 4 << 20
_AGE_US = SECOND_US
_STRETCHED_AGE_US = 3 * SECOND_US
_BUSY = 0.4
_IDLE = 0.2
_WINDOW_S = 10.0


class Pacing:
    """Knows how busy the disk was in the last seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy = 0.0
        self._at_us = clock.monotonic_us()
        self.bytes_per_s = 0.0

    def spent(self, since_us: int, size: int) -> None:
        """Count one pass that ends now: the disk worked for it since then (monotonic), and wrote so many bytes."""
        now_us = self._clock.monotonic_us()
        seconds = (now_us - since_us) / SECOND_US
        passed = max((now_us - self._at_us) / SECOND_US, seconds, 1e-6)
        self._at_us = now_us
        weight = min(1.0, passed / _WINDOW_S)
        self._busy += weight * (seconds / passed - self._busy)
        self.bytes_per_s += weight * (size / passed - self.bytes_per_s)

    @property
    def stretched(self) -> bool:
        """Whether to write less often and more at a time."""
        return self._busy > _BUSY

    @property
    def idle(self) -> bool:
        """Whether there is time for what can wait."""
        return self._busy < _IDLE

    @property
    def target_bytes(self) -> int:
        """Write a stream when so much of it waits."""
        return STRETCHED_BYTES if self.stretched else TARGET_BYTES

    @property
    def age_us(self) -> int:
        """Write a stream when its oldest sample has waited so long."""
        return _STRETCHED_AGE_US if self.stretched else _AGE_US
