"""Walk the chunks of a block from the front: how an open block is read, and a sealed one whose tail is lost."""

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum

from recorder.client.clock import SECOND_US
from recorder.store import chunk
from recorder.store.block import BlockTail, ChunkEntry, entry_of, parse_index, parse_tail
from recorder.store.checksum import crc32
from recorder.store.chunk import ChunkHeader
from recorder.store.chunk_list import Listed
from recorder.store.errors import Damaged
from recorder.store.files import Readable, SystemFile
from recorder.store.layout import PAGE

RECENT_US = 10 * SECOND_US
"""What a pass writes came in within its last seconds (S2); only that can be torn when the power fails."""

SEARCHED_BYTES = 256 << 10
"""Read at once where chunks are looked for: by the page a disk is asked 64 times as often, for the same answer."""


class WalkEnd(Enum):
    """Why a walk went no further."""

    FRONTIER = "frontier"
    """Here begins what another lap left, or nothing: the block can be written on from here."""
    TORN = "torn"
    """A chunk of this lap begins here and is not whole."""
    UNREADABLE = "unreadable"
    """The disk does not give this page."""


class BlockWalk:
    """The chunks found so far; `advance` looks for more, so an open block can be followed."""

    def __init__(self, file: Readable, disk: bytes, number: int, incarnation: int, block_bytes: int) -> None:
        self._file, self._disk = file, disk
        self.number, self.incarnation = number, incarnation
        self._limit = block_bytes - PAGE
        self.entries: list[ChunkEntry] = []
        self.end = PAGE
        """Where the next chunk would begin."""
        self.sequence = 0
        self.boot = 0
        """The highest boot number seen; a chunk of a lower one was left behind by a torn write and is not followed."""
        self.proven = 0
        """So many chunks from the first on are known to be durable: a list names them."""

    def begin_behind(self, listed: Listed) -> bool:
        """Take over what a list names, before any walking; False, and nothing is, where its last chunk is not there.

        Raises nothing.
        """
        if not listed.entries or self._found(listed.entries[-1]) != listed.entries[-1]:
            return False
        self.entries, self.end, self.boot = list(listed.entries), listed.end, listed.boot
        self.sequence = self.proven = len(self.entries)
        return True

    def follow(self, file: Readable) -> None:
        """Go on with another handle of the same file."""
        self._file = file

    def advance(self) -> WalkEnd:
        """Find the chunks that were appended since the last call."""
        while self.end + PAGE <= self._limit:
            try:
                head = self._head(self.end)
            except OSError:
                return WalkEnd.UNREADABLE
            if head is None:
                return WalkEnd.FRONTIER
            if isinstance(head, WalkEnd):
                return head
            self.entries.append(entry_of(self.end, head))
            self.end += head.chunk_bytes
            self.sequence += 1
            self.boot = head.boot
        return WalkEnd.FRONTIER

    def _head(self, at: int) -> ChunkHeader | WalkEnd | None:
        page = self._file.read(PAGE, at)
        try:
            head = chunk.parse_fixed(page)
        except Damaged:
            return None
        if (head.disk, head.block, head.incarnation) != (self._disk, self.number, self.incarnation):
            return None
        if head.sequence != self.sequence or head.boot < self.boot:
            return None
        if at + head.chunk_bytes > self._limit:
            return WalkEnd.TORN
        try:
            whole = page if head.header_bytes <= PAGE else self._file.read(head.header_bytes, at)
            return chunk.check_head(whole)
        except Damaged:
            return WalkEnd.TORN

    def search(self) -> bool:
        """Look for chunks of this lap behind a damaged place, page by page; True where one was found.

        For recovery: reads everything up to it.
        """
        for at, head in chunks_in(self._file, self.end + PAGE, self._limit):
            mine = (head.disk, head.block, head.incarnation) == (self._disk, self.number, self.incarnation)
            if mine and head.sequence > self.sequence and head.boot >= self.boot:
                self.end, self.sequence = at, head.sequence
                return True
        return False

    def payload_is_whole(self, entry: ChunkEntry) -> bool:
        """Read the samples of a chunk and compare their CRC."""
        try:
            data = self._file.read(entry.payload_bytes, entry.offset + entry.header_bytes)
        except OSError:
            return False
        return len(data) == entry.payload_bytes and crc32(data) == entry.payload_crc

    def drop_from(self, offset: int) -> bool:
        """Forget chunks that begin there or behind; True where there was one."""
        kept = [one for one in self.entries if one.offset < offset]
        dropped = len(kept) < len(self.entries)
        self.entries, self.end = kept, min(self.end, offset)
        return dropped

    def drop_torn_end(self) -> bool:
        """Forget chunks at the end whose samples were not written whole; True where there was one."""
        torn = False
        while len(self.entries) > self.proven and not self.payload_is_whole(self.entries[-1]):
            last = self.entries.pop()
            self.end = last.offset
            self.sequence -= 1
            torn = True
        return torn

    def drop_torn(self) -> bool:
        """Forget chunks of the last pass that are not whole though later ones are; True where there was one.

        Nothing of them was reported durable: their pass never returned. Where the next chunk begins stays.
        """
        torn = self._torn(self.entries[self.proven :])
        self.entries = [one for one in self.entries if one not in torn]
        return bool(torn)

    def adopt(self, listed: list[ChunkEntry], end: int) -> bool:
        """Take over what the index of a sealed block lists; False, and nothing is taken, where all of it is there.

        An index may have reached the disk when chunks of the same pass did not.
        """
        torn = self._torn(listed)
        if not torn:
            return False
        self.entries = [found for one in listed if one not in torn and (found := self._found(one)) is not None]
        self.end, self.sequence = end, len(listed)
        return True

    def _torn(self, entries: list[ChunkEntry]) -> list[ChunkEntry]:
        newest_us = max((one.last_us for one in entries), default=0)
        recent = [one for one in entries if one.last_us >= newest_us - RECENT_US]
        return [one for one in recent if self._found(one) is None or not self.payload_is_whole(one)]

    def _found(self, entry: ChunkEntry) -> ChunkEntry | None:
        """Give a listed chunk as its header has it; None where that is not there."""
        try:
            head = chunk.check_head(self._file.read(entry.header_bytes, entry.offset))
        except (OSError, Damaged):
            return None
        mine = (head.disk, head.block, head.incarnation) == (self._disk, self.number, self.incarnation)
        return entry_of(entry.offset, head) if mine else None


def chunks_in(file: Readable, begin: int, end: int) -> Iterator[tuple[int, ChunkHeader]]:
    """Look for what begins like a chunk at any page of a stretch; gives each with its place, its CRC not looked at.

    Reads all up to there that was ever written; what cannot be read is passed over, page by page. Raises nothing.
    """
    at = begin
    while at + PAGE <= end:
        if isinstance(file, SystemFile):
            written = file.written_from(at)
            if written is None:
                return
            at = max(at, written // PAGE * PAGE)
        for place, data in _readable(file, at, min(SEARCHED_BYTES, max(0, end - at))):
            found = data.find(chunk.MAGIC)
            while found >= 0:
                if found % PAGE == 0:
                    with suppress(Damaged):
                        yield place + found, chunk.parse_fixed(data[found : found + PAGE])
                found = data.find(chunk.MAGIC, found + 1)
        at += SEARCHED_BYTES


def _readable(file: Readable, at: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Give a stretch in one piece, or those pages of it that can be read."""
    try:
        yield at, file.read(size, at)
    except OSError:
        for page in range(at, at + size, PAGE):
            with suppress(OSError):
                yield page, file.read(PAGE, page)


def sealed_index(
    file: Readable, disk: bytes, number: int, incarnation: int, block_bytes: int
) -> tuple[BlockTail, list[ChunkEntry]] | None:
    """Read the tail and index of a block; None where it is not sealed in this lap or its index is damaged."""
    try:
        tail = parse_tail(file.read(PAGE, block_bytes - PAGE), block_bytes)
        if (tail.disk, tail.number, tail.incarnation) != (disk, number, incarnation):
            return None
        return tail, parse_index(tail, file.read(tail.index_bytes, tail.index_offset))
    except (OSError, Damaged):
        return None


def entries_of_block(file: Readable, disk: bytes, number: int, incarnation: int, block_bytes: int) -> list[ChunkEntry]:
    """Give the chunks of a sealed block: by its index, or by walking around whatever is damaged."""
    sealed = sealed_index(file, disk, number, incarnation, block_bytes)
    if sealed is not None:
        return sealed[1]
    walk = BlockWalk(file, disk, number, incarnation, block_bytes)
    walk.advance()
    while walk.search():
        walk.advance()
    return walk.entries
