"""The disks as a reader finds them: by id, wherever they are mounted now, with their blocks and what is in them."""

import os
from collections import OrderedDict
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import NamedTuple

from recorder.client.clock import SECOND_US, Clock
from recorder.store.block import ChunkEntry, parse_header
from recorder.store.block_cache import BlockCache, BlockRef
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent, NotADisk, StoreError
from recorder.store.files import SystemFiles
from recorder.store.identity import Identity
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.lane_file import LaneFile
from recorder.store.layout import PAGE, block_name
from recorder.store.walk import entries_of_block, sealed_index

_LOOK_US = 2 * SECOND_US
_MOST_FILES = 32
LOOK_S = 1.0
"""So long a mount that is asked who it is may take; it is not asked again before it has answered."""


class _Mounted(NamedTuple):
    path: Path
    identity: Identity
    directory: int


def _opened(path: Path) -> _Mounted | None:
    """Open a directory; None where it is no disk. On a mount that hangs this comes back when that does."""
    try:
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _Mounted(path, Identity.read(directory, path), directory)
    except NotADisk:
        os.close(directory)
        return None


def _close(mounted: _Mounted | None) -> None:
    if mounted is not None:
        os.close(mounted.directory)


class ReadDisks:
    """Finds disks below a directory, and keeps files and block indexes that were used lately. One thread."""

    def __init__(
        self,
        place: Path,
        clock: Clock,
        cache: BlockCache,
        keys: PoolKeys = NO_KEYS,
        in_index: Callable[[], Collection[str]] = frozenset[str],
        lanes: Lanes | None = None,
    ) -> None:
        """No I/O here. `in_index` gives the paths of the disks that are in the index."""
        self._in_index = in_index
        self._lanes, self._is_shared = lanes or Lanes(), lanes is not None
        self.keys = keys
        self._place, self._clock = place, clock
        self._disks: dict[bytes, _Mounted] = {}
        self._look_at_us: int | None = None
        self._silent: list[str] = []
        """Names of mounts that did not say who they are."""
        self._files: OrderedDict[tuple[bytes, int], LaneFile] = OrderedDict()
        self._cache = cache

    def _disk(self, disk: bytes) -> _Mounted | None:
        now = self._clock.monotonic_us()
        if self._look_at_us is None or now >= self._look_at_us:
            self._look_at_us = now + _LOOK_US
            self._look()
        return self._disks.get(disk)

    def _look(self) -> None:
        """Find what is mounted; a disk that went away is closed, so that it can be unmounted."""
        found: dict[bytes, _Mounted] = {}
        try:
            # Of two disks with one id the one that is in the index comes first.
            indexed = self._in_index()
            paths = sorted(self._place.iterdir(), key=lambda one: (str(one) not in indexed, one))
        except OSError:
            paths = []
        self._silent = []
        for path in paths:
            try:
                mounted = self._lanes.of(path, LOOK_S).do(path.name, partial(_opened, path), _close)
            except DiskSilent:
                # What is known of it stays.
                self._silent.append(path.name)
                found |= {disk: one for disk, one in self._disks.items() if one.path == path and disk not in found}
                continue
            if mounted is None:
                continue
            disk, directory = mounted.identity.id_bytes, mounted.directory
            known = self._disks.get(disk)
            if disk in found or (known is not None and os.path.sameopenfile(known.directory, directory)):
                os.close(directory)
                if known is not None:
                    found.setdefault(disk, known)
                continue
            found[disk] = mounted
        for disk, known in self._disks.items():
            if found.get(disk) is not known:
                os.close(known.directory)
                for place in [place for place in self._files if place[0] == disk]:
                    self._files.pop(place).close()
        self._disks = found

    def file(self, block: BlockRef) -> LaneFile:
        """Give the open file of a block; raises `OSError`, `NotADisk`, and `DiskSilent` as its reads do."""
        mounted = self._disk(block.disk)
        if mounted is None:
            if self._silent:
                raise DiskSilent(disk=", ".join(self._silent))
            raise NotADisk(path=self._place, problem=f"disk {block.disk.hex()} is not here")
        place = (block.disk, block.number)
        file = self._files.get(place)
        if file is None:
            lane, name = self._lanes.of(block.disk), mounted.identity.name
            opening = partial(SystemFiles().open_to_read, block_name(block.number), mounted.directory)
            opened = lane.do(name, opening, lambda late: late.close())
            file = self._files[place] = LaneFile(opened, lane, name)
            if len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)[1].close()
        self._files.move_to_end(place)
        return file

    def entries(self, block: BlockRef, *, is_open: bool) -> list[ChunkEntry]:
        """Give the chunks of a block, those of an open one as far as they are written now; empty where it is gone.

        Raises `DiskSilent` where nobody has seen them yet; an open block stays as it was seen while its disk hangs.
        """
        try:
            if is_open:
                return self._open_entries(block)
            return self._sealed_entries(block)
        except (OSError, NotADisk):
            return []

    def _open_entries(self, block: BlockRef) -> list[ChunkEntry]:
        try:
            file = self.file(block)
            size = self._disks[block.disk].identity.block_bytes
            return self._cache.opened(block, file, size, self._clock.monotonic_us())
        except DiskSilent:
            seen = self._cache.seen(block)
            if seen is None:
                raise
            return seen

    def _sealed_entries(self, block: BlockRef) -> list[ChunkEntry]:
        def read() -> list[ChunkEntry]:
            file = self.file(block)
            where = (file, block.disk, block.number, block.incarnation, self._disks[block.disk].identity.block_bytes)
            sealed = sealed_index(*where)
            if sealed is not None:
                return sealed[1]
            return [] if self.is_overwritten(block) else entries_of_block(*where)

        return self._cache.sealed(block, read)

    def is_overwritten(self, block: BlockRef) -> bool:
        """Whether a block is in another lap by now; a damaged header does not say that."""
        try:
            return parse_header(self.file(block).read(PAGE, 0)).incarnation != block.incarnation
        except (OSError, StoreError):
            return False

    def keep_walks(self, still_open: set[BlockRef]) -> None:
        """Forget open blocks that are open no longer."""
        self._cache.keep_walks(still_open)

    def close(self) -> None:
        """Close everything."""
        for file in self._files.values():
            file.close()
        for mounted in self._disks.values():
            os.close(mounted.directory)
        self._files.clear()
        self._disks.clear()
        if not self._is_shared:
            self._lanes.close()
            self._lanes = Lanes()
