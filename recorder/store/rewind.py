"""Samples of a stream backwards in time: GOP after GOP, each forward inside, or key frames alone."""

from collections import deque
from collections.abc import Iterator
from typing import Self

from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.store.chunk_reader import Chunk, ChunkReader, Overwritten, broken_before
from recorder.store.errors import Damaged, NotADisk
from recorder.store.footage import Footage, chunk_at
from recorder.store.piece import Piece, follows

MOST_BYTES = 64 << 20
"""Of one GOP; the tail of a longer one is left out."""


class Backward(Iterator[tuple[Epoch, Sample]]):
    """Mode REVERSE: from the GOP at `from_us` (no later samples of it) back to `until_us` or the oldest.

    With `keys_only`, mode REVERSE_KEY: nothing but key frames is read.
    """

    def __init__(
        self, footage: Footage, key: StreamKey, from_us: int, until_us: int | None, *, keys_only: bool = False
    ) -> None:
        self._keys_only = keys_only
        self._footage, self._key, self._from_us = footage, key, from_us
        self._visible = footage.visible(key)
        self._floor_us = max(self._visible.begin_us, until_us if until_us is not None else -(1 << 62))
        self._reader = ChunkReader(footage.disks)
        self._ready: deque[tuple[Epoch, Sample]] = deque()
        self._tail: list[Sample] = []
        self._piece: Piece | None = None
        self._at = -1
        self._started = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[Epoch, Sample]:
        while not self._ready:
            if not self._load():
                raise StopIteration
        return self._ready.popleft()

    def _load(self) -> bool:
        """Read the chunk before; False at the beginning."""
        if not self._started:
            piece = self._footage.at(self._key, self._from_us)
            if piece is None or piece.last_us < self._from_us:
                # It may have gone on where nobody can look.
                self._footage.check_end(self._key)
            self._started = True
            if piece is None:
                return False
            entries = self._footage.entries(self._key, piece)
            self._piece, self._at = piece, chunk_at(entries, self._from_us - piece.shift_us)
        piece = self._piece
        if piece is None:
            return False
        entries = self._footage.entries(self._key, piece)
        if not 0 <= self._at < len(entries):
            return self._piece_before(piece)
        entry = entries[self._at]
        self._at -= 1
        if entry.last_us + piece.shift_us < self._floor_us and not self._tail:
            self._piece = None
            return False
        if not self._visible.wants(entry.first_us + piece.shift_us, entry.last_us + piece.shift_us):
            self._tail = []
            return True
        if self._keys_only and not entry.keys:
            return True
        try:
            self._take(self._reader.open(piece, entry, whole=not self._keys_only))
        except (Damaged, Overwritten, OSError, NotADisk):
            # What came behind it cannot be decoded without it.
            self._tail = []
        return True

    def _piece_before(self, piece: Piece) -> bool:
        # Our clock may have been set since: what was played so far, and all before it, lies at another time then.
        moved_us, piece = -piece.shift_us, self._footage.again(self._key, piece)
        self._from_us += moved_us + piece.shift_us
        before = self._footage.before(self._key, piece)
        if before is None or not follows(before, piece):
            self._tail = []
        self._piece = before
        if before is not None:
            self._at = len(self._footage.entries(self._key, before)) - 1
            if self._at < 0:
                self._tail = []
        return before is not None

    def _take(self, chunk: Chunk) -> None:
        walls = chunk.walls
        end = 1 + max((n for n, wall in enumerate(walls) if wall <= self._from_us), default=-1)
        if not end:
            return
        if self._keys_only:
            self._take_keys(chunk, end)
            return
        samples, damaged, *_rest = self._reader.samples(chunk, 0, end)
        if damaged:
            self._tail = []
            return
        keys = [number for number, _offset in chunk.head.keys if number < end]
        epoch = self._reader.epoch(chunk)
        if epoch is None:
            keys = []
        for number in reversed(keys):
            gop = samples[number:] + self._tail
            del samples[number:]
            self._tail = []
            assert epoch is not None
            gop[0] = broken_before(gop[0])
            self._ready += [(epoch, one) for one in gop]
            if gop[0].wall_us <= self._floor_us:
                self._piece = None
                return
        self._add_tail(samples)

    def _take_keys(self, chunk: Chunk, end: int) -> None:
        epoch = self._reader.epoch(chunk)
        if epoch is None:
            return
        samples, *_rest = self._reader.keys(chunk, [one for one in chunk.head.keys if one[0] < end])
        for sample in reversed(samples):
            self._ready.append((epoch, broken_before(sample)))
            if sample.wall_us <= self._floor_us:
                self._piece = None
                return

    def _add_tail(self, samples: list[Sample]) -> None:
        self._tail = samples + self._tail
        if sum(len(one.data) for one in self._tail) > MOST_BYTES:
            self._tail = []
