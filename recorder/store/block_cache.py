"""What was read of block indexes lately, shared by all readers of a process: a block is walked or parsed once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.store.block import ChunkEntry
from recorder.store.chunk_list import read_list
from recorder.store.files import Readable
from recorder.store.walk import BlockWalk
from recorder.store.window import WALK_BYTES, Window

_MOST_INDEXES = 64
LOOK_AGAIN_US = SECOND_US // 2
"""How long what was seen of an open block counts: a disk writes to it once a second at most."""


class BlockRef(NamedTuple):
    """A block in one of its laps."""

    disk: bytes
    number: int
    incarnation: int


@dataclass
class _Followed:
    lock: threading.Lock
    walk: BlockWalk
    looked_us: int | None = None
    """When its end was looked at, monotonic."""


class BlockCache:
    """Chunks of sealed blocks, and walks of open ones. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sealed: OrderedDict[BlockRef, list[ChunkEntry]] = OrderedDict()
        self._walks: dict[BlockRef, _Followed] = {}

    def sealed(self, block: BlockRef, read: Callable[[], list[ChunkEntry]]) -> list[ChunkEntry]:
        """Give the chunks of a sealed block, by `read` where they are not known."""
        with self._lock:
            known = self._sealed.get(block)
            if known is not None:
                self._sealed.move_to_end(block)
                return known
        found = read()
        with self._lock:
            self._sealed[block] = found
            if len(self._sealed) > _MOST_INDEXES:
                self._sealed.popitem(last=False)
        return found

    def opened(self, block: BlockRef, file: Readable, block_bytes: int, now_us: int) -> list[ChunkEntry]:
        """Give the chunks of an open block as far as they were written lately; the list only grows.

        Who asks for a block that somebody walks waits for that walk; of other blocks it holds up nobody. `now_us` is
        monotonic: each look costs the disk a move of its head, and many ask at once.
        """
        with self._lock:
            known = self._walks.get(block)
            if known is None:
                walk = BlockWalk(file, *block, block_bytes)
                known = self._walks[block] = _Followed(threading.Lock(), walk)
        with known.lock:
            if known.looked_us is None:
                known.walk.follow(file)
                known.walk.begin_behind(read_list(file, *block, block_bytes))
            if known.looked_us is not None and 0 <= now_us - known.looked_us < LOOK_AGAIN_US:
                return known.walk.entries
            # A window of its own for each look: what was read for an earlier one is written on since.
            known.walk.follow(Window(file, WALK_BYTES))
            known.walk.advance()
            known.walk.follow(file)
            known.looked_us = now_us
            return known.walk.entries

    def seen(self, block: BlockRef) -> list[ChunkEntry] | None:
        """Give the chunks of an open block as they were seen last; None where nobody has looked at it."""
        with self._lock:
            known = self._walks.get(block)
        return None if known is None or known.looked_us is None else known.walk.entries

    def keep_walks(self, still_open: set[BlockRef]) -> None:
        """Forget open blocks that are open no longer."""
        with self._lock:
            for block in [one for one in self._walks if one not in still_open]:
                del self._walks[block]
