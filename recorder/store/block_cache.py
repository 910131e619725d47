"""What was read of block indexes lately, shared by all readers of a process: a block is walked or parsed once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from recorder.store.block import ChunkEntry
from recorder.store.files import BlockFile
from recorder.store.walk import BlockWalk

_MOST_INDEXES = 64


class BlockRef(NamedTuple):
    """A block in one of its laps."""

    disk: bytes
    number: int
    incarnation: int


class BlockCache:
    """Chunks of sealed blocks, and walks of open ones. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sealed: OrderedDict[BlockRef, list[ChunkEntry]] = OrderedDict()
        self._walks: dict[BlockRef, BlockWalk] = {}

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

    def opened(self, block: BlockRef, file: BlockFile, block_bytes: int) -> list[ChunkEntry]:
        """Give the chunks of an open block as far as they are written now; the list only grows."""
        with self._lock:
            walk = self._walks.get(block)
            if walk is None:
                walk = BlockWalk(file, block.disk, block.number, block.incarnation, block_bytes)
                self._walks[block] = walk
            walk.follow(file)
            walk.advance()
            return walk.entries

    def keep_walks(self, still_open: set[BlockRef]) -> None:
        """Forget open blocks that are open no longer."""
        with self._lock:
            for block in [one for one in self._walks if one not in still_open]:
                del self._walks[block]
