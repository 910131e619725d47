"""The list of an open block: pages before its tail that name the chunks which are durable, so that nobody walks them.

Layout: docs/reference/store-format.md, "List page". Why it may be believed: docs/design/store.md, L1 to L4.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from recorder.store.block import ENTRY_BYTES, ChunkEntry, checked, pack_entry, page_of, parse_entry
from recorder.store.errors import Damaged
from recorder.store.files import Readable
from recorder.store.layout import FORMAT_VERSION, PAGE

MAGIC = b"NJLIST\x00\x01"
_HEAD = struct.Struct("<8sHBBI16sQIIII")
_ENTRIES_AT = 128
_ROOT_BYTES = 32
_LINE_BYTES = ENTRY_BYTES + _ROOT_BYTES
PER_PAGE = (PAGE - 4 - _ENTRIES_AT) // _LINE_BYTES
"""Chunks that a page names."""
LEAST_BLOCK = 32 << 20
"""Smaller blocks have none: to read one to its end takes a drive no longer than a few moves of its head."""
LIST_BYTES = 8 << 20
"""So much is written to a block before it is listed: what a recovery reads beyond the list takes 0.1 s at 200 MB/s."""
_SHARE = 512
_AT_ONCE = 256 << 10
"""Read of the end of a block at once: more than the list of a main stream takes."""


class Listed(NamedTuple):
    """What a list says: chunks from the first of the lap on, where the next one begins, and how many pages say so."""

    entries: list[ChunkEntry]
    end: int = PAGE
    boot: int = 0
    pages: int = 0


NOTHING = Listed([])


def most_pages(block_bytes: int) -> int:
    """Give how many pages the list of a block may take."""
    return block_bytes // _SHARE // PAGE if block_bytes >= LEAST_BLOCK else 0


def end_of(block_bytes: int) -> tuple[int, int]:
    """Give (bytes, offset) of the end of a block: its tail, and as much of the list before it as is read at once."""
    size = min(_AT_ONCE, (most_pages(block_bytes) + 1) * PAGE)
    return size, block_bytes - size


def pack(entries: Sequence[ChunkEntry], where: tuple[bytes, int, int], *, first: int, page: int) -> bytes:
    """Give list pages from `page` on as they stand in the block: the last one first.

    `where` are disk, number and incarnation of the block, `first` is the sequence of the first chunk.
    """
    disk, number, incarnation = where
    made: list[bytes] = []
    for at in range(0, len(entries), PER_PAGE):
        part = entries[at : at + PER_PAGE]
        flags = int(part[0].is_encrypted)
        names = (page + len(made), first + at, len(part), part[-1].boot)
        head = _HEAD.pack(MAGIC, FORMAT_VERSION, 0, flags, number, disk, incarnation, *names)
        head = head.ljust(_ENTRIES_AT, b"\0")
        made.append(page_of(head + b"".join(pack_entry(one) + one.digest for one in part)))
    return b"".join(reversed(made))


def place(block_bytes: int, page: int) -> int:
    """Give where a list page stands in its block."""
    return block_bytes - (page + 2) * PAGE


def parse(data: bytes | memoryview, where: tuple[bytes, int, int], known: Listed, limit: int) -> Listed:
    """Add what a page says to what the pages before it said; raises `Damaged` where it does not follow them.

    `where` are disk, number and incarnation of the block; `limit` is where chunks must end.
    """
    checked(data, "a list")
    magic, version, _zero, flags, number, disk, incarnation, page, first, count, boot = _HEAD.unpack_from(data)
    if magic != MAGIC or version != FORMAT_VERSION or where != (disk, number, incarnation):
        raise Damaged(what="a list", problem="unknown format, or of another lap")
    if page != known.pages or first != len(known.entries) or not 0 < count <= PER_PAGE or boot < known.boot:
        raise Damaged(what="a list", problem="it does not follow the page before")
    entries, end = list(known.entries), known.end
    for at in range(_ENTRIES_AT, _ENTRIES_AT + count * _LINE_BYTES, _LINE_BYTES):
        digest = bytes(data[at + ENTRY_BYTES : at + _LINE_BYTES])
        one = parse_entry(data[at : at + ENTRY_BYTES])._replace(digest=digest, is_encrypted=bool(flags & 1))
        if (
            one.offset != end
            or not 0 < one.header_bytes + one.payload_bytes <= one.chunk_bytes
            or one.chunk_bytes % PAGE
        ):
            raise Damaged(what="a list", problem="a chunk that does not follow the one before")
        end += one.chunk_bytes
        entries.append(one._replace(boot=boot))
    if end > limit:
        raise Damaged(what="a list", problem="a chunk outside of the block")
    return Listed(entries, end, boot, known.pages + 1)


def read_list(file: Readable, disk: bytes, number: int, incarnation: int, block_bytes: int) -> Listed:
    """Read the list of a block, as far as it is whole; raises nothing: what is not there is walked."""
    found = NOTHING
    most = most_pages(block_bytes)
    data, begin = b"", block_bytes
    try:
        while found.pages < most:
            at = place(block_bytes, found.pages)
            if at < begin:
                begin = max(at + 2 * PAGE - _AT_ONCE, place(block_bytes, most - 1))
                data = file.read(at + PAGE - begin, begin)
            page = data[at - begin : at - begin + PAGE]
            found = parse(page, (disk, number, incarnation), found, block_bytes - PAGE)
    except (OSError, Damaged):
        return found
    return found
