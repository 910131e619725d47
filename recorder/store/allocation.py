"""Which block is written next: a free one, else the oldest that may be used again."""

from collections.abc import Iterable, Mapping

from recorder.store.layout import BlockState
from recorder.store.rows import BlockRow, HoldRow, PieceRow, Row

DAY_US = 86_400_000_000
# A stream gets a block of its own while no more than this share of the disk is open; beyond, streams share.
_OPEN_SHARE = 4


def choose(
    blocks: Mapping[int, BlockRow], count: int, *, overwrite: bool, expired_before_us: int | None, held: frozenset[int]
) -> BlockRow | None:
    """Give the row of the block to use, as it is now; None when the disk is full.

    A block that was never used comes first, then expired ones, then the oldest by order of use, which no clock can
    confuse. Held blocks are never given (S6).
    """
    if len(blocks) < count:
        number = next(number for number in range(count) if number not in blocks)
        return BlockRow(number, 0, BlockState.FREE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    closed = [one for one in blocks.values() if one.state != BlockState.OPEN and one.number not in held]
    free = [one for one in closed if one.state == BlockState.FREE]
    if free:
        return min(free, key=lambda one: one.serial)
    if expired_before_us is not None:
        expired = [one for one in closed if one.last_us < expired_before_us]
        if expired:
            return min(expired, key=lambda one: one.serial)
    return min(closed, key=lambda one: one.serial, default=None) if overwrite else None


def own_blocks_allowed(open_singles: int, count: int) -> bool:
    """Whether one more stream may have a block of its own."""
    return open_singles < count // _OPEN_SHARE


def held_blocks(holds: Iterable[Row], pieces: Iterable[Row], now_us: int) -> frozenset[int]:
    """Give the blocks that holds keep from reuse."""
    living = [one for one in holds if isinstance(one, HoldRow) and (not one.expires_us or one.expires_us > now_us)]
    if not living:
        return frozenset()
    return frozenset(
        piece.block
        for piece in pieces
        if isinstance(piece, PieceRow)
        and any(
            (hold.channel, hold.stream) == (piece.channel, piece.stream)
            and piece.first_us < hold.end_us
            and hold.start_us <= piece.last_us
            for hold in living
        )
    )
