"""The recording side of the store: streams put samples, a thread per disk writes them and tells what is durable."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NotFound
from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskDoubt, DiskStatus, FootageStatus, PoolStatus
from recorder.client.stream import MOMENTS, StreamKey
from recorder.client.words import _
from recorder.store.allocation import DAY_US
from recorder.store.clockwatch import STEP_US, ClockWatch
from recorder.store.contents import Contents
from recorder.store.disk import Disk
from recorder.store.disk_writer import DiskWriter
from recorder.store.due_known import DueKnown, KnownDue
from recorder.store.errors import NothingToAdopt, WrongDiskId
from recorder.store.gap_log import GapLog
from recorder.store.ids import next_boot
from recorder.store.index import Index
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.known_disks import FILE as DISKS_FILE
from recorder.store.known_disks import KnownDisks
from recorder.store.last_seen import LastSeen
from recorder.store.layout import HOLE_US, RECORD_TYPE_CODES, STREAM_CODES
from recorder.store.mirroring import FIRST, GIVEN_UP, SECOND, Losses, second_copy
from recorder.store.pacing import TARGET_BYTES
from recorder.store.placement import Placement
from recorder.store.policy import StorePolicy
from recorder.store.pool_status import pool_statuses
from recorder.store.rebuild import Rebuilding
from recorder.store.remembered import Memory
from recorder.store.root_log import Signer
from recorder.store.rows import ClockMapRow, DueRow, GoneRow, MarkRow, Row, RowKind, StreamCode
from recorder.store.shared_rows import Figure, SharedRows
from recorder.store.shedding import importance, shed_least
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.volume import Volume

log = logging.getLogger("store")

IDENTIFY_S = 2.0
LEAST_TYPED = 8
"""Characters of an id that are typed back: one in four thousand million to hit another disk."""
MOST_AHEAD_US = 10 * SECOND_US
"""Samples may be placed so far ahead of the clock; what lies further ahead was taken before the clock was set back."""
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
        self._watch = ClockWatch(clock, self.kernel_boot)
        self._lock = threading.RLock()
        self._gaps = GapLog(self.ids)
        self.shared = SharedRows(self, clock)
        """Holds and tags."""
        self._due = DueKnown(self.ids.boot)
        self._newest_step: ClockMapRow | None = None
        self._recovered = False
        self._holes: dict[StreamKey, _Hole] = {}
        self._streams: dict[StreamKey, StreamRecorder] = {}
        self._mirrors: dict[StreamKey, StreamRecorder] = {}
        self._losses: dict[StreamKey, Losses] = {}
        self._put_bytes = 0
        self._placement = Placement(clock)
        self._writers = [DiskWriter(disk, self, clock) for disk in disks]

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
        """Wait until it is known of every disk who it is, or `IDENTIFY_S` have passed: one that hangs holds up none."""
        end = time.monotonic() + IDENTIFY_S
        for writer in list(self._writers):
            writer.identified.wait(max(0.0, end - time.monotonic()))

    def has_twin(self, disk: Disk) -> bool:
        """Whether another disk with the same id is there and may be meant as well.

        The one that is being written stays what it is; of others the owner chooses.
        """
        here = self._writer_of(disk).here
        twins = [one for one in self._writers if one.disk is not disk and one.here == here]
        chosen = self.known.chosen(here)
        if any(one.written for one in twins) or any(one.disk.path.name == chosen for one in twins):
            return True
        return bool(twins) and disk.path.name != chosen

    def _writer_of(self, disk: Disk) -> DiskWriter:
        return next(one for one in self._writers if one.disk is disk)

    def adopt(self, place: str, typed: str) -> None:
        """Record on a disk that was doubted: another recorder's, an older state, or one of several with an id.

        `typed` are the first characters of its id, typed back by its owner. Raises `NotFound`, `WrongDiskId`,
        `NothingToAdopt`; nothing is formatted and nothing lost.
        """
        writer = self._writer_at(place)
        if writer.doubt is DiskDoubt.NONE:
            raise NothingToAdopt(disk=place)
        if len(typed) < LEAST_TYPED or not writer.here.startswith(typed.lower()):
            raise WrongDiskId(disk=place, least=LEAST_TYPED, id=writer.here[:LEAST_TYPED])
        writer.ask(lambda _volume: writer.adopt())

    def rebuild(self, disk: str) -> None:
        """Make the index anew, or with the id or place of a disk its catalog from its blocks; raises `NotFound`.

        Recording goes on: on other disks, where it is a catalog. `rebuild_state` tells how far it is.
        """
        if not disk:
            self.index.remake()
            self.index.set_policy(self.policy)
            self.wake()
            return
        writer = self._writer_at(disk)
        if writer.rebuilt.begin():
            writer.ask(lambda _volume: writer.rebuild())

    def rebuild_state(self, disk: str) -> Rebuilding:
        """How far a rebuild is; raises `NotFound`."""
        if disk:
            return self._writer_at(disk).rebuilt.state or Rebuilding(over=True)
        here = [one for one in self._writers if one.in_index]
        done = sum(not self.index.needs(bytes.fromhex(one.here)) for one in here)
        words = _("The index was made anew from {count} disks.").format(count=done)
        return Rebuilding(done, len(here), over=done == len(here), words=words)

    def _writer_at(self, disk: str) -> DiskWriter:
        found = next((one for one in self._writers if one.here and disk in {one.disk.path.name, one.here}), None)
        if found is None:
            raise NotFound(what=_("disk {disk}").format(disk=disk))
        return found

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
            for recorder in self._streams.values():
                self._follow_policy(recorder)
        self.index.set_policy(policy)
        self.wake()

    def open_stream(self, key: StreamKey) -> StreamRecorder:
        """Give the recorder of a stream, the same one at every call."""
        with self._lock:
            recorder = self._streams.get(key)
            if recorder is None:
                recorder = self._streams[key] = StreamRecorder(key, self, self._clock)
                self._follow_policy(recorder)
            return recorder

    def _follow_policy(self, recorder: StreamRecorder) -> None:
        """Set the pool of a stream, and begin or end its second copy."""
        key = recorder.key
        recorder.pool = self.policy.pool_of(key)
        pool = self.policy.mirrors.get(key)
        mirror = self._mirrors.get(key)
        if pool is not None and mirror is None:
            self._losses[key] = Losses(self._clock.now_us())
            self._mirrors[key] = second_copy(recorder, self, self._clock, pool)
        elif pool is not None and mirror is not None:
            mirror.pool = pool
        elif mirror is not None:
            recorder.mirror = None
            mirror.end()
            mirror.drop()
            del self._mirrors[key], self._losses[key]

    def gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Say that due time is missing. The same start again replaces the end; rows that the store found give way."""
        with self._lock:
            self.log(self._gaps.told(key, start_us, end_us, reason))

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Log a hole that the store saw by itself, as far as it was due."""
        if reason in GIVEN_UP and key in self._losses:
            self.lost(key, FIRST, start_us, end_us, reason)
            return
        with self._lock:
            for start, end in self._due.clip(key, start_us, end_us):
                self.log(self._gaps.found(key, start, end, reason))

    def recovered(self, volume: Volume) -> None:
        """Take over what a disk knows of the time before: what was due, and where each stream broke off (S7)."""
        with self._lock:
            contents = volume.catalog.contents
            self._due.learn(contents.of(RowKind.DUE), contents.of(RowKind.BOOT), self.kernel_boot)
            first, self._recovered = not self._recovered, True
            if not first:
                return
            if abs(volume.missed_step_us) > STEP_US:
                # The clock was set while nobody watched, in this boot of the kernel.
                monotonic = self._clock.monotonic_us()
                now = self._clock.now_us()
                self._clock_was_set(ClockMapRow(self.kernel_boot, monotonic, now - volume.missed_step_us, now))
                volume.last = {
                    key: one._replace(at_us=one.at_us + volume.missed_step_us) if one.this_boot else one
                    for key, one in volume.last.items()
                }
            now = self._clock.now_us()
            for key, last in volume.last.items():
                self._close(key, _Hole(last, now, self.clock_shift_us))

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
                self._close(recorder.key, _Hole(last, first_us, self.clock_shift_us))

    def _close(self, key: StreamKey, hole: "_Hole") -> None:
        if key.stream in MOMENTS:
            return
        self._holes[key] = hole
        last, until_us = hole.last, hole.until_us
        # What became due while nobody ran is missing for the same reason.
        if (last.was_due or self._due.knows(key)) and until_us - last.at_us > HOLE_US:
            self.found_gap(key, last.at_us, until_us, last.reason)

    def due(self, key: StreamKey, start_us: int, end_us: int, record_type: RecordType) -> None:
        """Log a due interval as it applies; the same start again replaces the end."""
        stream = STREAM_CODES[key.stream]
        with self._lock:
            code = RECORD_TYPE_CODES[record_type]
            row = DueRow(key.channel, stream, code, start_us, end_us, self.ids.boot)
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

    def attached(self, disk: Disk, contents: Contents) -> None:
        """A disk came: it gets the holds and tags that it lacks, and the others get those that only it has (S4)."""
        lacking, newer = self.shared.attached(contents)
        for one in self._writers:
            one.log(lacking if one.disk is disk else newer)

    def ask_disks(self, question: Callable[[Volume], Figure], done: Callable[[list[Figure]], None]) -> None:
        """Have every disk that is written answer in its own thread; `done` hears all answers together."""
        # One that hangs would keep everybody waiting.
        asked = [one for one in self._usable() if not one.late]
        answers = _Answers(len(asked), done)
        for writer in asked:
            writer.ask(lambda volume: answers.take(question(volume) if volume is not None else None))

    def log(self, rows: Sequence[Row], done: Callable[[bool], None] | None = None) -> None:
        """Write rows to the catalog of every disk, so that each can be understood alone (S4)."""
        once = _Once(done) if done is not None else None
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
            row = self._watch.look()
            if row is not None:
                self._clock_was_set(row)

    def _clock_was_set(self, step: ClockMapRow) -> None:
        """Log a step; the catalogs move what was logged by the clock before it, and so does what is remembered here."""
        delta_us = step.after_us - step.before_us
        if self._newest_step is not None and step.monotonic_us <= self._newest_step.monotonic_us:
            # Rows are told apart by it.
            step = step._replace(monotonic_us=self._newest_step.monotonic_us + 1)
        self.clock_shift_us += delta_us
        self._newest_step = step
        self.log([step])
        self._gaps.clock_was_set(step)
        self._due.clock_was_set(step)
        for key, hole in list(self._holes.items()):
            last = hole.last._replace(at_us=hole.last.at_us + delta_us) if hole.last.this_boot else hole.last
            self._close(key, _Hole(last, hole.until_us + self.clock_shift_us - hole.shift_us, self.clock_shift_us))

    def taken_at(self, wall_us: int) -> int:
        """Give the monotonic time at which the wall clock told a time of the last minutes.

        Samples keep the times of the clock before a step until their next key frame, and a ring holds older ones.
        """
        with self._lock:
            now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
            taken = monotonic - (now - wall_us)
            step = self._newest_step
            if step is None:
                return monotonic
            ahead = min(MOST_AHEAD_US, abs(step.after_us - step.before_us) // 2)
            if step.monotonic_us - STEP_US <= taken <= monotonic + ahead:
                return max(monotonic, step.monotonic_us)
            return min(step.monotonic_us - 1, monotonic)

    def took(self, size: int) -> None:
        """Count bytes that wait; beyond the policy's bound the least important is given up (S9)."""
        self._put_bytes += size
        if self._put_bytes < self.policy.buffer_bytes // 8:
            return
        # The sum over all streams is asked for once in a while only, not at every sample.
        self._put_bytes = 0
        if self.buffered_bytes() <= self.policy.buffer_bytes * 7 // 8:
            return
        prompt = [one for one in self._usable() if not one.late]
        while self.buffered_bytes() > self.policy.buffer_bytes * 7 // 8:
            streams = self._recorders()
            found = shed_least(streams, self.policy.ranks, lambda one: any(one.home is other for other in prompt))
            if found is None:
                break
            recorder, shed = found
            if not any(recorder.home is one for one in prompt):
                recorder.stuck = True
            reason = GapReason.DISK if recorder.stuck else GapReason.OVERLOAD
            self.lost(recorder.key, int(recorder.twin is not None), shed.start_us, shed.end_us, reason)

    @property
    def why_lost(self) -> GapReason:
        """Why samples are given up now, if they are."""
        return GapReason.OVERLOAD if any(not one.late for one in self._usable()) else GapReason.DISK

    @property
    def writable(self) -> bool:
        """Whether any disk takes footage now; without one it waits in memory, as much as there is room for."""
        return bool(self._usable())

    def buffered_bytes(self) -> int:
        """Bytes of samples that are not durable yet."""
        return sum(one.waiting for one in self._recorders())

    def _recorders(self) -> list[StreamRecorder]:
        """Those of all streams, second copies behind."""
        return [*self._streams.values(), *self._mirrors.values()]

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Pass on what is safe."""
        if self._on_durable is not None:
            self._on_durable(key, until_us)

    def _usable(self) -> list[DiskWriter]:
        return [one for one in self._writers if one.usable]

    def streams_of(self, disk: Disk) -> list[StreamRecorder]:
        """Give the streams that a disk records now, the most important first."""
        with self._lock:
            writer, streams = self._writer_of(disk), self._recorders()
            self._placement.settle(streams, self._writers, self.policy)
            for one in self._mirrors.values():
                # Nothing waits for a second copy that has no disk: the first is safe without it.
                if one.home is None and (shed := one.drop()) is not None:
                    self.lost(one.key, SECOND, shed.start_us, shed.end_us, GapReason.DISK)
            mine = [one for one in streams if one.home is writer]
            mine.sort(key=lambda one: importance(one, self.policy.ranks), reverse=True)
            return mine

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

    def over_quota(self) -> frozenset[int]:
        """Give the channels that would exceed their quota of bytes with one more block."""
        limits = {channel: one.bytes for channel, one in self.policy.quotas.items() if one.bytes is not None}
        taken = {channel: sum(one.taken.get(channel, 0) for one in self._writers) for channel in limits}
        return frozenset(channel for channel, limit in limits.items() if taken[channel] >= limit)

    def watch(self) -> bool:
        """Look whether all disks answer in time; True where that changed. Never waits for a disk."""
        changed = [one.watch() for one in self._writers]
        if any(changed):
            self.wake()
        return any(changed)

    def short_of_memory(self) -> bool:
        """Whether so much waits that writers should take little at a time, and the important first."""
        return self.buffered_bytes() > self.policy.buffer_bytes * 3 // 4

    def wake(self) -> None:
        """Have the writers look now."""
        for writer in self._writers:
            writer.wake()

    def status(self) -> tuple[DiskStatus, ...]:
        """How each disk is."""
        buffered = {id(one): 0 for one in self._writers}
        for recorder in self._recorders():
            if id(recorder.home) in buffered:
                buffered[id(recorder.home)] += recorder.waiting
        return tuple(one.status(buffered[id(one)]) for one in self._writers)

    def pools(self) -> tuple[PoolStatus, ...]:
        """How each pool stands."""
        nearly = frozenset(one.disk.identity.id for one in self._writers if one.nearly_full and one.disk.identity)
        return pool_statuses(self.status(), {one.pool for one in self._recorders()}, nearly, self.policy)

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
        return tried and not any(one.waiting for one in self._recorders())

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


class _Hole(NamedTuple):
    """The hole between a run's newest sample and this run's first, or the time until which there is none yet."""

    last: LastSeen
    until_us: int
    shift_us: int
    """What the clock was set by, since the start, when `until_us` was told."""


class _Once:
    """Calls back the first time only: a mark is safe when one disk has it."""

    def __init__(self, done: Callable[[bool], None]) -> None:
        self._done: Callable[[bool], None] | None = done

    def __call__(self, durable: bool) -> None:  # noqa: FBT001
        done, self._done = self._done, None
        if done is not None:
            done(durable)


class _Answers:
    """Gathers what disks answer; a disk that went away meanwhile has none."""

    def __init__(self, count: int, done: Callable[[list[Figure]], None]) -> None:
        self._left, self._done = count, done
        self._lock = threading.Lock()
        self._found: list[Figure] = []
        if not count:
            done([])

    def take(self, answer: Figure | None) -> None:
        """One disk answered."""
        with self._lock:
            self._left -= 1
            self._found += [answer] if answer is not None else []
            over = not self._left
        if over:
            self._done(self._found)
