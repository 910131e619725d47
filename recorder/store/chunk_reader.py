"""Reads samples out of chunks: only the bytes that are wanted, each checked before it is given out."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol

from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.client.words import _
from recorder.store.block import ChunkEntry
from recorder.store.block_cache import BlockRef
from recorder.store.checksum import crc32
from recorder.store.chunk import ChunkHeader, Head, associated, parse_head
from recorder.store.cipher import LapKey
from recorder.store.errors import Damaged, Locked, StoreError
from recorder.store.files import Readable
from recorder.store.keys import PoolKeys
from recorder.store.layout import Cipher
from recorder.store.parameters import parse_epoch
from recorder.store.piece import Piece

FLAGS = [SampleFlag(value) for value in range(16)]
_DISCONTINUITY = int(SampleFlag.DISCONTINUITY)


class Overwritten(StoreError):
    """The block was used again while it was read."""

    status = 404
    words = "This footage has just been overwritten by newer footage."


class Chunk(NamedTuple):
    """A chunk whose header is read and checked; `piece` says where it lies."""

    piece: Piece
    entry: ChunkEntry
    head: Head
    lap: LapKey | None = None
    """Where it is encrypted."""
    associated: bytes = b""
    payload: memoryview | None = None
    """As it is stored, where it was read along with the header."""

    @property
    def walls(self) -> list[int]:
        """When each sample was taken, as searched."""
        shift = self.piece.shift_us
        return [one + shift for one in self.head.table.walls] if shift else list(self.head.table.walls)


class Taken(NamedTuple):
    """Samples read from a chunk. `damaged`: some were left out; `ends_damaged`: the last of those asked for was.

    `data` are the bytes of all of them, one behind the other, where none is missing.
    """

    samples: list[Sample]
    damaged: bool
    ends_damaged: bool
    data: memoryview | None = None


class BlockFiles(Protocol):
    """Where the blocks are, and the keys to them."""

    keys: PoolKeys

    def file(self, block: BlockRef) -> Readable:
        """Give the open file of a block; raises `OSError` and `NotADisk`, and `DiskSilent` as its reads may."""
        ...

    def is_overwritten(self, block: BlockRef) -> bool:
        """Whether a block is in another lap by now."""
        ...


class ChunkReader:
    """Reads chunks of one stream. Epochs are numbered from 1 in the order they are met."""

    def __init__(self, disks: BlockFiles) -> None:
        self._disks = disks
        self._epochs: dict[bytes, Epoch] = {}
        self._lap: tuple[BlockRef, LapKey] | None = None

    def open(self, piece: Piece, entry: ChunkEntry, *, whole: bool = False) -> Chunk:
        """Read a chunk's header; raises `Damaged`, `Overwritten`, `Locked`, `DiskSilent`, `OSError`.

        With `whole` the samples are read along with it, by one move of the disk's head instead of two.
        """
        read = memoryview(b"")
        if whole:
            # Where a sector is bad it is read piece by piece, so that only what the sector has is lost.
            with suppress(OSError):
                wanted = entry.header_bytes + entry.payload_bytes
                read = memoryview(self._disks.file(piece.block).read(wanted, entry.offset))
        payload = read[entry.header_bytes :] if read else None
        data = bytes(read[: entry.header_bytes])
        if not read:
            data = self._disks.file(piece.block).read(entry.header_bytes, entry.offset)
        try:
            head = parse_head(data)
        except Damaged:
            # The next lap writes anything over a chunk's beginning; that is no damage.
            if self._disks.is_overwritten(piece.block):
                raise Overwritten from None
            raise
        fixed = head.fixed
        if (fixed.disk, fixed.block, fixed.incarnation) != tuple(piece.block):
            raise Overwritten
        if fixed.header_crc != entry.header_crc:
            raise Damaged(what="a chunk", problem="another one lies where it should be")
        if fixed.cipher == Cipher.NONE:
            return Chunk(piece, entry, head, payload=payload)
        return Chunk(piece, entry, head, self._lap_key(piece.block, fixed), associated(data), payload)

    def _lap_key(self, block: BlockRef, fixed: ChunkHeader) -> LapKey:
        """Give the key of a lap; raises `Locked`."""
        if self._lap is None or self._lap[0] != block:
            secret = self._disks.keys.of(fixed.key_number)
            if secret is None or fixed.cipher != Cipher.AES_256_GCM:
                raise Locked(what=_("This footage"))
            self._lap = (block, LapKey(secret, fixed.salt, fixed.disk, fixed.incarnation))
        return self._lap[1]

    def epoch(self, chunk: Chunk) -> Epoch | None:
        """Give the parameters that a chunk carries."""
        data = chunk.head.parameters
        if not data:
            return None
        known = self._epochs.get(data)
        if known is None:
            known = self._epochs[data] = parse_epoch(data, len(self._epochs) + 1)
        return known

    def samples(self, chunk: Chunk, begin: int, end: int) -> Taken:
        """Read samples [begin, end) of a chunk; what follows a damaged one is marked."""
        table = chunk.head.table
        if chunk.lap is not None:
            return self._opened(chunk, chunk.lap, begin, end)
        sizes = table.sizes
        at = sum(sizes[:begin])
        wanted = sum(sizes[begin:end])
        data = memoryview(self._read(chunk, at, wanted))
        crc = table.crcs[begin - 1] if begin else 0
        whole = len(data) == wanted and crc32(data, crc) == table.crcs[end - 1]
        return self._cut(chunk, begin, end, data, data, whole=whole)

    def _opened(self, chunk: Chunk, lap: LapKey, begin: int, end: int) -> Taken:
        """Read from an encrypted chunk: always all of it, because its tag vouches for the whole."""
        table, fixed = chunk.head.table, chunk.head.fixed
        data = self._read(chunk, 0, fixed.payload_bytes)
        at = sum(table.sizes[:begin])
        till = at + sum(table.sizes[begin:end])
        if len(data) == fixed.payload_bytes and crc32(data) == fixed.payload_crc:
            plain = lap.decrypt(fixed.nonce, fixed.tag, chunk.associated, data)
            return self._cut(chunk, begin, end, memoryview(data)[at:till], memoryview(plain)[at:till], whole=True)
        # Some of it is damaged: the samples whose CRC is right are shown, as unencrypted ones would be.
        plain = lap.part(fixed.nonce, 0, data)
        return self._cut(chunk, begin, end, memoryview(data)[at:till], memoryview(plain)[at:till], whole=False)

    def payload(self, chunk: Chunk, tracks: Collection[int]) -> bytes:
        """Read the whole payload; zeros stand in the place of what is damaged, and of other tracks."""
        table, fixed = chunk.head.table, chunk.head.fixed
        stored = bytes(self._read(chunk, 0, fixed.payload_bytes))
        whole = len(stored) == fixed.payload_bytes and crc32(stored) == fixed.payload_crc
        plain = stored
        if chunk.lap is not None and whole:
            plain = chunk.lap.decrypt(fixed.nonce, fixed.tag, chunk.associated, stored)
        elif chunk.lap is not None:
            plain = chunk.lap.part(fixed.nonce, 0, stored)
        if whole and set(table.tracks) <= set(tracks):
            return plain
        found = bytearray(fixed.payload_bytes)
        at = before = 0
        view = memoryview(stored)
        for size, crc, track in zip(table.sizes, table.crcs, table.tracks, strict=True):
            end = at + size
            if track in tracks and end <= len(stored) and (whole or crc32(view[at:end], before) == crc):
                found[at:end] = plain[at:end]
            at, before = end, crc
        return bytes(found)

    @staticmethod
    def _cut(chunk: Chunk, begin: int, end: int, data: memoryview, plain: memoryview, *, whole: bool) -> Taken:
        """Cut stored bytes, and what they mean, into samples [begin, end)."""
        table, sizes = chunk.head.table, chunk.head.table.sizes
        walls = chunk.walls
        found: list[Sample] = []
        at = 0
        damaged = lost = False
        for n in range(begin, end):
            size = sizes[n]
            stored, piece = data[at : at + size], plain[at : at + size]
            at += size
            if not whole:
                before = table.crcs[n - 1] if n else 0
                if len(stored) != size or crc32(stored, before) != table.crcs[n]:
                    damaged = lost = True
                    continue
            flags = table.flags[n] & 15
            one = Sample(table.tracks[n], table.pts[n], walls[n], FLAGS[flags], piece)
            found.append(broken_before(one) if lost else one)
            lost = False
        return Taken(found, damaged, lost, None if damaged else plain)

    def keys(self, chunk: Chunk, wanted: Iterable[tuple[int, int]]) -> Taken:
        """Read single samples by (number, offset): nothing between them is read."""
        table, walls = chunk.head.table, chunk.walls
        found: list[Sample] = []
        damaged = lost = False
        for number, offset in wanted:
            size = table.sizes[number]
            data = self._read(chunk, offset, size)
            if len(data) != size or crc32(data, table.crcs[number - 1] if number else 0) != table.crcs[number]:
                damaged = lost = True
                continue
            if chunk.lap is not None:
                data = chunk.lap.part(chunk.head.fixed.nonce, offset, data)
            flags = FLAGS[table.flags[number] & 15]
            one = Sample(table.tracks[number], table.pts[number], walls[number], flags, memoryview(data))
            found.append(broken_before(one) if lost else one)
            lost = False
        return Taken(found, damaged, lost)

    def _read(self, chunk: Chunk, offset: int, size: int) -> bytes | memoryview:
        entry = chunk.entry
        if chunk.payload is not None:
            return chunk.payload[offset : offset + size]
        return self._disks.file(chunk.piece.block).read(size, entry.offset + entry.header_bytes + offset)


def broken_before(sample: Sample) -> Sample:
    """Give a sample with DISCONTINUITY: something before it is missing."""
    if sample.flags & _DISCONTINUITY:
        return sample
    flags = FLAGS[(int(sample.flags) | _DISCONTINUITY) & 15]
    return Sample(sample.track, sample.pts_us, sample.wall_us, flags, sample.data)
