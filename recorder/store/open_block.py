"""A block that is being written: where its next chunk goes, and what is already in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from recorder.store.batch import Batch
from recorder.store.block import BlockHeader, ChunkEntry, tail_room
from recorder.store.chunk_list import LIST_BYTES, NOTHING, PER_PAGE, Listed, most_pages, pack, place
from recorder.store.cipher import LapKey
from recorder.store.errors import BadBlock, is_bad_sector
from recorder.store.files import BlockFile
from recorder.store.ids import RowId
from recorder.store.layout import PAGE, BlockClass, BlockState, Source
from recorder.store.rows import BlockRow, CopyRow, PieceRow


@dataclass
class OpenBlock:
    """A block open for appending. Offsets in bytes from its beginning."""

    row: BlockRow
    header: BlockHeader
    file: BlockFile
    entries: list[ChunkEntry] = field(default_factory=list[ChunkEntry])
    end: int = PAGE
    sequence: int = 0
    last_of: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """Where the newest chunk of each stream (channel, code) begins."""
    begins: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """When the footage of each stream here begins (UTC, µs)."""
    ordinals: dict[RowId, int] = field(default_factory=dict[RowId, int])
    """Of each span, the ordinal of the batch that was placed last."""
    fresh: bool = True
    """The header page is not written yet."""
    lap: LapKey | None = None
    """The key of this lap, where it is encrypted."""
    durable: int = 0
    """So many chunks from the first on were there when a sync returned."""
    listed: int = 0
    """So many of them its list names."""
    list_pages: int = 0

    def has_room(self, chunk_bytes: int) -> bool:
        """Whether a chunk fits, and behind it the index and the tail."""
        planned = self.sequence + 1
        return self.end + chunk_bytes + tail_room(planned) <= self.header.block_bytes

    def goes_on_with(self, batch: Batch) -> bool:
        """Whether a batch follows what is here of its span without a hole.

        Not so where something between lies on another disk, or where it comes late: then it needs a block of its own,
        so that the pieces of a span never lie within each other.
        """
        known = self.ordinals.get(batch.span.id)
        return known is None or known == batch.span.placed <= batch.ordinal

    def note(self, batch: Batch) -> None:
        """A batch has its place here."""
        span = batch.span
        self.ordinals[span.id] = batch.ordinal
        span.placed = max(span.placed, batch.ordinal)

    def write(self, data: memoryview, offset: int) -> None:
        """Write pages of it; raises `BadBlock` where the disk refuses this very place, and `OSError`."""
        try:
            self.file.write(data, offset)
        except OSError as error:
            if not is_bad_sector(error):
                raise
            number, problem = self.row.number, error.strerror or str(error)
            raise BadBlock(disk=self.header.disk.hex()[:8], number=number, problem=problem) from error

    def reserve(self, chunk_bytes: int, stream: tuple[int, int]) -> tuple[int, int, int]:
        """Take room for a chunk; gives (offset, sequence, offset of the stream's chunk before it or 0)."""
        offset, sequence, previous = self.end, self.sequence, self.last_of.get(stream, 0)
        self.end += chunk_bytes
        self.sequence += 1
        self.last_of[stream] = offset
        return offset, sequence, previous

    def resume(self, entries: Iterable[ChunkEntry], end: int, sequence: int, listed: Listed = NOTHING) -> None:
        """Go on behind the chunks that a walk found, and behind the pages of the list that were believed."""
        self.durable = self.listed = len(listed.entries)
        self.list_pages = listed.pages
        self.entries, self.begins = [], {}
        self.add(entries)
        self.end, self.sequence, self.fresh = end, sequence, False
        for one in self.entries:
            self.last_of[one.channel, one.stream] = one.offset

    def add(self, entries: Iterable[ChunkEntry]) -> None:
        """Chunks are written."""
        for one in entries:
            self.entries.append(one)
            stream = one.channel, one.stream
            self.begins[stream] = min(one.first_us, self.begins.get(stream, one.first_us))

    def list_due(self) -> tuple[bytes, int] | None:
        """Give what to write of the list now, and where; None where that is too little, or there is no room for it.

        In the first lap of a block all of the list's room is written along with its first page (S8).
        """
        block_bytes = self.header.block_bytes
        news = self.entries[self.listed : self.durable]
        if not most_pages(block_bytes) or sum(one.chunk_bytes for one in news) < LIST_BYTES:
            return None
        count = -(-len(news) // PER_PAGE)
        at = place(block_bytes, self.list_pages + count - 1)
        if self.list_pages + count > most_pages(block_bytes) or at < self.end:
            return None
        where = (self.header.disk, self.row.number, self.row.incarnation)
        data = pack(news, where, first=self.listed, page=self.list_pages)
        lowest = place(block_bytes, most_pages(block_bytes) - 1)
        if not self.list_pages and self.row.filled < block_bytes and lowest >= self.end:
            data, at = bytes(at - lowest) + data, lowest
        self.listed, self.list_pages = self.durable, self.list_pages + count
        return data, at

    def entry_at(self, offset: int) -> ChunkEntry:
        """Give a chunk that was written, by its offset."""
        return next(one for one in reversed(self.entries) if one.offset == offset)

    def sealed_row(self) -> BlockRow:
        """The row of this block once its tail is written."""
        return self.row._replace(
            state=BlockState.SEALED,
            first_us=min((one.first_us for one in self.entries), default=self.row.opened_us),
            last_us=max((one.last_us for one in self.entries), default=self.row.opened_us),
            used=self.end,
            filled=max(self.row.filled, self.end),
            chunks=len(self.entries),
        )


def copies(block: BlockRow, copied: Iterable[tuple[int, ChunkEntry]]) -> list[CopyRow]:
    """Give a row for every run of chunks of one span, copied from one lap; `copied` are (lap, chunk) in order."""
    found: list[CopyRow] = []
    for origin, one in copied:
        known = found[-1] if found else None
        if known is None or (known.span, known.origin) != (one.span, origin):
            source = one.source
            if block.block_class == BlockClass.THINNED:
                source = Source.THINNED | (one.source & Source.COPY)
            run = (block.number, block.incarnation, one.span, origin, one.first_us, one.channel, one.stream, source)
            times = (one.kernel_boot, one.first_monotonic_us, one.last_us)
            found.append(CopyRow(*run, *times, one.payload_bytes, one.samples, one.keys))
        else:
            found[-1] = known._replace(
                first_us=min(known.first_us, one.first_us),
                last_us=max(known.last_us, one.last_us),
                bytes=known.bytes + one.payload_bytes,
                samples=known.samples + one.samples,
                keys=known.keys + one.keys,
            )
    return found


def pieces(number: int, incarnation: int, entries: Iterable[ChunkEntry]) -> list[PieceRow]:
    """Give the part of each span that lies in a block."""
    found: dict[tuple[object, int, int], PieceRow] = {}
    for one in entries:
        key = (one.span, one.channel, one.stream)
        known = found.get(key)
        if known is None:
            found[key] = PieceRow(
                number,
                incarnation,
                one.span,
                one.channel,
                one.stream,
                one.source,
                one.kernel_boot,
                one.first_monotonic_us,
                one.first_us,
                one.last_us,
                one.payload_bytes,
                one.samples,
                one.keys,
            )
        else:
            found[key] = known._replace(
                first_us=min(known.first_us, one.first_us),
                last_us=max(known.last_us, one.last_us),
                bytes=known.bytes + one.payload_bytes,
                samples=known.samples + one.samples,
                keys=known.keys + one.keys,
            )
    return list(found.values())
