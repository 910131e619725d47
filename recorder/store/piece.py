"""A piece: the part of a span in one block, and whether two of them hold together."""

from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.store.block import ChunkEntry
from recorder.store.block_cache import BlockRef
from recorder.store.ids import RowId
from recorder.store.layout import Source

BREAK_US = SECOND_US
"""From one piece of a span to the next: what is longer, and more than a few samples, is a block that is gone."""
_SAMPLES = 5
_LONE_US = 10 * SECOND_US
_THINNED = frozenset({Source.THINNED, Source.COPY_THINNED})


class Piece(NamedTuple):
    """The part of a span in one block. Times as searched (UTC); minus `shift_us` they are as stored."""

    first_us: int
    last_us: int
    span: RowId
    block: BlockRef
    shift_us: int
    bytes: int
    is_open: bool
    samples: int = 0
    source: int = 0
    copied: bool = False
    """Its chunks are those of its span within its time: the block may hold others of the same span."""
    growing: bool = False
    """Of a copy: its block is still written behind it."""

    @property
    def interval_us(self) -> int:
        """About how far its samples are from each other."""
        return interval_us(self.first_us, self.last_us, self.samples)

    @property
    def order(self) -> tuple[int, RowId, BlockRef]:
        """Playback order; stays the same while an open piece grows."""
        return self.first_us, self.span, self.block

    @property
    def place(self) -> tuple[object, ...]:
        """What it is known by; of copies a block may hold several of one span."""
        return self.block, self.span, self.first_us - self.shift_us if self.copied else None

    def has(self, entry: ChunkEntry) -> bool:
        """Whether a chunk of its span lies within its time."""
        return self.first_us <= entry.first_us + self.shift_us and entry.last_us + self.shift_us <= self.last_us


def follows(piece: Piece, following: Piece) -> bool:
    """Whether one piece goes on where the other ends: nothing between them was overwritten or thinned out."""
    longest = max(piece.interval_us, following.interval_us)
    apart_us = following.first_us - piece.last_us
    return piece.span == following.span and goes_on(apart_us, piece.source, following.source, longest)


def adjoins(piece: Piece, following: Piece) -> bool:
    """Whether there is no room for another piece between two."""
    longest = max(piece.interval_us, following.interval_us)
    return piece.span == following.span and following.first_us - piece.last_us <= 2 * longest


def goes_on(apart_us: int, source: int, following: int, longest_us: int) -> bool:
    """Whether two parts of a span that lie so far apart hold together; `longest_us` as the samples of either are."""
    if source != following and not _THINNED.isdisjoint({source, following}):
        return False
    return apart_us <= max(BREAK_US, _SAMPLES * longest_us)


def interval_us(first_us: int, last_us: int, samples: int) -> int:
    """About how far so many samples are from each other."""
    return (last_us - first_us) // (samples - 1) if samples > 1 else _LONE_US // _SAMPLES
