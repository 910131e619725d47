"""How much of its pool's streams a disk takes: less while it falls behind, and more again when it keeps up."""

import logging

from recorder.client.clock import SECOND_US, Clock
from recorder.store.disk import Disk
from recorder.store.whole_store import WholeStore

log = logging.getLogger("store")

BEHIND_US = 10 * SECOND_US
"""What waits for so long, though the disk answers, waits because it is too slow: others of its pool take a part."""
EASED_US = 60 * SECOND_US
"""A disk that kept up for so long takes twice as much again."""
LASTING_US = 2 * SECOND_US
"""What a stream brought along from another disk is written by the next pass: that is not falling behind yet."""
LEAST_PACE = 1 / 16


class DiskShare:
    """Of one disk; judged by another thread than the disk's own."""

    def __init__(self, disk: Disk, store: WholeStore, clock: Clock) -> None:
        self._disk, self._store, self._clock = disk, store, clock
        self.pace = 1.0
        """Of what its size would give it."""
        self._paced_us = clock.monotonic_us()
        self._behind_us: int | None = None

    @property
    def capacity(self) -> float:
        """How much of its pool's streams the disk should take: bytes, less where it is slow."""
        identity = self._disk.identity
        return self.pace * (identity.blocks * identity.block_bytes if identity else 1.0)

    def reset(self) -> None:
        """Trust a disk like a new one."""
        self.pace = 1.0

    def follow(self) -> None:
        """Look how long samples have waited for the disk."""
        now_us = self._clock.monotonic_us()
        waits = [since for one in self._store.streams_of(self._disk) if (since := one.waits_since_us()) is not None]
        behind = now_us - min(waits, default=now_us) >= BEHIND_US
        self._behind_us = (self._behind_us or now_us) if behind else None
        lasting = self._behind_us is not None and now_us - self._behind_us >= LASTING_US
        if lasting and now_us - self._paced_us >= BEHIND_US and self.pace > LEAST_PACE:
            self.pace, self._paced_us = self.pace / 2, now_us
            log.warning("disk %s: falls behind; others of its pool take a part", self._disk.path)
        elif not behind and self.pace < 1 and now_us - self._paced_us >= EASED_US:
            self.pace, self._paced_us = self.pace * 2, now_us
        elif behind:
            # It must keep up for a while from now on.
            self._paced_us = max(self._paced_us, now_us - BEHIND_US)
