"""All streams that are recorded, with their second copies: which disk takes which, what waits, what is given up."""

import threading
from typing import Protocol

from recorder.client.clock import Clock
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store import mirroring
from recorder.store.disk import Disk
from recorder.store.disk_group import DiskGroup
from recorder.store.disk_writer import DiskWriter
from recorder.store.mirroring import SECOND, second_copy
from recorder.store.missing_time import MissingTime
from recorder.store.placement import Placement
from recorder.store.policy import StorePolicy
from recorder.store.shedding import importance, shed_least
from recorder.store.stream_recorder import Keeper, StreamRecorder


class Store(Keeper, mirroring.Store, Protocol):
    """What streams need of the store, and of the one that they are of."""

    policy: StorePolicy
    missing: MissingTime


class Streams:
    """Those of one store; they come and never go. Safe from any thread but for `took`, which is the event loop's."""

    def __init__(self, store: Store, disks: DiskGroup, clock: Clock, lock: threading.RLock) -> None:
        """The lock is the store's: its policy changes under it."""
        self._store, self._disks, self._clock, self._lock = store, disks, clock, lock
        self.first: dict[StreamKey, StreamRecorder] = {}
        self.second: dict[StreamKey, StreamRecorder] = {}
        self._placement = Placement(clock)
        self._put_bytes = 0

    def open(self, key: StreamKey) -> StreamRecorder:
        """Give the recorder of a stream, the same one at every call."""
        with self._lock:
            recorder = self.first.get(key)
            if recorder is None:
                recorder = self.first[key] = StreamRecorder(key, self._store, self._clock)
                self._follow_policy(recorder)
            return recorder

    def follow_policy(self) -> None:
        """Set the pools of all streams, and begin and end second copies."""
        with self._lock:
            for recorder in self.first.values():
                self._follow_policy(recorder)

    def _follow_policy(self, recorder: StreamRecorder) -> None:
        key, policy, missing = recorder.key, self._store.policy, self._store.missing
        recorder.pool = policy.pool_of(key)
        pool = policy.mirrors.get(key)
        mirror = self.second.get(key)
        if pool is not None and mirror is None:
            missing.begin_copies(key)
            self.second[key] = second_copy(recorder, self._store, self._clock, pool)
        elif pool is not None and mirror is not None:
            mirror.pool = pool
        elif mirror is not None:
            recorder.mirror = None
            mirror.end()
            mirror.drop()
            del self.second[key]
            missing.end_copies(key)

    def all(self) -> list[StreamRecorder]:
        """Give the recorders of all streams, second copies behind."""
        return [*self.first.values(), *self.second.values()]

    def end(self, reason: GapReason) -> None:
        """End every span, second copies included."""
        for recorder in list(self.first.values()):
            recorder.end(reason)

    def of(self, disk: Disk) -> list[StreamRecorder]:
        """Give the streams that a disk records now, the most important first."""
        with self._lock:
            writer, streams, policy = self._disks.of(disk), self.all(), self._store.policy
            self._placement.settle(streams, self._disks.writers, policy)
            homeless = [one for one in self.second.values() if one.home is None]
            mine = [one for one in streams if one.home is writer]
            mine.sort(key=lambda one: importance(one, policy.ranks), reverse=True)
        for one in homeless:
            # Nothing waits for a second copy that has no disk: the first is safe without it. Not under our lock, which
            # a stream may wait for while it has its own.
            if (shed := one.drop()) is not None:
                self._store.lost(one.key, SECOND, shed.start_us, shed.end_us, GapReason.DISK)
        return mine

    def buffered_bytes(self, writer: DiskWriter | None = None) -> int:
        """Bytes of samples that are not durable yet: of all streams, or of those that a disk records."""
        return sum(one.waiting for one in self.all() if writer is None or one.home is writer)

    def _memory(self) -> int:
        """What waits takes; of pictures of a few bytes that is far more than those."""
        return sum(one.memory for one in self.all())

    def short_of_memory(self) -> bool:
        """Whether so much waits that writers should take little at a time, and the important first."""
        return self._memory() > self._store.policy.buffer_bytes * 3 // 4

    def took(self, size: int) -> None:
        """Count bytes that wait; beyond the policy's bound the least important is given up (S9)."""
        policy = self._store.policy
        self._put_bytes += size
        if self._put_bytes < policy.buffer_bytes // 8:
            return
        # The sum over all streams is asked for once in a while only, not at every sample.
        self._put_bytes = 0
        if self._memory() <= policy.buffer_bytes * 7 // 8:
            return
        prompt = self._disks.prompt()
        while self._memory() > policy.buffer_bytes * 7 // 8:
            found = shed_least(self.all(), policy.ranks, lambda one: any(one.home is other for other in prompt))
            if found is None:
                break
            recorder, shed = found
            if not any(recorder.home is one for one in prompt):
                recorder.stuck = True
            reason = GapReason.DISK if recorder.stuck else GapReason.OVERLOAD
            self._store.lost(recorder.key, int(recorder.twin is not None), shed.start_us, shed.end_us, reason)
        # What a disk is writing cannot be given up: the less is left beside it, the sooner it is looked again.
        self._put_bytes = max(0, self._memory() - policy.buffer_bytes * 7 // 8)
