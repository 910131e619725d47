"""Thins aged footage to its key frames, so that its blocks make room (P-POOL-05): slowly, where a disk is idle.

The key frames of a lap are copied chunk by chunk into blocks of their own class, with the hashes of all samples that
were there, which still give the root of each chunk. The row that sets the old block free is logged behind the last:
copies count from that row on, so at no moment are both shown, or neither. What is held is left alone.
"""

import logging
from collections import deque
from dataclasses import dataclass

from recorder.client.clock import SECOND_US, Clock
from recorder.store.allocation import DAY_US
from recorder.store.batch import Batch
from recorder.store.block import ChunkEntry
from recorder.store.copier import LapReader, is_copied
from recorder.store.errors import DiskFull, Locked, StoreError
from recorder.store.files import AlignedBuffer
from recorder.store.holds import Held
from recorder.store.layout import BlockClass, BlockState
from recorder.store.policy import StorePolicy
from recorder.store.rows import BlockRow, CopyRow, PieceRow, Row, RowKind
from recorder.store.volume import Volume
from recorder.store.write_pass import WritePass

log = logging.getLogger("store")

SLICE_BYTES = 4 << 20
"""So much is read between two passes: about 40 ms of a hard disk."""
LOOK_US = 60 * SECOND_US
"""So often is looked for footage that grew old enough."""
MOST_KEYS = 2
"""Where every second sample is a key frame, as in MJPEG, thinning gains nothing."""


@dataclass
class _Job:
    lap: LapReader
    left: deque[ChunkEntry]


class Thinner:
    """What is thinned on one disk. One thread, that of its writer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._job: _Job | None = None
        self._todo: deque[BlockRow] = deque()
        self._look_at_us = 0
        self._in_vain: set[int] = set()
        """Laps in which there is nothing to gain."""

    def forget(self) -> None:
        """The volume is gone."""
        self._end()
        self._todo.clear()
        self._look_at_us = 0

    def step(self, volume: Volume, policy: StorePolicy, buffer: AlignedBuffer) -> list[Row]:
        """Thin a little; gives the rows that are durable for it. Raises `OSError` and `StoreError` as a pass does."""
        if self._job is None and not self._begin(volume, policy):
            return []
        job = self._job
        assert job is not None
        row = volume.catalog.contents.blocks[job.lap.row.number]
        if row != job.lap.row or next(Held(volume.catalog.contents, self._clock.now_us()).wants(row), None) is not None:
            # Used again, or held, meanwhile: what was copied counts once the lap is over, and not before.
            self._end()
            return []
        batches: list[Batch] = []
        size = 0
        while job.left and size < SLICE_BYTES:
            entry = job.left.popleft()
            size += entry.chunk_bytes
            try:
                batch = _keys(job.lap, entry)
            except Locked:
                self._in_vain.add(row.incarnation)
                self._end()
                return []
            if batch is not None:
                batches.append(batch)
        freed = [] if job.left else [row._replace(state=BlockState.FREE)]
        try:
            written = WritePass(volume, policy, buffer).copy(BlockClass.THINNED, batches, freed, spare=row.number)
        except DiskFull:
            self._end()
            return []
        if freed:
            volume.tally.take(freed[0], ())
            self._end()
        return written

    def _end(self) -> None:
        if self._job is not None:
            self._job.lap.close()
            self._job = None

    def _begin(self, volume: Volume, policy: StorePolicy) -> bool:
        now = self._clock.monotonic_us()
        if not self._todo:
            if now < self._look_at_us or not policy.thins:
                return False
            self._look_at_us = now + LOOK_US
            self._todo.extend(self._aged(volume, policy))
        while self._todo and self._job is None:
            row = self._todo.popleft()
            if volume.catalog.contents.blocks.get(row.number) == row:
                self._job = self._job_of(volume, row)
        return self._job is not None

    def _job_of(self, volume: Volume, row: BlockRow) -> _Job | None:
        lap = LapReader(volume, row)
        keys, samples = sum(one.keys for one in lap.entries), sum(one.samples for one in lap.entries)
        if keys * MOST_KEYS > samples:
            self._in_vain.add(row.incarnation)
            lap.close()
            return None
        left = deque(one for one in lap.entries if one.keys and not is_copied(one, row, volume, BlockClass.THINNED))
        return _Job(lap, left)

    def _aged(self, volume: Volume, policy: StorePolicy) -> list[BlockRow]:
        contents, now_us = volume.catalog.contents, self._clock.now_us()
        held = Held(contents, now_us)
        pool = policy.use_of(volume.identity.id).pool
        # Where a part of a lap lies in hold blocks already, its thinned copy would be shown beside that.
        origins = {
            one.origin
            for one in contents.of(RowKind.COPY)
            if isinstance(one, CopyRow) and contents.blocks[one.block].block_class == BlockClass.HELD
        }
        living = {one.incarnation for one in contents.blocks.values()}
        self._in_vain &= living
        found: list[BlockRow] = []
        for row in contents.blocks.values():
            if row.state != BlockState.SEALED or row.block_class not in {BlockClass.SINGLE, BlockClass.SHARED}:
                continue
            if row.incarnation in origins or row.incarnation in self._in_vain or held(row.number):
                continue
            channels = {one.channel for one in contents.pieces(row.number) if isinstance(one, PieceRow)}
            ages = [policy.thin_days(pool, channel) for channel in channels]
            # Of a block that streams share the longest time counts.
            days = [one for one in ages if one is not None]
            if days and len(days) == len(ages) and row.last_us < now_us - max(days) * DAY_US:
                found.append(row)
        return sorted(found, key=lambda one: one.serial)


def _keys(lap: LapReader, entry: ChunkEntry) -> Batch | None:
    try:
        return lap.batch(entry, keys_only=True)
    except Locked:
        raise
    except (StoreError, OSError) as error:
        log.warning("block %d, chunk at %d: lost in thinning (%s)", lap.row.number, entry.offset, error)
        return None
