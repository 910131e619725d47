"""A small block of hostile bytes: header, walk, search, list, tail, index; CRCs are put right where that is cheap."""

import zlib

from recorder.store import block, chunk_list
from recorder.store.block import BlockHeader, ChunkEntry
from recorder.store.errors import Damaged
from recorder.store.ids import RowId
from recorder.store.layout import PAGE
from recorder.store.walk import entries_of_block
from tests.fuzz.targets.store_chunk import SEEDS as CHUNKS

DISK, NUMBER, INCARNATION = bytes(16), 1, 7
SIZE = 8 * PAGE


class _Memory:
    direct = False

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int, offset: int) -> bytes:
        return self._data[offset : offset + size]


def _sealed() -> bytes:
    header = BlockHeader(
        1, 0, NUMBER, DISK, INCARNATION, 1, SIZE, 1, 1, 1, 1, 0, 0, bytes(16), 0, 0, 0, 0, 0, 0, bytes(32)
    )
    entry = ChunkEntry(PAGE, PAGE, 600, 9, 1, 2, 1, 1, 1, 0, 0, 1, RowId(1, 1, 1), 0, 1, 0, bytes(16))
    at, index, tail = block.pack_seal(header, [entry], 2 * PAGE, 9)
    data = bytearray(SIZE)
    data[:PAGE] = block.pack_header(header)
    data[PAGE : PAGE + len(CHUNKS[1])] = CHUNKS[1]
    data[at : at + len(index)] = index
    data[-PAGE:] = tail
    return bytes(data)


def _listed() -> bytes:
    entry = ChunkEntry(PAGE, PAGE, 600, 9, 1, 2, 1, 1, 1, 0, 0, 1, RowId(1, 1, 1), 0, 1, 0, bytes(16), bytes(32))
    return chunk_list.pack([entry], (DISK, NUMBER, INCARNATION), first=0, page=0)


_LIST = _listed()
# The first byte says what is under fire; short inputs keep the mutations dense.
_SEALED = _sealed()
SEEDS = (
    b"h" + _SEALED[:200],
    b"t" + _SEALED[-PAGE : -PAGE + 200],
    b"i" + _SEALED[2 * PAGE : 2 * PAGE + 96],
    b"w" + CHUNKS[1],
    b"l" + _LIST[:400],
)
DECLARED = (Damaged,)


def _page(data: bytes) -> bytes:
    page = data[: PAGE - 4].ljust(PAGE - 4, b"\0")
    return page + zlib.crc32(page).to_bytes(4, "little")


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    if kind == b"h":
        block.parse_header(_page(rest))
    elif kind == b"t":
        block.parse_tail(_page(rest), SIZE)
    elif kind == b"l":
        found = chunk_list.parse(_page(rest), (DISK, NUMBER, INCARNATION), chunk_list.NOTHING, SIZE)
        at = PAGE
        for one in found.entries:
            assert one.offset == at
            at += one.chunk_bytes
        assert at == found.end <= SIZE
    elif kind == b"i":
        index = rest[: len(rest) // 96 * 96]
        _at, _index, tail = block.pack_seal(block.parse_header(_SEALED), [], 2 * PAGE, 0)
        made = block.parse_tail(tail, SIZE)
        fields = {name: getattr(made, name) for name in block.BlockTail.__slots__}
        fields |= {"index_bytes": len(index), "index_crc": zlib.crc32(index), "digest_kind": 0}
        block.parse_index(block.BlockTail(**fields), index)
    else:
        whole = bytearray(_SEALED)
        whole[PAGE : PAGE + len(rest)] = rest
        whole[-PAGE:] = bytes(PAGE)
        for one in entries_of_block(_Memory(bytes(whole[:SIZE])), DISK, NUMBER, INCARNATION, SIZE):
            assert PAGE <= one.offset <= SIZE - PAGE - one.chunk_bytes
