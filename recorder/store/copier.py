"""Copies what short holds want of a block into hold blocks, a few chunks at a time while the disk is not busy.

Only what is sealed is copied. A lap may be reused when a row says that what a hold wants of it is safe; that row is
written behind the copies. Until then, and whatever happens meanwhile, the lap itself is held.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import Epoch, SampleFlag
from recorder.store.batch import Batch, LiveSpan
from recorder.store.block import ChunkEntry
from recorder.store.block_cache import BlockRef
from recorder.store.chunk import facts
from recorder.store.chunk_digest import DIGESTS
from recorder.store.chunk_reader import ChunkReader
from recorder.store.errors import Damaged, DiskFull, Locked, StoreError
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.holds import Held, Want, is_short
from recorder.store.layout import BlockClass, BlockState, Source, block_name, stream_key
from recorder.store.piece import Piece
from recorder.store.policy import StorePolicy
from recorder.store.rows import BlockRow, CopyRow, HoldRow, KeptRow, Row, RowKind
from recorder.store.volume import Volume
from recorder.store.walk import entries_of_block
from recorder.store.write_pass import WritePass

log = logging.getLogger("store")

SLICE_BYTES = 4 << 20
"""So much is copied between two passes: about 50 ms of a hard disk."""
LOOK_US = 600 * SECOND_US
"""So often is looked for work that no change announced: a disk that had no room."""


class LapReader:
    """The chunks of one sealed block of a disk that is written, as samples."""

    def __init__(self, volume: Volume, row: BlockRow) -> None:
        """Raises `OSError`."""
        identity = volume.identity
        self.row = row
        self.keys = volume.keys
        self._block = BlockRef(identity.id_bytes, row.number, row.incarnation)
        self._file = volume.disk.files.open_to_read(block_name(row.number), volume.disk.directory)
        where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
        self.entries = entries_of_block(self._file, *where)
        self._reader = ChunkReader(self)

    def file(self, block: BlockRef) -> BlockFile:
        """Give the file that chunks are read from (`ChunkReader`)."""
        del block
        return self._file

    def is_overwritten(self, block: BlockRef) -> bool:
        """Nobody but us writes this disk (`ChunkReader`)."""
        del block
        return False

    def batch(self, entry: ChunkEntry, *, keys_only: bool = False) -> Batch | None:
        """Give what is whole of a chunk, or its key frames, ready to be written again; None where nothing is.

        Raises `Damaged`, `Locked` and `OSError`.
        """
        key = stream_key(entry.channel, entry.stream)
        if key is None:
            raise Damaged(what="a chunk", problem="a stream of a later version")
        piece = Piece(entry.first_us, entry.last_us, entry.span, self._block, 0, entry.payload_bytes, is_open=False)
        chunk = self._reader.open(piece, entry)
        fixed = chunk.head.fixed
        epoch = self._reader.epoch(chunk)
        video = epoch.video if epoch is not None else None
        taken = self._reader.samples(chunk, 0, fixed.samples)
        samples, leaves = taken.samples, chunk.head.leaves
        digests = DIGESTS.get(fixed.digest_kind)
        if keys_only:
            if not leaves and not taken.damaged and digests is not None:
                # What was there, so that its root can still be told: of what is damaged it cannot.
                hashes = [digests.head(facts(fixed), chunk.head.parameters)]
                hashes += [digests.sample(one.track, one.flags, one.wall_us, one.pts_us, one.data) for one in samples]
                leaves = b"".join(hashes)
            track = video.track if video is not None else _NO_TRACK
            samples = [one for one in samples if int(one.flags) & _KEY and one.track == track]
        if not samples:
            return None
        source = Source(entry.source)
        times = (entry.first_monotonic_us, entry.first_us, entry.last_us)
        span = LiveSpan(entry.span, key, source, entry.kernel_boot, *times)
        track = video.track if video else None if chunk.head.keys else _NO_TRACK
        begins = not keys_only and bool(fixed.flags & _SPAN_BEGINS)
        size = sum(len(one.data) for one in samples)
        # The parameters as they were: the root of the chunk is over them too.
        made = (span, Epoch(entry.epoch, ()), chunk.head.parameters, track, begins, 0, samples, size)
        kind = fixed.digest_kind if digests is not None else None
        return Batch(*made, origin=self.row.incarnation, leaves=leaves, digest_kind=kind)

    def close(self) -> None:
        """Close the block."""
        self._file.close()


_NO_TRACK = -1
"""In place of the video track of a chunk whose parameters are not at hand: no sample of it is an access point."""
_SPAN_BEGINS = 4
_KEY = int(SampleFlag.KEY)


@dataclass
class _Job:
    lap: LapReader
    left: deque[ChunkEntry]
    kept: list[Row]
    done: bool = False
    skipped: int = field(default=0)


class Copier:
    """The copies of one disk. One thread, that of its writer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._todo: deque[int] = deque()
        self._job: _Job | None = None
        self._look_at_us = 0

    def heard(self, rows: Iterable[Row]) -> None:
        """Rows were logged: a hold that changed wants a look at everything, a sealed block one at itself."""
        for row in rows:
            if isinstance(row, HoldRow):
                self._look_at_us = 0
            elif isinstance(row, BlockRow) and row.state == BlockState.SEALED:
                self._todo.append(row.number)

    def forget(self) -> None:
        """The volume is gone."""
        self._end()
        self._todo.clear()
        self._look_at_us = 0

    def step(self, volume: Volume, policy: StorePolicy, buffer: AlignedBuffer) -> list[Row]:
        """Copy a little; gives the rows that are durable for it. Raises `OSError` and `StoreError` as a pass does."""
        if self._job is None and not self._begin(volume):
            return []
        job = self._job
        assert job is not None
        batches: list[Batch] = []
        size = 0
        while job.left and size < SLICE_BYTES:
            entry = job.left.popleft()
            try:
                batch = _whole(job.lap, entry)
            except Locked:
                # Without its key it stays where it is.
                self._end()
                return []
            if batch is not None:
                batches.append(batch)
            size += entry.chunk_bytes
        rows = [] if job.left else job.kept
        one = WritePass(volume, policy, buffer)
        try:
            written = one.copy(BlockClass.HELD, batches, rows)
        except DiskFull:
            # The lap stays held as it is; there may be room later.
            self._end()
            return []
        if not job.left:
            self._end()
        return written

    def _end(self) -> None:
        if self._job is not None:
            self._job.lap.close()
            self._job = None

    def _begin(self, volume: Volume) -> bool:
        now = self._clock.monotonic_us()
        if now >= self._look_at_us:
            self._look_at_us = now + LOOK_US
            self._todo = deque(_short_laps(volume, self._clock.now_us()))
        while self._todo:
            number = self._todo.popleft()
            self._job = self._job_of(volume, number)
            if self._job is not None:
                return True
        return False

    def _job_of(self, volume: Volume, number: int) -> _Job | None:
        row = volume.catalog.contents.blocks[number]
        wants = list(Held(volume.catalog.contents, self._clock.now_us()).wants(row))
        if row.state != BlockState.SEALED or not wants or not is_short(row, wants, volume.identity.block_bytes):
            return None
        lap = LapReader(volume, row)
        entries = wanted_chunks(lap.entries, wants)
        if sum(one.chunk_bytes for one in entries) * 2 >= volume.identity.block_bytes:
            lap.close()
            return None
        left = deque(one for one in entries if not is_copied(one, row, volume, BlockClass.HELD))
        return _Job(lap, left, kept_rows(row, wants, entries))


def wanted_chunks(entries: Sequence[ChunkEntry], wants: Sequence[Want]) -> list[ChunkEntry]:
    """Give the chunks that hold what is wanted, from one with a key frame before it on, in the order of the block."""
    chosen: set[int] = set()
    for want in wants:
        mine = [n for n, one in enumerate(entries) if (one.span, one.stream) == (want.run.span, want.run.stream)]
        within = [n for n in mine if entries[n].first_us <= want.last_us and want.first_us <= entries[n].last_us]
        if not within:
            continue
        chosen.update(within)
        if not entries[within[0]].keys:
            before = [n for n in mine if n < within[0]]
            begin = next((n for n in reversed(before) if entries[n].keys), None)
            chosen.update(n for n in before if begin is not None and n >= begin)
    return [entries[n] for n in sorted(chosen)]


def kept_rows(row: BlockRow, wants: Sequence[Want], entries: Sequence[ChunkEntry]) -> list[Row]:
    """Give the rows that say that wants of a lap are safe elsewhere."""
    first = min((one.first_us for one in entries), default=0)
    last = max((one.last_us for one in entries), default=0)
    holds = dict.fromkeys(one.hold.id for one in wants)
    return [KeptRow(hold, row.incarnation, first, last) for hold in holds]


def is_copied(entry: ChunkEntry, row: BlockRow, volume: Volume, shelf: BlockClass) -> bool:
    """Whether a chunk lies in a block of copies already. Runs are of whole chunks, so times tell."""
    contents = volume.catalog.contents
    return any(
        isinstance(one, CopyRow)
        and (one.origin, one.span) == (row.incarnation, entry.span)
        and one.first_us <= entry.first_us
        and entry.last_us <= one.last_us
        and contents.blocks[one.block].block_class == shelf
        for one in contents.of(RowKind.COPY)
    )


def _whole(lap: LapReader, entry: ChunkEntry) -> Batch | None:
    try:
        return lap.batch(entry)
    except Locked:
        raise
    except (StoreError, OSError) as error:
        # Damaged where it lies: there is nothing to be saved, and keeping it would pin the block for ever.
        log.warning("block %d, chunk at %d: not copied (%s)", lap.row.number, entry.offset, error)
        return None


def _short_laps(volume: Volume, now_us: int) -> Iterator[int]:
    contents = volume.catalog.contents
    held = Held(contents, now_us)
    if not held.living:
        return
    for row in list(contents.blocks.values()):
        if row.state == BlockState.SEALED and row.block_class != BlockClass.HELD:
            wants = list(held.wants(row))
            if wants and is_short(row, wants, volume.identity.block_bytes):
                yield row.number
