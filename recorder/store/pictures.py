"""Finds recorded pictures: those of a stretch, and the one that was the newest at a moment.

Spans of pictures may lie within one another: one that is taken of earlier footage is a span of its own.
"""

from collections.abc import Iterator

from recorder.client.stream import Sample, StreamKey, StreamName
from recorder.store.block import ChunkEntry
from recorder.store.chunk_reader import Chunk, ChunkReader
from recorder.store.errors import DiskSilent, StoreError
from recorder.store.footage import Footage
from recorder.store.piece import Piece
from recorder.store.read_disks import ReadDisks


class RecordedPictures:
    """The pictures of one channel."""

    def __init__(self, footage: Footage, disks: ReadDisks, channel: int) -> None:
        self._footage, self._reader = footage, ChunkReader(disks)
        self._key = StreamKey(channel, StreamName.PICTURE)

    def listed(self, start_us: int, end_us: int, most: int) -> list[tuple[int, int]]:
        """Give (time, bytes) of those within [start_us, end_us), by time, at most so many; raises `DiskSilent`."""
        found: set[tuple[int, int]] = set()
        for piece in self._footage.pieces(self._key, start_us, end_us):
            for entry in self._footage.entries(self._key, piece):
                if entry.last_us + piece.shift_us < start_us or entry.first_us + piece.shift_us >= end_us:
                    continue
                chunk = self._opened(piece, entry)
                if chunk is not None:
                    sized = zip(chunk.walls, chunk.head.table.sizes, strict=True)
                    found.update((wall, size) for wall, size in sized if start_us <= wall < end_us)
            if len(found) >= most:
                break
        self._check(found)
        return sorted(found)[:most]

    def newest(self, at_us: int) -> Sample | None:
        """Give the newest at or before a moment that can be read; None where there is none. Raises `DiskSilent`."""
        best: Sample | None = None
        for last_us, piece, entry in self._chunks_before(at_us):
            if best is not None and last_us <= best.wall_us:
                break
            chunk = self._opened(piece, entry)
            if chunk is None:
                continue
            for number in reversed([n for n, wall in enumerate(chunk.walls) if wall <= at_us]):
                taken = self._reader.samples(chunk, number, number + 1).samples
                if taken:
                    best = max(best or taken[0], taken[0], key=lambda one: one.wall_us)
                    break
        self._check(best)
        return best

    def _check(self, found: object) -> None:
        """Raise `DiskSilent` rather than say that there is nothing, where a disk could not be looked at."""
        if not found and self._footage.unseen is not None:
            raise self._footage.unseen

    def _chunks_before(self, at_us: int) -> Iterator[tuple[int, Piece, ChunkEntry]]:
        """Give chunks that begin at or before a moment, with when they end, the latest end first."""
        last = self._footage.at(self._key, at_us)
        if last is None:
            return
        # Whatever is newer than what this piece has touches the stretch behind it.
        begin_us = last.first_us if last.last_us > at_us else last.last_us
        yield from sorted(
            (
                (entry.last_us + piece.shift_us, piece, entry)
                for piece in self._footage.pieces(self._key, begin_us, at_us + 1)
                for entry in self._footage.entries(self._key, piece)
                if entry.first_us + piece.shift_us <= at_us
            ),
            key=lambda one: one[0],
            reverse=True,
        )

    def _opened(self, piece: Piece, entry: ChunkEntry) -> Chunk | None:
        try:
            return self._reader.open(piece, entry)
        except DiskSilent:
            raise
        except (StoreError, OSError):
            return None
