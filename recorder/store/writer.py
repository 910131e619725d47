"""The recording side of the store: streams put samples, a thread per disk writes them and tells what is durable."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from recorder.client.clock import Clock
from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskStatus, FootageStatus, PoolStatus
from recorder.client.stream import StreamKey
from recorder.store.allocation import DAY_US
from recorder.store.contents import Contents
from recorder.store.disk import Disk
from recorder.store.disk_group import DiskGroup
from recorder.store.disk_writer import DiskWriter
from recorder.store.due_known import KnownDue
from recorder.store.gathering import Answers, Once
from recorder.store.ids import next_boot
from recorder.store.index import Index
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.known_disks import FILE as DISKS_FILE
from recorder.store.known_disks import KnownDisks
from recorder.store.last_seen import LastSeen
from recorder.store.layout import RECORD_TYPE_CODES, STREAM_CODES
from recorder.store.missing_time import MissingTime
from recorder.store.pacing import TARGET_BYTES
from recorder.store.policy import StorePolicy
from recorder.store.pool_status import pool_statuses
from recorder.store.remembered import Memory
from recorder.store.root_log import Signer
from recorder.store.rows import ClockMapRow, GoneRow, MarkRow, Row, StreamCode
from recorder.store.shared_rows import Figure, SharedRows
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.streams import Streams
from recorder.store.volume import Volume
from recorder.store.wall_clock import WallClock

log = logging.getLogger("store")

OnDurable = Callable[[StreamKey, int], None]


class StoreWriter:
    """All disks that are recorded to. Starts no thread and writes nothing to a disk before `start`.

    `put`, `gap`, `due`, `mark` and the like are for one thread, the event loop's; callbacks come from other threads.
    """

    def __init__(
        self,
        disks: Sequence[Disk],
        index_path: Path,
        clock: Clock,
        boot_id: str,
        policy: StorePolicy | None = None,
        *,
        on_durable: OnDurable | None = None,
        threads: bool = True,
        signer: Signer | None = None,
        keys: PoolKeys = NO_KEYS,
    ) -> None:
        """`boot_id` is that of the kernel (`read_boot_id`); `on_durable(key, until_us)` is called in a writer's thread.

        Without `threads` nothing happens by itself: `step` and `flush` do the writing, for tests and benchmarks.
        `signer` signs what was sealed; `keys` are for pools that are encrypted.
        """
        self.ids = next_boot(index_path.parent)
        self.kernel_boot = uuid.UUID(boot_id).bytes
        self.policy = policy or StorePolicy()
        self.index = Index(index_path)
        self.signer, self.keys = signer, keys
        self.known = KnownDisks(index_path.parent / DISKS_FILE)
        self.memory = Memory()
        self.wake_bytes = TARGET_BYTES
        self.clock_shift_us = 0
        """By how much the wall clock was set in all since the store started."""
        self._clock, self._on_durable, self._threads = clock, on_durable, threads
        self._wall = WallClock(clock, self.kernel_boot)
        self._lock = threading.RLock()
        self.missing = MissingTime(self.ids, self.kernel_boot, clock, self._wall, self._lock, self.log)
        self.shared = SharedRows(self, clock)
        """Holds and tags."""
        self.disks = DiskGroup(self)
        self.streams = Streams(self, self.disks, clock, self._lock)
        self._writers = self.disks.writers
        self._writers += [DiskWriter(disk, self, clock) for disk in disks]

    def start(self) -> None:
        """Begin to look at the disks and to write."""
        self.index.set_policy(self.policy)
        if self._threads:
            for writer in self._writers:
                writer.start()
        else:
            for writer in self._writers:
                writer.identify()
            self.step()

    def await_identities(self) -> None:
        """Wait until it is known of every disk who it is, or a moment has passed."""
        self.disks.await_identities()

    def has_twin(self, disk: Disk) -> bool:
        """Whether another disk with the same id is there and may be meant as well."""
        return self.disks.has_twin(disk)

    def over_quota(self) -> frozenset[int]:
        """Give the channels that would exceed their quota of bytes with one more block."""
        return self.disks.over_quota()

    def add_disk(self, disk: Disk) -> None:
        """Record to one more disk from now on, after `start`."""
        writer = DiskWriter(disk, self, self._clock)
        self._writers.append(writer)
        if self._threads:
            writer.start()
        else:
            writer.identify()

    def step(self) -> None:
        """Write what is due, in this thread (without `threads`)."""
        for writer in self._writers:
            writer.step()

    def set_policy(self, policy: StorePolicy) -> None:
        """Use another policy from now on."""
        with self._lock:
            self.policy = policy
            self.streams.follow_policy()
        self.index.set_policy(policy)
        self.wake()

    def open_stream(self, key: StreamKey) -> StreamRecorder:
        """Give the recorder of a stream, the same one at every call."""
        return self.streams.open(key)

    def gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Say that due time is missing. The same start again replaces the end; rows that the store found give way."""
        self.missing.gap(key, start_us, end_us, reason)

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log a hole that the store saw by itself, as far as it was due."""
        self.missing.found(key, start_us, end_us, reason)

    def recovered(self, volume: Volume) -> None:
        """Take over what a disk knows of the time before: what was due, and where each stream broke off (S7)."""
        self.missing.recovered(volume, self._clock_was_set)

    def lost(self, key: StreamKey, copy: int, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log what one copy of a stream gave up, as far as there is no other copy that has it."""
        self.missing.lost(key, copy, start_us, end_us, reason)

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole between the last run's newest sample and this run's first (S7)."""
        self.missing.close_hole(recorder, last, first_us)

    def due(self, key: StreamKey, start_us: int, end_us: int, record_type: RecordType) -> None:
        """Log a due interval as it applies; the same start again replaces the end."""
        self.missing.due(key, start_us, end_us, record_type)

    def forgot(self, gone: Sequence[GoneRow]) -> None:
        """Hear what a disk's catalog dropped, since nothing on it is as old."""
        self.missing.forgot(gone)
        self.shared.forgot([one for one in gone if not self.disks.any_has(one)])

    def take_known_due(self) -> list[KnownDue]:
        """Give the due intervals that disks told of since the last call; after a step of the clock, all that hold."""
        return self.missing.take_known_due()

    @property
    def knows_the_past(self) -> bool:
        """Whether a disk has said what was before this run, and by which clock."""
        return self.missing.knows_the_past

    def take_unwatched_since(self) -> int | None:
        """Give, once, when somebody recorded last before a step of the clock that nobody watched, by the clock now."""
        return self.missing.take_unwatched_since()

    def mark(
        self,
        mark: str,
        keys: Sequence[StreamKey],
        event_us: int,
        pre_us: int,
        until_us: int | None,
        record_type: RecordType,
        done: Callable[[bool], None] | None = None,
    ) -> None:
        """Mark recorded time. The same id again replaces it; `until_us` None is open.

        `done(True)` is called in a writer's thread when the mark is durable on a disk; `done(False)` at once when no
        disk takes it now: it is kept and logged when one does, and may be sent again. Where writing fails in a way that
        nobody thought of, `done(False)` is called in the writer's thread, and the mark must be sent again.
        """
        streams = tuple(StreamCode(key.channel, STREAM_CODES[key.stream]) for key in keys)
        kind = RECORD_TYPE_CODES[record_type]
        row = MarkRow(mark, kind, int(until_us is None), event_us, pre_us, until_us or 0, streams)
        if done is not None and not self.disks.usable():
            self.log([row])
            done(False)
            return
        self.log([row], done)
        self.wake()

    def attached(self, disk: Disk, contents: Contents) -> None:
        """A disk came: it gets the holds and tags that it lacks, and the others get those that only it has (S4)."""
        lacking, newer = self.shared.attached(contents)
        for one in self._writers:
            one.log(lacking if one.disk is disk else newer)

    def ask_disks(self, question: Callable[[Volume], Figure], done: Callable[[list[Figure]], None]) -> None:
        """Have every disk that is written answer in its own thread; `done` hears all answers together."""
        # One that hangs would keep everybody waiting.
        asked = self.disks.prompt()
        answers = Answers(len(asked), done)
        for writer in asked:
            writer.ask(lambda volume: answers.take(question(volume) if volume is not None else None))

    def log(self, rows: Sequence[Row], done: Callable[[bool], None] | None = None) -> None:
        """Write rows to the catalog of every disk, so that each can be understood alone (S4)."""
        once = Once(done) if done is not None else None
        for writer in self._writers:
            writer.log(rows, once)

    def tell_others(self, disk: Disk, row: Row) -> None:
        """Log a row to every disk but one."""
        with self._lock:
            for other in self._writers:
                if other.disk is not disk:
                    other.log([row])

    def look_at_clock(self) -> None:
        """Notice a step of the wall clock and log it."""
        with self._lock:
            row = self._wall.look()
            if row is not None:
                self._clock_was_set(row)

    def _clock_was_set(self, step: ClockMapRow) -> None:
        """Log a step; the catalogs move what was logged by the clock before it, and so does what is remembered here."""
        step = self._wall.was_set(step)
        self.clock_shift_us = self._wall.shift_us
        self.log([step])
        self.missing.clock_was_set(step)

    def taken_at(self, wall_us: int) -> int:
        """Give the monotonic time at which the wall clock told a time of the last minutes."""
        with self._lock:
            return self._wall.taken_at(wall_us)

    def took(self, size: int) -> None:
        """Count bytes that wait; beyond the policy's bound the least important is given up (S9)."""
        self.streams.took(size)

    @property
    def why_lost(self) -> GapReason:
        """Why samples are given up now, if they are."""
        return GapReason.OVERLOAD if self.disks.prompt() else GapReason.DISK

    @property
    def writable(self) -> bool:
        """Whether any disk takes footage now; without one it waits in memory, as much as there is room for."""
        return bool(self.disks.usable())

    def buffered_bytes(self) -> int:
        """Bytes of samples that are not durable yet."""
        return self.streams.buffered_bytes()

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Pass on what is safe."""
        if self._on_durable is not None:
            self._on_durable(key, until_us)

    def streams_of(self, disk: Disk) -> list[StreamRecorder]:
        """Give the streams that a disk records now, the most important first."""
        return self.streams.of(disk)

    def oldest(self) -> dict[StreamKey, int]:
        """Give when the footage of each stream begins that is shown (UTC, µs), of the disks that are there."""
        found: dict[StreamKey, int] = {}
        now = self._clock.now_us()
        for writer in self._writers:
            for key, at_us in writer.disk.figures.oldest.items():
                found[key] = min(at_us, found.get(key, at_us))
        for key, at_us in found.items():
            days = self.policy.shown_days(key)
            found[key] = at_us if days is None else max(at_us, now - days * DAY_US)
        return found

    def watch(self) -> bool:
        """Look whether all disks answer in time; True where that changed. Never waits for a disk."""
        changed = [one.watch() for one in self._writers]
        if any(changed):
            self.wake()
        return any(changed)

    def short_of_memory(self) -> bool:
        """Whether so much waits that writers should take little at a time, and the important first."""
        return self.streams.short_of_memory()

    def wake(self) -> None:
        """Have the writers look now."""
        for writer in self._writers:
            writer.wake()

    def status(self) -> tuple[DiskStatus, ...]:
        """How each disk is."""
        return tuple(one.status(self.streams.buffered_bytes(one)) for one in self._writers)

    def pools(self) -> tuple[PoolStatus, ...]:
        """How each pool stands."""
        nearly = frozenset(one.disk.identity.id for one in self._writers if one.nearly_full and one.disk.identity)
        return pool_statuses(self.status(), {one.pool for one in self.streams.all()}, nearly, self.policy)

    def footage(self) -> tuple[FootageStatus, ...]:
        """Where the footage of each stream begins."""
        found = sorted(self.oldest().items())
        return tuple(FootageStatus(key.channel, key.stream, at_us) for key, at_us in found)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Make all that was put durable; False where a disk would not."""
        asked = [writer.flush() for writer in self._writers]
        if not self._threads:
            self.step()
        end = time.monotonic() + timeout_s
        tried = all(one.wait(max(0.0, end - time.monotonic())) for one in asked)
        return tried and not self.streams.buffered_bytes()

    def close(self, timeout_s: float = 2.5) -> None:
        """End all spans, make everything durable, end the threads."""
        self.streams.end(GapReason.STOPPED)
        for writer in self._writers:
            writer.end()
        end = time.monotonic() + timeout_s
        for writer in self._writers:
            if not writer.join(max(0.0, end - time.monotonic())):
                log.warning("disk %s: still busy at the end", writer.disk.path)
        self.index.close()
