"""Open blocks as a disk was left with: each is found again up to its last whole chunk, and resumed or sealed (S1)."""

import logging
from collections.abc import Collection, Mapping

from recorder.client.clock import Clock
from recorder.store import block
from recorder.store.block import BlockHeader
from recorder.store.block_owner import Owner, owner_of
from recorder.store.chunk_list import NOTHING, Listed, end_of, read_list
from recorder.store.disk import Disk
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.ids import IdSource
from recorder.store.inspection import header_of
from recorder.store.laps import Laps
from recorder.store.layout import PAGE, block_name
from recorder.store.open_block import OpenBlock
from recorder.store.overdue import is_old
from recorder.store.rows import BlockRow, Row
from recorder.store.sealing import Sealing
from recorder.store.syncing import sync
from recorder.store.walk import BlockWalk, WalkEnd, sealed_index
from recorder.store.window import Ahead, Kept

log = logging.getLogger("store")


class BlockRecovery:
    """Of one disk that is being attached."""

    def __init__(
        self, disk: Disk, ids: IdSource, laps: Laps, sealing: Sealing, buffer: AlignedBuffer, clock: Clock
    ) -> None:
        assert disk.identity is not None
        self._disk, self._identity, self._ids, self._clock = disk, disk.identity, ids, clock
        self._laps, self._sealing, self._buffer = laps, sealing, buffer
        self.open: dict[Owner, OpenBlock] = {}
        """Blocks that are written on."""

    def recover(self, row: BlockRow, bad: Collection[int], failed: Mapping[tuple[int, int], int]) -> list[Row]:
        """Resume an open block, or seal it; gives the rows that say so. `bad` and `failed` as `Volume` has them."""
        identity = self._identity
        where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
        reader = self._disk.files.open_to_read(block_name(row.number), self._disk.directory)
        try:
            header = header_of(reader, identity.id_bytes, row.number)
            ending = Kept(reader, *end_of(identity.block_bytes))
            sealed = sealed_index(ending, *where)
            from_here = failed.get((row.number, row.incarnation), identity.block_bytes)
            if sealed is not None and any(one.offset >= from_here for one in sealed[1]):
                sealed = None
            walk, listed = self._begin_walk(reader, where, read_list(ending, *where) if sealed is None else NOTHING)
            if sealed is not None and not walk.adopt(sealed[1], sealed[0].index_offset):
                tail, entries = sealed
                opened = OpenBlock(row, self._laps.header(row), reader, entries, tail.index_offset, len(entries))
                self._mend_header(opened, header)
                return self._sealing.rows(opened, tail.digest)
            torn = sealed is not None or self._walk(walk)
            torn = walk.drop_from(from_here) or torn
            if row.number in bad:
                # Its index cannot be written either, or nobody knows: whoever reads it walks it.
                opened = OpenBlock(row, self._laps.header(row), reader)
                opened.resume(walk.entries, walk.end, walk.sequence)
                return self._sealing.rows(opened, block.root_of(opened.entries))
        finally:
            reader.close()
        opened = OpenBlock(
            row, self._laps.header(row), self._disk.files.open_to_write(block_name(row.number), self._disk.directory)
        )
        try:
            opened.resume(walk.entries, walk.end, walk.sequence, listed)
            return self._resume(opened, walk, header, torn=torn)
        finally:
            # A file left open would keep a mount that is to go away.
            if all(one is not opened for one in self.open.values()):
                opened.file.close()

    @staticmethod
    def _begin_walk(reader: BlockFile, where: tuple[bytes, int, int, int], listed: Listed) -> tuple[BlockWalk, Listed]:
        """Give a walk that begins behind what a list names, where that is true, and what of the list was believed."""
        if listed.entries:
            walk = BlockWalk(Ahead(reader, listed.entries[-1].offset), *where)
            if walk.begin_behind(listed):
                return walk, listed
        return BlockWalk(Ahead(reader, PAGE), *where), NOTHING

    def _resume(self, opened: OpenBlock, walk: BlockWalk, header: BlockHeader | None, *, torn: bool) -> list[Row]:
        row = opened.row
        self._mend_header(opened, header)
        can_go_on = self._laps.resume(opened, header)
        key = owner_of(row)
        mine = all(one.span.recorder == self._ids.recorder and one.span.boot < self._ids.boot for one in walk.entries)
        if torn or not mine or not can_go_on or key in self.open or is_old(opened, self._clock.now_us()):
            rows, _whole = self._sealing.seal(opened)
            sync(self._identity.name, [opened.file])
            return rows
        self.open[key] = opened
        return []

    def _walk(self, walk: BlockWalk) -> bool:
        """Find the chunks of an open block; True where it cannot be written on."""
        ended = walk.advance()
        torn = walk.drop_torn_end() or ended is not WalkEnd.FRONTIER
        while ended is WalkEnd.UNREADABLE and walk.search():
            ended = walk.advance()
        return walk.drop_torn() or torn

    def _mend_header(self, opened: OpenBlock, header: BlockHeader | None) -> None:
        """Write the header of a block that was claimed when the power failed: only its row was durable."""
        known = header is not None and header.incarnation == opened.row.incarnation
        if known or any(one.is_encrypted for one in opened.entries):
            return
        try:
            file = self._disk.files.open_to_write(block_name(opened.row.number), self._disk.directory)
            try:
                file.write(self._buffer.holding(block.pack_header(opened.header)), 0)
                sync(self._identity.name, [file])
            finally:
                file.close()
        except OSError as error:
            # A bad sector: the block is read without its header.
            log.warning("disk %s: block %d has no header (%s)", self._identity.name, opened.row.number, error)
