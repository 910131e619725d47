"""One pass of a writer over its disk: claim blocks, log, write chunks in elevator order, sync.

Order on reuse: catalog record durable, then header, then chunks (architecture §4).
"""

from collections.abc import Sequence
from typing import NamedTuple

from recorder.client.stream import StreamKey
from recorder.store import chunk
from recorder.store.batch import Batch
from recorder.store.block import entry_of, tail_room
from recorder.store.chunk import ChunkHeader
from recorder.store.errors import DiskFull
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.layout import PAGE, STREAM_CODES, ChunkFlag
from recorder.store.merkle import NO_ROOT
from recorder.store.open_block import OpenBlock
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


class WritePass:
    """Plans and carries out one pass. Raises `OSError` and `StoreError`; the volume must then be given up."""

    def __init__(self, volume: Volume, policy: StorePolicy, buffer: AlignedBuffer) -> None:
        self._volume, self._policy, self._buffer = volume, policy, buffer
        self._placed: list[Placed] = []
        self._claimed: list[OpenBlock] = []
        self._full: list[OpenBlock] = []
        self._rows: list[Row] = []
        self.oversized: list[Batch] = []
        """Samples larger than a block of a tiny disk: never written."""
        block_bytes = volume.identity.block_bytes
        self._capacity = block_bytes - PAGE - tail_room(1)
        self._most = min(MOST_CHUNK_BYTES, self._capacity // _CHUNKS_PER_BLOCK)

    def run(self, takes: Sequence[tuple[StreamRecorder, list[Batch]]], rows: Sequence[Row]) -> Outcome:
        """Write batches and rows; when this returns everything but `refused` is durable."""
        self._rows = list(rows)
        refused: list[tuple[StreamRecorder, list[Batch]]] = []
        safe: list[Safe] = []
        for owner in self._volume.aged(self._policy.seal_after_s):
            self._full.append(self._volume.open.pop(owner))
        for recorder, batches in takes:
            parts = [part for batch in batches for part in batch.cut(self._most)]
            placed = self._place(recorder.key, parts)
            if placed:
                until_us = max(one.wall_us for one in parts[placed - 1].samples)
                safe.append(Safe(recorder, until_us, sum(part.size for part in parts[:placed])))
            if placed < len(parts):
                refused.append((recorder, parts[placed:]))
        self._volume.log(self._rows)
        size, sealed = self._write()
        return Outcome(size, [*self._rows, *sealed], safe, refused)

    def _place(self, key: StreamKey, parts: Sequence[Batch]) -> int:
        """Give each chunk its place; gives how many have one. Fewer than all when the disk is full."""
        for nth, part in enumerate(parts):
            try:
                self._place_one(key, part)
            except DiskFull:
                return nth
        return len(parts)

    def _place_one(self, key: StreamKey, batch: Batch) -> None:
        keys = chunk.access_points(batch.samples, batch.video_track)
        owner = self._volume.owner_of(key)
        opened = self._volume.open.get(owner)
        stream = (key.channel, STREAM_CODES[key.stream])
        size = chunk.shape(len(batch.samples), len(keys), len(batch.parameters), batch.size)
        if size.chunk_bytes > self._capacity:
            self.oversized.append(batch)
            return
        if opened is None or not opened.has_room(size.chunk_bytes):
            claimed = self._claim(owner)
            if opened is not None:
                self._full.append(opened)
            opened = claimed
        parameters = batch.parameters
        if stream in opened.last_of and not keys:
            # Parameters stand in every chunk where decoding can begin, so that it needs no other; here it cannot.
            parameters = b""
            size = chunk.shape(len(batch.samples), 0, 0, batch.size)
        offset, sequence, previous = opened.reserve(size.chunk_bytes, stream)
        self._placed.append(Placed(opened, offset, sequence, previous, batch, keys, parameters, size))

    def _claim(self, owner: StreamKey | None) -> OpenBlock:
        opened, row = self._volume.claim(owner, self._policy)
        self._claimed.append(opened)
        self._rows.append(row)
        return opened

    def _write(self) -> tuple[int, list[Row]]:
        volume = self._volume
        unsynced: dict[int, BlockFile] = {}
        written: list[BlockFile] = []
        for opened in self._claimed:
            volume.write_header(opened)
        size = 0
        for placed in sorted(self._placed, key=lambda one: (one.opened.row.number, one.offset)):
            self._write_chunk(placed)
            size += placed.shape.chunk_bytes
            file = placed.opened.file
            written.append(file)
            # An unwritten extent becomes a written one in the journal, which only syncing this very file commits.
            if not file.direct or placed.offset + placed.shape.chunk_bytes > placed.opened.row.filled:
                unsynced[id(file)] = file
        rows: list[Row] = []
        for opened in self._full:
            rows += volume.seal(opened)
            unsynced[id(opened.file)] = opened.file
        volume.sync(list(unsynced.values()) or written[:1])
        self._buffer.shrink(MOST_CHUNK_BYTES + PAGE)
        for opened in self._full:
            opened.file.close()
        volume.log(rows)
        return size, rows

    def _write_chunk(self, placed: Placed) -> None:
        volume, opened, batch = self._volume, placed.opened, placed.batch
        span = batch.span
        samples = batch.samples
        walls = [one.wall_us for one in samples]
        flags = ChunkFlag.PARAMETERS if placed.parameters else ChunkFlag.NONE
        if batch.begins_span:
            flags |= ChunkFlag.SPAN_BEGINS
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
            key_number=opened.header.key_number,
            nonce=volume.nonce(placed.sequence) if opened.lap else _NO_NONCE,
            tag=_NO_TAG,
            leaves=0,
            digest=NO_ROOT,
            salt=opened.header.salt if opened.lap else _NO_SALT,
            payload_crc=0,
            header_crc=0,
        )
        buffer = self._buffer.of(head.chunk_bytes)
        filled = chunk.fill(buffer, head, samples, placed.keys, placed.parameters, lap=opened.lap)
        opened.file.write(buffer, placed.offset)
        opened.entries.append(entry_of(placed.offset, head)._replace(**filled._asdict()))
