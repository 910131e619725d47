"""Which block is written next: a free one, else the oldest that may be used again."""

from collections.abc import Callable, Mapping, Sequence

from recorder.store.layout import BlockState
from recorder.store.rows import BlockRow

DAY_US = 86_400_000_000
# A stream gets a block of its own while no more than this share of the disk is open; beyond, streams share.
_OPEN_SHARE = 4


def choose(
    blocks: Mapping[int, BlockRow],
    count: int,
    *,
    overwrite: bool,
    expired_before_us: int | None,
    is_held: Callable[[int], bool],
) -> BlockRow | None:
    """Give the row of the block to use, as it is now; None when the disk is full.

    A block that was never used comes first, then expired ones, then the oldest by order of use, which no clock can
    confuse. Held blocks are never given (S6).
    """
    if len(blocks) < count:
        number = next(number for number in range(count) if number not in blocks)
        return BlockRow(number, 0, BlockState.FREE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    free = [one for one in blocks.values() if one.state == BlockState.FREE]
    if free:
        return min(free, key=lambda one: one.serial)
    closed = sorted((one for one in blocks.values() if one.state == BlockState.SEALED), key=lambda one: one.serial)
    for may_go in (_expired(closed, expired_before_us), closed if overwrite else ()):
        found = next((one for one in may_go if not is_held(one.number)), None)
        if found is not None:
            return found
    return None


def _expired(closed: Sequence[BlockRow], before_us: int | None) -> list[BlockRow]:
    return [] if before_us is None else [one for one in closed if one.last_us < before_us]


def own_blocks_allowed(open_singles: int, count: int) -> bool:
    """Whether one more stream may have a block of its own."""
    return open_singles < count // _OPEN_SHARE
