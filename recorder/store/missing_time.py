"""What was due and is missing: due intervals as told, holes with their reasons, the hole before this run (S7)."""

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from recorder.client.clock import Clock
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import MOMENTS, StreamKey
from recorder.store.clockwatch import STEP_US
from recorder.store.due_known import DueKnown, KnownDue
from recorder.store.gap_log import GapLog
from recorder.store.ids import IdSource
from recorder.store.last_seen import LastSeen
from recorder.store.layout import HOLE_US, RECORD_TYPE_CODES, STREAM_CODES
from recorder.store.mirroring import FIRST, GIVEN_UP, Losses
from recorder.store.rows import ClockMapRow, DueRow, GoneRow, Row, RowKind
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.volume import Volume
from recorder.store.wall_clock import WallClock

Log = Callable[[Sequence[Row]], None]


class MissingTime:
    """Of all streams; safe from any thread."""

    def __init__(
        self, ids: IdSource, kernel_boot: bytes, clock: Clock, wall: WallClock, lock: threading.RLock, log: Log
    ) -> None:
        """`log` writes rows to every disk. The lock is the store's: what the clock says changes under it."""
        self._ids, self._kernel_boot, self._clock, self._wall, self._lock = ids, kernel_boot, clock, wall, lock
        self.log = log
        self._gaps = GapLog(ids)
        self._due = DueKnown(ids.boot)
        self._recovered = False
        self._unwatched_since_us: int | None = None
        self._holes: dict[StreamKey, _Hole] = {}
        self._losses: dict[StreamKey, Losses] = {}

    def begin_copies(self, key: StreamKey) -> None:
        """A stream is recorded twice from now on: only what both copies gave up is missing."""
        self._losses[key] = Losses(self._clock.now_us())

    def end_copies(self, key: StreamKey) -> None:
        """A stream is recorded once again."""
        del self._losses[key]

    def gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Say that due time is missing. The same start again replaces the end; rows that the store found give way."""
        with self._lock:
            self.log(self._gaps.told(key, start_us, end_us, reason))

    def found(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log a hole that the store saw by itself, as far as it was due."""
        if reason in GIVEN_UP and key in self._losses:
            self.lost(key, FIRST, start_us, end_us, reason)
            return
        with self._lock:
            for start, end in self._due.clip(key, start_us, end_us):
                self.log(self._gaps.found(key, start, end, reason))

    def recovered(self, volume: Volume, clock_was_set: Callable[[ClockMapRow], None]) -> None:
        """Take over what a disk knows of the time before: what was due, and where each stream broke off (S7)."""
        with self._lock:
            contents = volume.catalog.contents
            self._due.learn(contents.of(RowKind.DUE), contents.of(RowKind.BOOT), self._kernel_boot)
            first, self._recovered = not self._recovered, True
            if not first:
                return
            if abs(volume.missed_step_us) > STEP_US:
                # The clock was set while nobody watched, in this boot of the kernel.
                monotonic = self._clock.monotonic_us()
                now = self._clock.now_us()
                clock_was_set(ClockMapRow(self._kernel_boot, monotonic, now - volume.missed_step_us, now))
                volume.last = {
                    key: one._replace(at_us=one.at_us + volume.missed_step_us) if one.this_boot else one
                    for key, one in volume.last.items()
                }
                self._unwatched_since_us = max((one.at_us for one in volume.last.values()), default=None)
            now = self._clock.now_us()
            for key, last in volume.last.items():
                self._close(key, _Hole(last, now, self._wall.shift_us))

    @property
    def knows_the_past(self) -> bool:
        """Whether a disk has said what was before this run, and by which clock."""
        return self._recovered

    def take_unwatched_since(self) -> int | None:
        """Give, once, when somebody recorded last before a step of the clock that nobody watched, by the clock now."""
        with self._lock:
            since_us, self._unwatched_since_us = self._unwatched_since_us, None
            return since_us

    def lost(self, key: StreamKey, copy: int, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log what one copy of a stream gave up, as far as there is no other copy that has it."""
        losses = self._losses.get(key)
        for begin, end in losses.add(copy, start_us, end_us) if losses is not None else [(start_us, end_us)]:
            with self._lock:
                self.log(self._gaps.found(key, begin, end, reason))

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole between the last run's newest sample and this run's first (S7)."""
        with self._lock:
            hole = self._holes.get(recorder.key)
            last = hole.last if hole is not None else last
            if last is not None:
                self._close(recorder.key, _Hole(last, first_us, self._wall.shift_us))

    def _close(self, key: StreamKey, hole: "_Hole") -> None:
        if key.stream in MOMENTS:
            return
        self._holes[key] = hole
        last, until_us = hole.last, hole.until_us
        # What became due while nobody ran is missing for the same reason.
        if (last.was_due or self._due.knows(key)) and until_us - last.at_us > HOLE_US:
            self.found(key, last.at_us, until_us, last.reason)

    def due(self, key: StreamKey, start_us: int, end_us: int, record_type: RecordType) -> None:
        """Log a due interval as it applies; the same start again replaces the end."""
        stream = STREAM_CODES[key.stream]
        with self._lock:
            code = RECORD_TYPE_CODES[record_type]
            row = DueRow(key.channel, stream, code, start_us, end_us, self._ids.boot)
            self._due.told(row)
            self.log([row])

    def forgot(self, gone: Sequence[GoneRow]) -> None:
        """Hear what a disk's catalog dropped, since nothing on it is as old."""
        with self._lock:
            self._due.forget(gone)

    def take_known_due(self) -> list[KnownDue]:
        """Give the due intervals that disks told of since the last call; after a step of the clock, all that hold."""
        with self._lock:
            return self._due.take_news()

    def clock_was_set(self, step: ClockMapRow) -> None:
        """Move what is remembered here as the catalogs move what they hold."""
        delta_us = step.after_us - step.before_us
        self._gaps.clock_was_set(step)
        self._due.clock_was_set(step)
        for key, hole in list(self._holes.items()):
            last = hole.last._replace(at_us=hole.last.at_us + delta_us) if hole.last.this_boot else hole.last
            self._close(key, _Hole(last, hole.until_us + self._wall.shift_us - hole.shift_us, self._wall.shift_us))


class _Hole(NamedTuple):
    """The hole between a run's newest sample and this run's first, or the time until which there is none yet."""

    last: LastSeen
    until_us: int
    shift_us: int
    """What the clock was set by, since the start, when `until_us` was told."""
