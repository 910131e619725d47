"""The fixed pages of a block: header, and the sealed index with its digest at the tail.

Layout: docs/reference/store-format.md, "Block".
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from recorder.store import merkle
from recorder.store.checksum import crc32
from recorder.store.chunk import ChunkHeader
from recorder.store.errors import Damaged
from recorder.store.ids import RowId
from recorder.store.layout import FORMAT_VERSION, PAGE, Cipher, pages

HEADER_MAGIC = b"NJBLOCK\x01"
TAIL_MAGIC = b"NJTAIL\x00\x01"
_HEADER = struct.Struct("<8sHBBI16sQIIQQIHBB16sqqHBBI32s")
_TAIL = struct.Struct("<8sHBBI16sQIIIIIIqqqQIB3x32s")
_ENTRY = struct.Struct("<IIIIIIIIHBBI16sqqq16s")
ENTRY_BYTES = _ENTRY.size
_CRC_AT = PAGE - 4
_CRC = struct.Struct("<I")
DIGEST_SHA256_OF_INDEX = 1
DIGEST_ROOT_OF_CHUNKS = 2


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """The first page of a block: who opened it and when. Written once a lap; a block is readable without it."""

    block_class: int
    flags: int
    number: int
    disk: bytes
    incarnation: int
    lap: int
    block_bytes: int
    serial: int
    recorder: int
    boot: int
    channel: int
    stream: int
    reserved: int
    kernel_boot: bytes
    opened_us: int
    opened_monotonic_us: int
    pool: int
    cipher: int
    key_derivation: int
    key_number: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class BlockTail:
    """The last page of a sealed block."""

    block_class: int
    flags: int
    number: int
    disk: bytes
    incarnation: int
    lap: int
    index_offset: int
    index_bytes: int
    chunks: int
    keys: int
    index_crc: int
    first_us: int
    last_us: int
    sealed_us: int
    payload_bytes: int
    samples: int
    digest_kind: int
    digest: bytes


class ChunkEntry(NamedTuple):
    """One line of a block's index: what is known of a chunk without reading it."""

    offset: int
    chunk_bytes: int
    header_bytes: int
    payload_bytes: int
    header_crc: int
    payload_crc: int
    samples: int
    keys: int
    channel: int
    stream: int
    source: int
    epoch: int
    span: RowId
    first_us: int
    last_us: int
    first_monotonic_us: int
    kernel_boot: bytes
    digest: bytes = merkle.NO_ROOT
    """Of the chunk's header, where that was read: no part of the index."""
    is_encrypted: bool = False
    """Likewise."""
    boot: int = 0
    """Likewise: the boot number that wrote it."""


def entry_of(offset: int, head: ChunkHeader) -> ChunkEntry:
    """Give the index line of a chunk at `offset`."""
    return ChunkEntry(
        offset,
        head.chunk_bytes,
        head.header_bytes,
        head.payload_bytes,
        head.header_crc,
        head.payload_crc,
        head.samples,
        head.keys,
        head.channel,
        head.stream,
        head.source,
        head.epoch,
        head.span,
        head.first_us,
        head.last_us,
        head.first_monotonic_us,
        head.kernel_boot,
        head.digest,
        head.cipher != Cipher.NONE,
        head.boot,
    )


def pack_entry(one: ChunkEntry) -> bytes:
    """Give an index line."""
    return _ENTRY.pack(*one[:12], one.span.pack(), *one[13:17])


def parse_entry(data: bytes | memoryview) -> ChunkEntry:
    """Read an index line."""
    return _entry(_ENTRY.unpack(data))


def _entry(row: tuple[Any, ...]) -> ChunkEntry:
    return ChunkEntry._make((*row[:12], RowId.parse(row[12]), *row[13:], merkle.NO_ROOT, False, 0))


def tail_room(chunks: int) -> int:
    """Give the bytes that the index of so many chunks and the tail page take."""
    return pages(chunks * ENTRY_BYTES) + PAGE


def page_of(data: bytes) -> bytes:
    """Give a page with its CRC at the end."""
    page = data.ljust(_CRC_AT, b"\0")
    return page + _CRC.pack(crc32(page))


def checked(data: bytes | memoryview, what: str) -> None:
    """Raise `Damaged` where the CRC of a page is wrong."""
    if len(data) < PAGE or crc32(memoryview(data)[:_CRC_AT]) != _CRC.unpack_from(data, _CRC_AT)[0]:
        raise Damaged(what=what, problem="wrong CRC")


def pack_header(header: BlockHeader) -> bytes:
    """Give the header page."""
    return page_of(
        _HEADER.pack(
            HEADER_MAGIC,
            FORMAT_VERSION,
            header.block_class,
            header.flags,
            header.number,
            header.disk,
            header.incarnation,
            header.lap,
            header.block_bytes,
            header.serial,
            header.recorder,
            header.boot,
            header.channel,
            header.stream,
            header.reserved,
            header.kernel_boot,
            header.opened_us,
            header.opened_monotonic_us,
            header.pool,
            header.cipher,
            header.key_derivation,
            header.key_number,
            header.salt,
        )
    )


def parse_header(data: bytes | memoryview) -> BlockHeader:
    """Read the header page; raises `Damaged`."""
    checked(data, "a block header")
    magic, version, *rest = _HEADER.unpack_from(data)
    if magic != HEADER_MAGIC or version != FORMAT_VERSION:
        raise Damaged(what="a block header", problem="unknown format")
    return BlockHeader(*rest)


def pack_seal(header: BlockHeader, entries: Sequence[ChunkEntry], end: int, sealed_us: int) -> tuple[int, bytes, bytes]:
    """Give (offset of the index, index pages, tail page) for a block whose chunks end at `end`."""
    index = b"".join(map(pack_entry, entries))
    tail = _TAIL.pack(
        TAIL_MAGIC,
        FORMAT_VERSION,
        header.block_class,
        0,
        header.number,
        header.disk,
        header.incarnation,
        header.lap,
        end,
        len(index),
        len(entries),
        sum(one.keys for one in entries),
        crc32(index),
        min((one.first_us for one in entries), default=0),
        max((one.last_us for one in entries), default=0),
        sealed_us,
        sum(one.payload_bytes for one in entries),
        sum(one.samples for one in entries),
        DIGEST_ROOT_OF_CHUNKS,
        root_of(entries),
    )
    return end, index.ljust(pages(len(index)), b"\0"), page_of(tail)


def root_of(entries: Sequence[ChunkEntry]) -> bytes:
    """Give the root of a block: over the digests of its chunks, in their order."""
    return merkle.root([one.digest for one in entries])


def parse_tail(data: bytes | memoryview, block_bytes: int) -> BlockTail:
    """Read the last page; raises `Damaged`. Where its index lies is checked against the size of the block."""
    checked(data, "a block tail")
    magic, version, *rest = _TAIL.unpack_from(data)
    if magic != TAIL_MAGIC or version != FORMAT_VERSION:
        raise Damaged(what="a block tail", problem="unknown format")
    tail = BlockTail(*rest)
    fits = tail.index_bytes == tail.chunks * ENTRY_BYTES and tail.index_offset + tail.index_bytes <= block_bytes - PAGE
    if tail.index_offset < PAGE or tail.index_offset % PAGE or not fits:
        raise Damaged(what="a block tail", problem="its index lies outside of the block")
    return tail


def parse_index(tail: BlockTail, data: bytes | memoryview) -> list[ChunkEntry]:
    """Read the index lines that a tail speaks of; raises `Damaged`."""
    view = memoryview(data)[: tail.index_bytes]
    if len(view) < tail.index_bytes or crc32(view) != tail.index_crc:
        raise Damaged(what="a block index", problem="wrong CRC")
    if tail.digest_kind == DIGEST_SHA256_OF_INDEX and hashlib.sha256(view).digest() != tail.digest:
        raise Damaged(what="a block index", problem="wrong digest")
    found: list[ChunkEntry] = []
    for row in _ENTRY.iter_unpack(view):
        one = _entry(row)
        inside = one.offset >= PAGE and one.offset + one.chunk_bytes <= tail.index_offset
        if not inside or one.header_bytes + one.payload_bytes > one.chunk_bytes:
            raise Damaged(what="a block index", problem="a chunk outside of the block")
        found.append(one)
    return found
