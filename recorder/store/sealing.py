"""The sealing of blocks: index and tail, and the rows that say what a block holds."""

from recorder.client.clock import Clock
from recorder.store import block
from recorder.store.files import AlignedBuffer
from recorder.store.identity import Identity
from recorder.store.layout import COPIES, PAGE
from recorder.store.open_block import OpenBlock, pieces
from recorder.store.root_log import RootLog
from recorder.store.rows import Row
from recorder.store.tally import Tally

MOST_GAP_BYTES = 2 << 20
"""What a drive writes while it would seek once more: so much is filled with zeros between the index of a block and its
tail, and both are one write."""
_GAP_SHARE = 16
"""Of a block, at most: small ones are not to be written with zeros."""


class Sealing:
    """Of one disk, in its own thread."""

    def __init__(self, identity: Identity, roots: RootLog, tally: Tally, buffer: AlignedBuffer, clock: Clock) -> None:
        self._identity, self._roots, self._tally, self._buffer, self._clock = identity, roots, tally, buffer, clock

    def seal(self, opened: OpenBlock) -> tuple[list[Row], bool]:
        """Write index and tail of a block; gives the rows for the catalog, and whether one sync a disk will do.

        Otherwise the caller syncs its file: some of what was written may not have been written before.
        """
        entries, size = opened.entries, self._identity.block_bytes
        whole = opened.file.direct and opened.row.filled == size
        at, index, tail = block.pack_seal(opened.header, entries, opened.end, self._clock.now_us())
        gap = size - PAGE - at - len(index)
        if gap <= min(MOST_GAP_BYTES, size // _GAP_SHARE):
            # One move of the head instead of two; and from now on no page of the block was never written.
            opened.write(self._buffer.holding(index.ljust(len(index) + gap, b"\0") + tail), at)
            self._buffer.shrink(PAGE)
            opened.row = opened.row._replace(filled=size)
        else:
            if index:
                opened.write(self._buffer.holding(index), at)
            opened.write(self._buffer.holding(tail), size - PAGE)
        return self.rows(opened, block.root_of(entries)), whole

    def rows(self, opened: OpenBlock, root: bytes) -> list[Row]:
        """Give the rows of a block that is sealed; `root` is that of its chunks."""
        entries = opened.entries
        row = opened.sealed_row()
        entry = self._roots.sealed(row, root, sum(one.samples for one in entries))
        # What a block of copies holds was logged copy by copy.
        parts = [] if row.block_class in COPIES else pieces(row.number, row.incarnation, entries)
        self._tally.take(row, parts)
        return [row, *parts, entry]
