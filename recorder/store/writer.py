"""The recording side of the store: streams put samples, a thread per disk writes them and tells what is durable."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from recorder.client.clock import Clock
from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskStatus
from recorder.client.stream import StreamKey
from recorder.store.clockwatch import ClockWatch
from recorder.store.disk import Disk
from recorder.store.disk_writer import DiskWriter
from recorder.store.gap_log import GapLog
from recorder.store.ids import next_boot
from recorder.store.index import Index
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.last_seen import LastSeen
from recorder.store.layout import RECORD_TYPE_CODES, STREAM_CODES
from recorder.store.pacing import TARGET_BYTES
from recorder.store.policy import StorePolicy
from recorder.store.root_log import Signer
from recorder.store.rows import DueRow, GoneRow, HoldRow, MarkRow, Row, RowId, RowKind, StreamCode
from recorder.store.stream_recorder import HOLE_US, StreamRecorder

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
        self.wake_bytes = TARGET_BYTES
        self.clock_steps = 0
        """How often the wall clock was set since the store started."""
        self._clock, self._on_durable, self._threads = clock, on_durable, threads
        self._watch = ClockWatch(clock, self.kernel_boot)
        self._lock = threading.RLock()
        self._gaps = GapLog(self.ids)
        self._streams: dict[StreamKey, StreamRecorder] = {}
        self._put_bytes = 0
        self._writers = [DiskWriter(disk, self, clock) for disk in disks]

    def start(self) -> None:
        """Begin to look at the disks and to write."""
        self.index.set_policy(self.policy)
        if self._threads:
            for writer in self._writers:
                writer.start()
        else:
            self.step()

    def add_disk(self, disk: Disk) -> None:
        """Record to one more disk from now on, after `start`."""
        writer = DiskWriter(disk, self, self._clock)
        self._writers.append(writer)
        if self._threads:
            writer.start()

    def step(self) -> None:
        """Write what is due, in this thread (without `threads`)."""
        for writer in self._writers:
            writer.step()

    def set_policy(self, policy: StorePolicy) -> None:
        """Use another policy from now on."""
        self.policy = policy
        self.index.set_policy(policy)
        self.wake()

    def open_stream(self, key: StreamKey) -> StreamRecorder:
        """Give the recorder of a stream, the same one at every call."""
        with self._lock:
            recorder = self._streams.get(key)
            if recorder is None:
                recorder = self._streams[key] = StreamRecorder(key, self, self._clock)
            return recorder

    def gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Say that due time is missing. The same start again replaces the end; rows that the store found give way."""
        with self._lock:
            self.log(self._gaps.told(key, start_us, end_us, reason))

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log a hole that the store saw by itself."""
        with self._lock:
            self.log(self._gaps.found(key, start_us, end_us, reason))

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole between the last run's newest sample and this run's first (S7)."""
        if last is not None and last.reason is not None and first_us - last.at_us > HOLE_US:
            self.found_gap(recorder.key, last.at_us, first_us, last.reason)

    def due(self, key: StreamKey, start_us: int, end_us: int, record_type: RecordType) -> None:
        """Log a due interval as it applies; the same start again replaces the end."""
        stream = STREAM_CODES[key.stream]
        self.log([DueRow(key.channel, stream, RECORD_TYPE_CODES[record_type], start_us, end_us)])

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
        disk takes it now: it is kept and logged when one does, and may be sent again.
        """
        streams = tuple(StreamCode(key.channel, STREAM_CODES[key.stream]) for key in keys)
        kind = RECORD_TYPE_CODES[record_type]
        row = MarkRow(mark, kind, int(until_us is None), event_us, pre_us, until_us or 0, streams)
        if done is not None and not self._usable():
            self.log([row])
            done(False)
            return
        self.log([row], done)
        self.wake()

    def hold(
        self, key: StreamKey, start_us: int, end_us: int, *, owner: str, reason: str, expires_us: int | None = None
    ) -> RowId:
        """Keep a stretch from reuse (S6); gives the id by which `release` ends it."""
        drawn = self.ids.draw()
        stream = STREAM_CODES[key.stream]
        self.log([HoldRow(drawn, key.channel, stream, start_us, end_us, expires_us or 0, owner, reason)])
        return drawn

    def release(self, hold: RowId) -> None:
        """End a hold."""
        self.log([GoneRow(RowKind.HOLD, hold.pack())])

    def log(self, rows: Sequence[Row], done: Callable[[bool], None] | None = None) -> None:
        """Write rows to the catalog of every disk, so that each can be understood alone (S4)."""
        once = _Once(done) if done is not None else None
        for writer in self._writers:
            writer.log(rows, once)

    def tell_others(self, writer: DiskWriter, row: Row) -> None:
        """Log a row to every disk but one."""
        with self._lock:
            for other in self._writers:
                if other is not writer:
                    other.log([row])

    def look_at_clock(self) -> None:
        """Notice a step of the wall clock and log it."""
        with self._lock:
            row = self._watch.look()
            if row is not None:
                self.clock_steps += 1
                self.log([row])

    def took(self, size: int) -> None:
        """Count bytes that wait; beyond the policy's bound the oldest of the fullest stream is given up (S9)."""
        self._put_bytes += size
        if self._put_bytes < self.policy.buffer_bytes // 8:
            return
        # The sum over all streams is asked for once in a while only, not at every sample.
        self._put_bytes = 0
        while self.buffered_bytes() > self.policy.buffer_bytes * 7 // 8:
            fullest = max(self._streams.values(), key=lambda one: (one.waiting, one.key.channel))
            shed = fullest.shed()
            if shed is None:
                break
            reason = GapReason.OVERLOAD if self._usable() else GapReason.DISK
            self.found_gap(fullest.key, shed.start_us, shed.end_us, reason)

    @property
    def writable(self) -> bool:
        """Whether any disk takes footage now; without one it waits in memory, as much as there is room for."""
        return bool(self._usable())

    def buffered_bytes(self) -> int:
        """Bytes of samples that are not durable yet."""
        return sum(one.waiting for one in self._streams.values())

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Pass on what is safe."""
        if self._on_durable is not None:
            self._on_durable(key, until_us)

    def _usable(self) -> list[DiskWriter]:
        return [one for one in self._writers if one.usable]

    def streams_of(self, writer: DiskWriter) -> list[StreamRecorder]:
        """Give the streams that a disk records. A stream stays with its disk while that is usable, else it moves."""
        with self._lock:
            usable = self._usable()
            mine: list[StreamRecorder] = []
            for recorder in self._streams.values():
                if recorder.home not in usable and usable:
                    load = {id(one): 0 for one in usable}
                    for other in self._streams.values():
                        if id(other.home) in load:
                            load[id(other.home)] += 1
                    recorder.home = min(usable, key=lambda one: load[id(one)])
                # A full disk is asked again now and then, when there is no other to go to.
                if recorder.home is writer or (not usable and recorder.home in {None, writer}):
                    mine.append(recorder)
            return mine

    def wake(self) -> None:
        """Have the writers look now."""
        for writer in self._writers:
            writer.wake()

    def status(self) -> tuple[DiskStatus, ...]:
        """How each disk is."""
        buffered = {id(one): 0 for one in self._writers}
        for recorder in list(self._streams.values()):
            if id(recorder.home) in buffered:
                buffered[id(recorder.home)] += recorder.waiting
        return tuple(one.status(buffered[id(one)]) for one in self._writers)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Make all that was put durable; False where a disk would not."""
        asked = [writer.flush() for writer in self._writers]
        if not self._threads:
            self.step()
        end = time.monotonic() + timeout_s
        tried = all(one.wait(max(0.0, end - time.monotonic())) for one in asked)
        return tried and not any(one.waiting for one in self._streams.values())

    def close(self, timeout_s: float = 2.5) -> None:
        """End all spans, make everything durable, end the threads."""
        for recorder in list(self._streams.values()):
            recorder.end(GapReason.STOPPED)
        for writer in self._writers:
            writer.end()
        end = time.monotonic() + timeout_s
        for writer in self._writers:
            if not writer.join(max(0.0, end - time.monotonic())):
                log.warning("disk %s: still busy at the end", writer.disk.path)
        self.index.close()


class _Once:
    """Calls back the first time only: a mark is safe when one disk has it."""

    def __init__(self, done: Callable[[bool], None]) -> None:
        self._done: Callable[[bool], None] | None = done

    def __call__(self, durable: bool) -> None:  # noqa: FBT001
        done, self._done = self._done, None
        if done is not None:
            done(durable)
