"""One chunk against its root: whether its samples, times and parameters are those that were recorded."""

from enum import Enum
from itertools import accumulate

from recorder.store import chunk, merkle
from recorder.store.block import ChunkEntry, entry_of
from recorder.store.checksum import crc32
from recorder.store.chunk import Head, facts
from recorder.store.chunk_digest import DIGESTS
from recorder.store.cipher import LapKey
from recorder.store.errors import Damaged
from recorder.store.files import BlockFile
from recorder.store.keys import PoolKeys
from recorder.store.layout import Cipher, Source


class Outcome(Enum):
    """What can be said of a chunk."""

    WHOLE = "whole"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    LOCKED = "locked"


class ChunkProof:
    """A chunk at its place in a block. `digest` is what its header says, or nothing where that cannot be read."""

    def __init__(self, file: BlockFile, number: int, sequence: int, entry: ChunkEntry, keys: PoolKeys) -> None:
        self.entry = entry
        self._file, self._keys = file, keys
        self._head: Head | None = None
        self._problem = Outcome.WHOLE
        self.digest = merkle.NO_ROOT
        try:
            self._data = file.read(entry.header_bytes, entry.offset)
            head = chunk.parse_head(self._data)
        except OSError:
            self._problem = Outcome.UNREADABLE
            return
        except Damaged:
            self._problem = Outcome.ALTERED
            return
        self._head = head
        self.digest = head.fixed.digest
        if (head.fixed.block, head.fixed.sequence) != (number, sequence) or not _agrees(entry, head):
            self._problem = Outcome.ALTERED

    def look(self) -> Outcome:
        """Read the samples and compare."""
        head = self._head
        if head is None or self._problem is not Outcome.WHOLE:
            return self._problem
        fixed = head.fixed
        try:
            stored = self._file.read(fixed.payload_bytes, self.entry.offset + fixed.header_bytes)
        except OSError:
            return Outcome.UNREADABLE
        if len(stored) != fixed.payload_bytes or not _crcs_fit(stored, head) or not _tables_fit(head):
            return Outcome.ALTERED
        if fixed.cipher != Cipher.NONE:
            secret = self._keys.of(fixed.key_number)
            if secret is None:
                return Outcome.LOCKED
            lap = LapKey(secret, fixed.salt, fixed.disk, fixed.incarnation)
            try:
                stored = lap.decrypt(fixed.nonce, fixed.tag, chunk.associated(self._data), stored)
            except Damaged:
                return Outcome.ALTERED
        if fixed.digest_kind not in DIGESTS:
            # Nothing that ever was: nobody could say later what it is worth.
            return Outcome.ALTERED
        root, leaves = DIGESTS[fixed.digest_kind].root, leaves_of(head, stored)
        if head.leaves:
            listed = merkle.split(head.leaves)
            whole = root(listed) == fixed.digest and listed[0] in _heads(head) and merkle.holds(leaves[1:], listed)
        else:
            whole = root(leaves) == fixed.digest
        return Outcome.WHOLE if whole else Outcome.ALTERED


def leaves_of(head: Head, payload: bytes) -> list[bytes]:
    """Give the leaves of a chunk, that of its head first, from its plain payload."""
    table, view, digests = head.table, memoryview(payload), DIGESTS[head.fixed.digest_kind]
    leaves = [digests.head(facts(head.fixed), head.parameters)]
    at = 0
    for n, size in enumerate(table.sizes):
        piece = view[at : at + size]
        at += size
        leaves.append(digests.sample(table.tracks[n], table.flags[n], table.walls[n], table.pts[n], piece))
    return leaves


def _heads(head: Head) -> set[bytes]:
    """Give the leaves that the head of a thinned chunk may have had: its source says now that it is thinned."""
    made = DIGESTS[head.fixed.digest_kind].head
    return {made(facts(head.fixed)._replace(source=one), head.parameters) for one in Source}


def _agrees(entry: ChunkEntry, head: Head) -> bool:
    """Whether the index of the block and the chunk tell the same."""
    there = entry_of(entry.offset, head.fixed)
    return entry._replace(digest=there.digest, is_encrypted=there.is_encrypted, boot=there.boot) == there


def _crcs_fit(stored: bytes, head: Head) -> bool:
    view = memoryview(stored)
    crc = at = 0
    for size, expected in zip(head.table.sizes, head.table.crcs, strict=True):
        crc = crc32(view[at : at + size], crc)
        at += size
        if crc != expected:
            return False
    return True


def _tables_fit(head: Head) -> bool:
    """Whether what the header repeats follows from its table: times, and where key frames lie."""
    fixed, table = head.fixed, head.table
    starts = [0, *accumulate(table.sizes)]
    return (
        (fixed.first_us, fixed.last_us) == (min(table.walls), max(table.walls))
        and fixed.first_pts_us == table.pts[0]
        and all(starts[number] == offset for number, offset in head.keys)
    )
