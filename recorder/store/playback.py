"""Samples of a stream from a time on, forward or key frames only, across chunks, blocks, spans and disks."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.client.tap import Mode
from recorder.store.block import ChunkEntry
from recorder.store.chunk_reader import Chunk, ChunkReader, Overwritten, broken_before
from recorder.store.errors import Damaged, DiskSilent, NotADisk
from recorder.store.footage import Footage, chunk_at
from recorder.store.piece import Piece, follows
from recorder.store.portion import Portion

HOLE_US = 1_000_000
"""A time that lies so far behind the end of a span is in the hole behind it."""
MOST_BACK = 64
"""How many pieces a GOP may reach back over."""


class Forward(Iterator[tuple[Epoch, Sample]]):
    """Mode ALL or KEY. After StopIteration `next` may be called again: it goes on when more was recorded."""

    def __init__(self, footage: Footage, key: StreamKey, from_us: int, until_us: int | None, mode: Mode) -> None:
        self._footage, self._key = footage, key
        self._visible = footage.visible(key)
        self._from_us = self._visible.next(from_us)
        self._until_us = until_us
        self._keys_only = mode is Mode.KEY
        self._reader = ChunkReader(footage.disks)
        self._ready: deque[Sample] = deque()
        # Of what is ready, until some of it was given: the root of its chunk, and all of its bytes.
        self._root = b""
        self._data: memoryview | None = None
        self._piece: Piece | None = None
        self._at = 0
        self._skip = 0
        self._started = False
        self._wait_for_key = True
        self._broken = False
        self._epoch: Epoch | None = None
        self._epoch_number = -1
        self._given_us: int | None = None
        self._over = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[Epoch, Sample]:
        while not self._ready:
            if self._over or not self._load():
                raise StopIteration
        assert self._epoch is not None
        self._data = None
        return self._epoch, self._ready.popleft()

    def portions(self, waits: Callable[[DiskSilent], bool] = lambda _silent: False) -> Iterator[Portion]:
        """Give the same chunk by chunk; ends where there is no more yet.

        `waits` says whether a disk that does not answer is asked again.
        """
        while self._ready or (not self._over and self._loads(waits)):
            if self._ready and self._epoch is not None:
                samples = list(self._ready)
                self._ready.clear()
                yield Portion(self._epoch, samples, self._root, self._data)

    def _loads(self, waits: Callable[[DiskSilent], bool]) -> bool:
        while True:
            try:
                return self._load()
            except DiskSilent as silent:
                if not waits(silent):
                    raise

    def _load(self) -> bool:
        """Read the next chunk; False where there is none yet."""
        if not self._started and not self._start():
            return False
        piece = self._piece
        assert piece is not None
        entries = self._footage.entries(self._key, piece, self._at)
        if self._at >= len(entries):
            return self._next_piece(piece)
        entry = entries[self._at]
        if self._until_us is not None and entry.first_us + piece.shift_us >= self._until_us:
            self._over = True
            return False
        if not self._visible.wants(entry.first_us + piece.shift_us, entry.last_us + piece.shift_us):
            self._broken = self._wait_for_key = True
            self._at += 1
            return True
        if self._keys_only and not entry.keys:
            self._at += 1
            return True
        try:
            taken = self._take(self._reader.open(piece, entry, whole=not self._keys_only))
        except Overwritten:
            self._at = len(entries)
            self._broken = True
            return True
        except (Damaged, OSError, NotADisk):
            taken = False
        if not taken:
            newest = piece.is_open and self._at == len(self._footage.entries(self._key, piece)) - 1
            if newest and not self._is_left(piece):
                # It may still be on its way to the disk.
                return False
            self._broken = True
        self._at += 1
        return True

    def _take(self, chunk: Chunk) -> bool:
        """Put the samples of a chunk behind what is ready; False where they are not to be had."""
        epoch = self._reader.epoch(chunk)
        if epoch is not None:
            self._epoch, self._epoch_number = epoch, chunk.head.fixed.epoch
        elif self._epoch is None or chunk.head.fixed.epoch != self._epoch_number:
            return False
        assert self._epoch is not None
        walls, keys = chunk.walls, chunk.head.keys
        begin, self._skip = self._skip, 0
        end = len(walls)
        if self._until_us is not None:
            # In the order of decoding: what a later picture is shown before is still needed.
            end = 1 + max((n for n, wall in enumerate(walls) if wall < self._until_us), default=-1)
        if self._wait_for_key:
            first = next((number for number, _offset in keys if number >= begin), None)
            if first is None:
                return True
            begin, self._wait_for_key = max(begin, first), False
        if begin >= end:
            return True
        if self._keys_only:
            taken = self._reader.keys(chunk, [one for one in keys if begin <= one[0] < end])
        else:
            taken = self._reader.samples(chunk, begin, end)
        samples, damaged, ends_damaged, self._data = taken
        if damaged and not samples:
            return False
        if self._broken and samples:
            samples[0] = broken_before(samples[0])
            self._broken = False
        self._broken = self._broken or ends_damaged
        self._ready += samples
        self._root = chunk.head.fixed.digest
        if samples:
            self._given_us = max(self._given_us or samples[-1].wall_us, samples[-1].wall_us)
        return True

    def _next_piece(self, piece: Piece) -> bool:
        # An open block may be sealed by now, and all that was played so far lie at another time.
        moved_us, piece = -piece.shift_us, self._footage.again(self._key, piece)
        moved_us += piece.shift_us
        if self._given_us is not None:
            self._given_us += moved_us
        following = self._footage.after(self._key, piece, piece.first_us)
        if following is None:
            self._piece = piece
            self._footage.check_end(self._key)
            return False
        if following.span != piece.span:
            if self._given_us is not None and following.last_us <= self._given_us:
                # A second copy of time that was given already.
                self._piece, self._at = following, len(self._footage.entries(self._key, following))
                return True
            self._broken = self._wait_for_key = True
        elif not follows(piece, following):
            self._broken = self._wait_for_key = True
        self._piece, self._at = following, 0
        return True

    def _is_left(self, piece: Piece) -> bool:
        """Whether recording went on elsewhere: nothing comes to a piece any more, though its block is open still."""
        return self._footage.after(self._key, piece, piece.first_us) is not None

    def _start(self) -> bool:
        """Find the key frame at or before the wanted time."""
        footage, key, from_us = self._footage, self._key, self._from_us
        piece = footage.at(key, from_us)
        if piece is None or from_us > piece.last_us + HOLE_US:
            following = footage.after(key, piece, from_us)
            if following is None and (piece is None or not piece.is_open):
                if footage.unseen is not None:
                    raise footage.unseen
                return False
            if following is not None and (piece is None or following.span != piece.span):
                self._piece, self._at, self._started = following, 0, True
                return True
        assert piece is not None
        found = self._key_before(piece, from_us)
        self._piece, self._at, self._skip = found or (piece, 0, 0)
        self._started = True
        return True

    def _key_before(self, piece: Piece, at_us: int) -> tuple[Piece, int, int] | None:
        """Give (piece, chunk, sample) of the last key frame at or before a time within a span."""
        span = piece.span
        at: Piece | None = piece
        for _piece in range(MOST_BACK):
            if at is None or at.span != span:
                return None
            entries = self._footage.entries(self._key, at)
            for n in range(chunk_at(entries, at_us - at.shift_us), -1, -1):
                if entries and entries[n].keys and (sample := self._key_in(at, entries[n], at_us)) is not None:
                    return at, n, sample
            before = self._footage.before(self._key, at)
            at = before if before is not None and follows(before, at) else None
        return None

    def _key_in(self, piece: Piece, entry: ChunkEntry, at_us: int) -> int | None:
        try:
            chunk = self._reader.open(piece, entry)
        except (Damaged, Overwritten, OSError, NotADisk):
            return None
        walls = chunk.walls
        return next((number for number, _offset in reversed(chunk.head.keys) if walls[number] <= at_us), None)
