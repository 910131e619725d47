"""One pass of a writer over its disk: claim blocks, log, write chunks in elevator order, sync.

Order on reuse: catalog record durable, then header, then chunks (architecture §4).
"""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, wait
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from recorder.store import block, chunk, chunk_digest
from recorder.store.allocation import Rules
from recorder.store.batch import Batch
from recorder.store.block import ChunkEntry, entry_of, tail_room
from recorder.store.block_owner import Owner
from recorder.store.chunk import ChunkHeader
from recorder.store.errors import DiskFull
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.layout import PAGE, STREAM_CODES, BlockClass, ChunkFlag
from recorder.store.merkle import HASH_BYTES, NO_ROOT
from recorder.store.open_block import OpenBlock, copies
from recorder.store.policy import StorePolicy
from recorder.store.rows import Row
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.volume import Volume

MOST_CHUNK_BYTES = 4 << 20
_CHUNKS_PER_BLOCK = 4
_NO_NONCE, _NO_TAG, _NO_SALT = bytes(12), bytes(16), bytes(32)


class Placed(NamedTuple):
    """A chunk that has its place but is not written yet."""

    opened: OpenBlock
    offset: int
    sequence: int
    previous: int
    batch: Batch
    keys: list[int]
    parameters: bytes
    shape: chunk.Shape


class _Run(NamedTuple):
    """Chunks that lie one behind the other in a block and are written at once, at most 4 MiB unless one is larger.

    The first ones of a lap go with the header page before them.
    """

    opened: OpenBlock
    offset: int
    bytes: int
    chunks: list[Placed]


class Safe(NamedTuple):
    """What of a stream is durable now: samples up to `until_us` (UTC), `bytes` of them new."""

    recorder: StreamRecorder
    until_us: int
    bytes: int


class Outcome(NamedTuple):
    """What a pass did: bytes written, rows logged, what is safe, and batches that found no block."""

    bytes: int
    rows: list[Row]
    safe: list[Safe]
    refused: list[tuple[StreamRecorder, list[Batch]]]


class Ahead(NamedTuple):
    """What fills the next chunks while a disk is busy with those before: a thread, and memory of its own."""

    thread: Executor
    buffer: AlignedBuffer


class WritePass:
    """Plans and carries out one pass. Raises `OSError` and `StoreError`; the volume must then be given up."""

    def __init__(
        self,
        volume: Volume,
        policy: StorePolicy,
        buffer: AlignedBuffer,
        over_quota: Callable[[], Collection[int]] = frozenset[int],
        ahead: "Ahead | None" = None,
    ) -> None:
        """With `ahead` chunks are filled while the ones before are written."""
        self._volume, self._policy, self._over_quota = volume, policy, over_quota
        self._ahead = ahead.thread if ahead is not None else None
        self._buffers = [buffer] if ahead is None else [buffer, ahead.buffer]
        self._placed: list[Placed] = []
        self._claimed: list[OpenBlock] = []
        self._full: list[OpenBlock] = []
        self._rows: list[Row] = []
        self._spare: int | None = None
        self.begins: dict[tuple[int, int], int] = {}
        """By block number and incarnation: where in a block this pass begins. When it fails, what stands from there on
        is of no account: its samples are written again elsewhere."""
        self.oversized: list[Batch] = []
        """Samples larger than a block of a tiny disk: never written."""
        block_bytes = volume.identity.block_bytes
        self._capacity = block_bytes - PAGE - tail_room(1)
        self._most = min(MOST_CHUNK_BYTES, self._capacity // _CHUNKS_PER_BLOCK)

    @cached_property
    def _rules(self) -> Rules:
        """What decides about reuse; worked out only where a block is claimed."""
        return self._volume.rules(self._policy, self._over_quota())

    def run(
        self,
        takes: Sequence[tuple[StreamRecorder, list[Batch]]],
        rows: Sequence[Row],
        *,
        seal: Collection[Owner] = (),
        start_percent: int = 100,
    ) -> Outcome:
        """Write batches and rows; when this returns everything but `refused` is durable.

        `seal` names open blocks to close first; `start_percent` is the high-water mark of the disk's pool.
        """
        try:
            return self._run(takes, rows, seal, start_percent)
        except BaseException:
            self._close_full()
            raise

    def _run(
        self,
        takes: Sequence[tuple[StreamRecorder, list[Batch]]],
        rows: Sequence[Row],
        seal: Collection[Owner],
        start_percent: int,
    ) -> Outcome:
        self._rows = list(rows)
        # What is to be held counts before this pass chooses blocks to use again (S6).
        self._volume.expect(rows)
        refused: list[tuple[StreamRecorder, list[Batch]]] = []
        safe: list[Safe] = []
        for owner in seal:
            self._full.append(self._volume.open.pop(owner))
        for recorder, batches in takes:
            parts = [part for batch in batches for part in batch.cut(self._most)]
            placed = self._place(self._volume.owner_of(recorder.pool, recorder.key), parts)
            if placed:
                until_us = max(one.wall_us for one in parts[placed - 1].samples)
                safe.append(Safe(recorder, until_us, sum(part.size for part in parts[:placed])))
            if placed < len(parts):
                refused.append((recorder, parts[placed:]))
        if self._claimed:
            self._rows += self._volume.release(self._rules, start_percent)
        logged = self._volume.log(self._rows)
        size, sealed = self._write()
        return Outcome(size, [*logged, *sealed], safe, refused)

    def copy(
        self, shelf: BlockClass, batches: Sequence[Batch], rows: Sequence[Row], *, spare: int | None = None
    ) -> list[Row]:
        """Write copies to blocks of their own class; `rows` say what they are good for, and are logged after them.

        When this returns, copies and rows are durable; a power cut before leaves none of these rows. Gives all rows.
        Raises `DiskFull` and has done nothing then. The block `spare`, which is copied, is not used for it.
        """
        self._spare = spare
        try:
            for batch in batches:
                self._place_one(Owner(self._rules.pool.number, shelf), batch)
            logged = self._volume.log(self._rows)
            _size, sealed = self._write(rows)
        except BaseException:
            self._close_full()
            raise
        return [*logged, *sealed]

    def _close_full(self) -> None:
        """Close what the volume has no more: a file left open keeps a mount from going away."""
        for opened in self._full:
            opened.file.close()

    def _place(self, owner: Owner, parts: Sequence[Batch]) -> int:
        """Give each chunk its place; gives how many have one. Fewer than all when the disk is full."""
        for nth, part in enumerate(parts):
            try:
                self._place_one(owner, part)
            except DiskFull:
                return nth
        return len(parts)

    def _place_one(self, owner: Owner, batch: Batch) -> None:
        key = batch.span.key
        keys = chunk.access_points(batch.samples, batch.video_track)
        opened = self._volume.open.get(owner)
        stream = (key.channel, STREAM_CODES[key.stream])
        size = _shape(batch, len(keys), len(batch.parameters))
        if size.chunk_bytes > self._capacity:
            self.oversized.append(batch)
            return
        if opened is None or not opened.has_room(size.chunk_bytes) or not opened.goes_on_with(batch):
            claimed = self._claim(owner)
            if opened is not None:
                self._full.append(opened)
            opened = claimed
        parameters = batch.parameters
        if stream in opened.last_of and not keys and not batch.origin:
            # Parameters stand in every chunk where decoding can begin, so that it needs no other; here it cannot.
            parameters = b""
            size = _shape(batch, 0, 0)
        offset, sequence, previous = opened.reserve(size.chunk_bytes, stream)
        opened.note(batch)
        self.begins.setdefault((opened.row.number, opened.row.incarnation), offset)
        self._placed.append(Placed(opened, offset, sequence, previous, batch, keys, parameters, size))

    def _is_spared(self, number: int) -> bool:
        return number == self._spare or self._rules.is_held(number)

    def _claim(self, owner: Owner) -> OpenBlock:
        rules, spare = self._rules, self._spare
        if spare is not None:
            rules = rules._replace(is_held=self._is_spared)
        opened, row = self._volume.claim(owner, self._policy, rules)
        self._claimed.append(opened)
        self._rows.append(row)
        return opened

    def _write(self, after: Sequence[Row] = ()) -> tuple[int, list[Row]]:
        volume = self._volume
        unsynced: dict[int, BlockFile] = {}
        written: list[BlockFile] = []
        size = 0
        for run in self._fill_and_write():
            size += run.bytes
            file = run.opened.file
            written.append(file)
            # An unwritten extent becomes a written one in the journal, which only syncing this very file commits.
            if not file.direct or run.offset + run.bytes > run.opened.row.filled:
                unsynced[id(file)] = file
        touched = {id(one.opened): one.opened for one in self._placed}
        still_open = [one for one in touched.values() if all(one is not full for full in self._full)]
        for opened in still_open:
            due = opened.list_due()
            if due is not None:
                opened.write(self._buffers[0].holding(due[0]), due[1])
        rows = self._copied()
        for opened in self._full:
            sealed, at_once = volume.sealing.seal(opened)
            rows += sealed
            written.append(opened.file)
            if not at_once:
                unsynced[id(opened.file)] = opened.file
        volume.sync(list(unsynced.values()) or written[:1])
        for opened in still_open:
            opened.durable = len(opened.entries)
        for buffer in self._buffers:
            buffer.shrink(MOST_CHUNK_BYTES + PAGE)
        self._close_full()
        rows += after
        volume.log(rows)
        return size, rows

    def _copied(self) -> list[Row]:
        """The rows of the copies among what was written."""
        by_block: dict[int, tuple[OpenBlock, list[tuple[int, ChunkEntry]]]] = {}
        for placed in self._placed:
            if placed.batch.origin:
                entry = placed.opened.entry_at(placed.offset)
                by_block.setdefault(placed.opened.row.number, (placed.opened, []))[1].append(
                    (placed.batch.origin, entry)
                )
        return [row for one, found in by_block.values() for row in copies(one.row, found)]

    def _runs(self) -> list[_Run]:
        """Give what was placed in elevator order, neighbours in a block together: a disk that seeks does it once."""
        runs: list[_Run] = []
        for one in sorted(self._placed, key=lambda one: (one.opened.row.number, one.offset)):
            size = one.shape.chunk_bytes
            last = runs[-1] if runs else None
            if (
                last is not None
                and last.opened is one.opened
                and last.offset + last.bytes == one.offset
                and last.bytes + size <= MOST_CHUNK_BYTES
            ):
                last.chunks.append(one)
                runs[-1] = last._replace(bytes=last.bytes + size)
            elif one.opened.fresh and one.offset == PAGE:
                runs.append(_Run(one.opened, 0, PAGE + size, [one]))
            else:
                runs.append(_Run(one.opened, one.offset, size, [one]))
        return runs

    def _fill_and_write(self) -> list[_Run]:
        """Write all chunks; with a thread to fill `ahead`, the disk is not left waiting for the next ones."""
        runs = self._runs()
        if self._ahead is None or len(runs) < 2:
            for run in runs:
                self._write_run(run, *self._fill_run(run, self._buffers[0]))
            return runs
        buffers = [self._buffers[n % 2] for n in range(len(runs))]
        filling = self._ahead.submit(self._fill_run, runs[0], buffers[0])
        try:
            for run, following, buffer in zip_longest(runs, runs[1:], buffers[1:]):
                filled = filling.result()
                if following is not None:
                    filling = self._ahead.submit(self._fill_run, following, buffer)
                self._write_run(run, *filled)
        finally:
            # Whatever became of the write: nobody may fill these buffers any more.
            wait([filling])
        return runs

    def _write_run(self, run: _Run, view: memoryview, entries: list[ChunkEntry]) -> None:
        run.opened.write(view, run.offset)
        run.opened.add(entries)
        run.opened.fresh = False

    def _fill_run(self, run: _Run, buffer: AlignedBuffer) -> tuple[memoryview, list[ChunkEntry]]:
        view = buffer.of(run.bytes)
        if not run.offset:
            view[:PAGE] = block.pack_header(run.opened.header)
        return view, [self._fill(one, view[one.offset - run.offset :][: one.shape.chunk_bytes]) for one in run.chunks]

    def _fill(self, placed: Placed, into: memoryview) -> ChunkEntry:
        volume, opened, batch = self._volume, placed.opened, placed.batch
        span = batch.span
        samples = batch.samples
        walls = [one.wall_us for one in samples]
        flags = ChunkFlag.PARAMETERS if placed.parameters else ChunkFlag.NONE
        if batch.begins_span:
            flags |= ChunkFlag.SPAN_BEGINS
        if batch.origin:
            flags |= ChunkFlag.COPIED
        if opened.lap is not None:
            flags |= ChunkFlag.ENCRYPTED
        head = ChunkHeader(
            flags=int(flags),
            chunk_bytes=placed.shape.chunk_bytes,
            header_bytes=placed.shape.header_bytes,
            payload_bytes=placed.shape.payload_bytes,
            samples=len(samples),
            keys=len(placed.keys),
            parameter_bytes=len(placed.parameters),
            disk=opened.header.disk,
            block=opened.row.number,
            sequence=placed.sequence,
            incarnation=opened.row.incarnation,
            span=span.id,
            kernel_boot=span.kernel_boot,
            boot=volume.boot,
            channel=span.key.channel,
            stream=STREAM_CODES[span.key.stream],
            source=span.source,
            epoch=batch.epoch.number & 0xFFFFFFFF,
            previous=placed.previous,
            first_us=min(walls),
            last_us=max(walls),
            first_monotonic_us=span.start_monotonic_us,
            first_pts_us=samples[0].pts_us,
            cipher=opened.header.cipher,
            digest_kind=chunk_digest.WRITTEN if batch.digest_kind is None else batch.digest_kind,
            key_number=opened.header.key_number,
            nonce=volume.laps.nonce(placed.sequence) if opened.lap else _NO_NONCE,
            tag=_NO_TAG,
            leaves=len(batch.leaves) // HASH_BYTES,
            digest=NO_ROOT,
            salt=opened.header.salt if opened.lap else _NO_SALT,
            payload_crc=0,
            header_crc=0,
        )
        what = (samples, placed.keys, placed.parameters)
        filled = chunk.fill(into, head, *what, lap=opened.lap, leaves=batch.leaves, origin=batch.origin)
        return entry_of(placed.offset, head)._replace(**filled._asdict())


def _shape(batch: Batch, keys: int, parameter_bytes: int) -> chunk.Shape:
    leaves = len(batch.leaves) // HASH_BYTES
    return chunk.shape(len(batch.samples), keys, parameter_bytes, batch.size, leaves, copied=bool(batch.origin))
