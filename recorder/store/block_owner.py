"""Whose an open block is."""

from typing import NamedTuple

from recorder.client.stream import StreamKey, StreamName
from recorder.store.layout import COPIES, BlockClass
from recorder.store.policy import STANDARD_POOL
from recorder.store.rows import BlockRow


class Owner(NamedTuple):
    """Whose an open block is: a pool's, and there a stream's own, copies of a class, or None: shared."""

    pool: int
    what: StreamKey | BlockClass | None


def owner_of(row: BlockRow) -> Owner:
    """Give whose a block is by its row."""
    pool = row.pool or STANDARD_POOL
    if row.block_class in COPIES:
        return Owner(pool, BlockClass(row.block_class))
    return Owner(pool, StreamKey(row.channel, StreamName.MAIN) if row.block_class == BlockClass.SINGLE else None)
