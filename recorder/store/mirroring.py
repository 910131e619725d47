"""A second copy of a stream on the disks of another pool: recorded from the same samples, on its own (D-REC-01.2)."""

import threading
from collections.abc import Sequence
from typing import Protocol

from recorder.client.clock import Clock
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store.ids import IdSource
from recorder.store.layout import Source
from recorder.store.rows import Row
from recorder.store.stream_recorder import StreamRecorder

FIRST, SECOND = 0, 1
_REMEMBERED = 64
_NEIGHBOURS_US = 1_000_000
GIVEN_UP = frozenset({GapReason.OVERLOAD, GapReason.DISK})
"""What one copy may lack and the other have; everything else neither of them got."""


class Store(Protocol):
    """What a second copy needs of the store."""

    ids: IdSource
    kernel_boot: bytes
    wake_bytes: int

    @property
    def clock_shift_us(self) -> int:
        """By how much the wall clock was set in all since the store started."""
        ...

    @property
    def why_lost(self) -> GapReason:
        """Why samples are given up now, if they are."""
        ...

    def taken_at(self, wall_us: int) -> int:
        """Give the monotonic time at which the wall clock told a time that is not old."""
        ...

    def log(self, rows: Sequence[Row]) -> None:
        """Take rows for the catalogs."""
        ...

    def lost(self, key: StreamKey, copy: int, start_us: int, end_us: int, reason: GapReason) -> None:
        """Take what one copy of a stream gave up."""
        ...

    def look_at_clock(self) -> None:
        """Count a step of the clock."""
        ...

    def took(self, size: int) -> None:
        """Count waiting bytes."""
        ...

    def wake(self) -> None:
        """Have the writers look now."""
        ...


class _Keeper:
    """The store as a second copy sees it: a hole in the copy alone is no gap."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids, self.kernel_boot, self.wake_bytes = store.ids, store.kernel_boot, store.wake_bytes
        self.log, self.look_at_clock, self.took, self.wake = store.log, store.look_at_clock, store.took, store.wake
        self.taken_at = store.taken_at

    @property
    def clock_shift_us(self) -> int:
        """By how much the wall clock was set in all since the store started."""
        return self._store.clock_shift_us

    @property
    def why_lost(self) -> GapReason:
        """Why samples are given up now, if they are."""
        return self._store.why_lost

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Pass on what was given up; what never came the first copy tells."""
        if reason in GIVEN_UP:
            self._store.lost(key, SECOND, start_us, end_us, reason)


def second_copy(first: StreamRecorder, store: Store, clock: Clock, pool: int) -> StreamRecorder:
    """Give the recorder of a stream's second copy; from now on it gets what the first gets."""
    made = StreamRecorder(first.key, _Keeper(store), clock, Source.COPY, twin=first)
    made.pool = pool
    made.first_on_disk = False
    made.wait_for_key()
    made.keys_only(first.is_sparse)
    first.mirror = made
    return made


class Losses:
    """What each of the two copies of a stream lacks; only what both lack is a gap. Safe from any thread."""

    def __init__(self, since_us: int) -> None:
        """Before `since_us` there was no second copy."""
        self._lock = threading.Lock()
        self._lost: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [(-(1 << 62), since_us)])

    def add(self, copy: int, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """Take a stretch that one copy lacks; gives those parts of it that the other lacks too."""
        with self._lock:
            mine, others = self._lost[copy], self._lost[1 - copy]
            if mine and mine[-1][0] <= start_us <= mine[-1][1] + _NEIGHBOURS_US:
                mine[-1] = mine[-1][0], max(mine[-1][1], end_us)
            else:
                mine.append((start_us, end_us))
            # The very first says since when there are two copies, and stays.
            del mine[copy : max(copy, len(mine) - _REMEMBERED)]
            both = ((max(begin, start_us), min(end, end_us)) for begin, end in others)
            return [part for part in both if part[0] < part[1]]
