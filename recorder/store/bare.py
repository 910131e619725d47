"""Footage as block files hold it, without index, catalog, database or a running recorder: for `store extract`.

Reads only. What is damaged is walked around, and told in words.
"""

import os
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.client.tap import Subscribe
from recorder.client.words import _
from recorder.store.block import ChunkEntry, parse_header
from recorder.store.block_cache import BlockRef
from recorder.store.chunk_reader import Chunk, ChunkReader, Overwritten, broken_before
from recorder.store.errors import Damaged, NotADisk
from recorder.store.files import BlockFile, SystemFiles
from recorder.store.identity import Identity
from recorder.store.inspection import Inspection
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.layout import (
    BLOCK_FOLDER,
    LARGEST_BLOCK,
    PAGE,
    SMALLEST_BLOCK,
    STREAM_CODES,
    BlockClass,
    Source,
    stream_key,
)
from recorder.store.piece import Piece
from recorder.store.portion import Portion, gathered
from recorder.store.rows import ClockMapRow, RowKind
from recorder.store.walk import chunks_in, entries_of_block

if TYPE_CHECKING:
    from recorder.store.ids import RowId

Progress = Callable[[int, int], None]
_NAME = re.compile(r"([0-9]{6})\.block")
_LOOK_BYTES = 16 << 20
"""How far into a block with a lost header a chunk is looked for."""
_MOST_FILES = 32


class Kept(NamedTuple):
    """What there is of a stream: times (UTC) and bytes."""

    key: StreamKey
    first_us: int
    last_us: int
    bytes: int


class _Located(NamedTuple):
    """A chunk and where it lies."""

    span_first_us: int
    entry: ChunkEntry
    piece: Piece


class _Rank(Enum):
    """What is rather taken where several show the same time."""

    FIRST = 0
    COPY = 1
    THINNED = 2


@dataclass
class _Block:
    path: Path
    ref: BlockRef
    thinned: bool
    entries: list[ChunkEntry]


@dataclass
class Bare:
    """All that block files say. `problems` are what was damaged, in words. One thread; a context manager."""

    keys: PoolKeys = NO_KEYS
    problems: list[str] = field(default_factory=list[str])
    _blocks: list[_Block] = field(default_factory=list[_Block])
    _maps: dict[bytes, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _files: dict[BlockRef, BlockFile] = field(default_factory=dict[BlockRef, BlockFile])
    _sorted: tuple[StreamKey, list[_Located]] | None = None

    def add(self, path: Path, progress: Progress | None = None) -> None:
        """Take a disk, a folder of block files, or one of them; raises `NotADisk` where there is none."""
        files = _block_files(path)
        if not files:
            raise NotADisk(path=path, problem=_("there are no block files in it"))
        self._sorted = None
        identity = self._identity(path)
        for nth, file in enumerate(files):
            if progress is not None:
                progress(nth, len(files))
            try:
                self._take(file, identity)
            except OSError as error:
                words = _("{path} cannot be read: {problem}.")
                self.problems.append(words.format(path=file, problem=error.strerror or error))

    def _identity(self, path: Path) -> Identity | None:
        """Who the disk is, and what its catalog knows of clocks; both are only of use, not needed."""
        try:
            with Inspection(path) as disk:
                with suppress(Damaged, OSError):
                    for row in disk.contents().of(RowKind.CLOCK_MAP):
                        assert isinstance(row, ClockMapRow)
                        self._maps[row.kernel_boot][row.monotonic_us] = row.after_us - row.before_us
                return disk.identity
        except NotADisk as error:
            self.problems.append(_("{problem} Its blocks are read without it.").format(problem=error))
            return None

    def _take(self, path: Path, identity: Identity | None) -> None:
        file = _open(path)
        try:
            size = identity.block_bytes if identity else _size(path)
            whose = self._whose(path, file, size)
            if whose is None:
                return
            ref, thinned = whose
            entries = entries_of_block(file, *ref, size)
        finally:
            file.close()
        if entries:
            self._blocks.append(_Block(path, ref, thinned, entries))

    def _whose(self, path: Path, file: BlockFile, size: int) -> tuple[BlockRef, bool] | None:
        """Which lap a block is in, and whether it was thinned: by its header, else by its first chunk; None: empty."""
        with suppress(Damaged, OSError):
            header = parse_header(file.read(PAGE, 0))
            thinned = header.block_class == BlockClass.THINNED
            return BlockRef(header.disk, header.number, header.incarnation), thinned
        for _at, chunk in chunks_in(file, PAGE, min(_LOOK_BYTES, size)):
            words = _("{path}: its header is damaged; it is read without it.")
            self.problems.append(words.format(path=path))
            return BlockRef(chunk.disk, chunk.block, chunk.incarnation), chunk.leaves > 0
        return None

    def streams(self) -> list[Kept]:
        """Give what there is, by channel and stream."""
        found: dict[StreamKey, Kept] = {}
        for block in self._blocks:
            for one in block.entries:
                key = stream_key(one.channel, one.stream)
                if key is None:
                    continue
                shift = self._shift(one)
                first, last = one.first_us + shift, one.last_us + shift
                known = found.get(key, Kept(key, first, last, 0))
                size = known.bytes + one.payload_bytes
                found[key] = Kept(key, min(known.first_us, first), max(known.last_us, last), size)
        return [found[key] for key in sorted(found)]

    def samples(self, asked: Subscribe) -> Iterator[tuple[Epoch, Sample]]:
        """Give the samples of a stretch from the key frame at or before its start on; raises `Locked`.

        A sample has DISCONTINUITY where something before it is missing.
        """
        chunks = self._chunks(asked.key)
        begin, end = asked.from_us or 0, asked.until_us if asked.until_us is not None else 1 << 62
        reader = ChunkReader(self)
        epoch: tuple[int, Epoch] | None = None
        span: RowId | None = None
        broken = wait = True
        given_us = 0
        for nth in range(_start(chunks, begin), len(chunks)):
            one = chunks[nth]
            if one.entry.first_us + one.piece.shift_us >= end:
                continue
            if one.entry.span != span:
                span, epoch, broken, wait, given_us = one.entry.span, None, True, True, 0
            if one.entry.last_us <= given_us:
                # A copy, of which something was damaged.
                continue
            try:
                chunk = reader.open(one.piece, one.entry)
                own = reader.epoch(chunk)
                if own is not None:
                    epoch = (one.entry.epoch, own)
                if epoch is None or epoch[0] != one.entry.epoch:
                    broken = wait = True
                    continue
                first = self._first(chunk, begin) if wait else 0
                if first is None:
                    continue
                taken = reader.samples(chunk, first, one.entry.samples)
            except (Damaged, NotADisk, Overwritten, OSError) as error:
                self._tell(one, error)
                broken = wait = True
                continue
            if taken.damaged:
                self._tell(one, _("some of its samples are damaged."))
            wait = False
            given_us = one.entry.last_us
            for sample in taken.samples:
                if sample.wall_us >= end:
                    continue
                yield epoch[1], broken_before(sample) if broken else sample
                broken = False
            broken = broken or taken.ends_damaged

    def portions(self, asked: Subscribe) -> Iterator[Portion]:
        """Give the same, many at once."""
        return gathered(self.samples(asked))

    def samples_ahead(self, asked: Subscribe, most_bytes: int, beside: int = 0) -> int:
        """Say about how many samples the span that is under way at the begin of a stretch has in it.

        Those are meant that fit into `most_bytes`, each with so many bytes `beside` it.
        """
        if self._sorted is None or self._sorted[0] != asked.key:
            self._sorted = (asked.key, self._chunks(asked.key))
        chunks, begin = self._sorted[1], asked.from_us or 0
        at = _start(chunks, begin)
        mine = takewhile(lambda one: one.entry.span == chunks[at].entry.span, islice(chunks, at, None))
        end = asked.until_us if asked.until_us is not None else 1 << 62
        samples, left = 0, most_bytes
        for one in mine:
            if one.entry.first_us + one.piece.shift_us < end and left > 0:
                samples += one.entry.samples
                left -= one.entry.payload_bytes + beside * one.entry.samples
        return samples

    def stretches(self, asked: Subscribe) -> tuple[()]:
        """Say nothing: what cannot be read is among the `problems`."""
        del asked
        return ()

    def expected_bytes(self, asked: Subscribe) -> int:
        """About how many bytes a stretch has."""
        begin, end = asked.from_us or 0, asked.until_us if asked.until_us is not None else 1 << 62
        return sum(
            one.entry.payload_bytes
            for one in self._chunks(asked.key)
            if one.entry.first_us + one.piece.shift_us < end and one.entry.last_us + one.piece.shift_us >= begin
        )

    @staticmethod
    def _first(chunk: Chunk, begin: int) -> int | None:
        """The sample to begin with: the last key frame at or before a time, else the first; None without any."""
        walls, keys = chunk.walls, [number for number, _offset in chunk.head.keys]
        return next((number for number in reversed(keys) if walls[number] <= begin), keys[0] if keys else None)

    def _chunks(self, key: StreamKey) -> list[_Located]:
        """The chunks of a stream in the order of playback; of copies, one."""
        code = STREAM_CODES[key.stream]
        located: dict[tuple[RowId, int, int, int], _Located] = {}
        first_of: dict[RowId, int] = {}
        # What is whole and first comes before second copies, and these before what was thinned: a lesser one is taken
        # where the time that it shows is not there otherwise.
        taken: list[tuple[int, int]] = []
        for rank in _Rank:
            more: list[tuple[int, int]] = []
            for block in self._blocks:
                for one in block.entries:
                    if (one.channel, one.stream) != (key.channel, code) or _rank(block, one) is not rank:
                        continue
                    shift = self._shift(one)
                    times = (one.first_us + shift, one.last_us + shift)
                    place = (one.span, one.first_us, one.last_us, one.samples)
                    if place in located or _covered(times, taken):
                        continue
                    first_of[one.span] = min(first_of.get(one.span, 1 << 62), times[0])
                    piece = Piece(*times, one.span, block.ref, shift, one.payload_bytes, is_open=False)
                    located[place] = _Located(0, one, piece)
                    more.append(times)
            taken = sorted([*taken, *more])
        kept = list(located.values())
        placed = [one._replace(span_first_us=first_of[one.entry.span]) for one in kept]
        return sorted(placed, key=lambda one: (one.span_first_us, one.entry.span, one.entry.first_us))

    def _shift(self, entry: ChunkEntry) -> int:
        """What the clock maps of a kernel boot add to a time."""
        maps = self._maps.get(entry.kernel_boot)
        return sum(delta for at, delta in maps.items() if at > entry.first_monotonic_us) if maps else 0

    def _tell(self, one: _Located, problem: object) -> None:
        words = _("Block {block}, chunk at {at}: {problem}")
        self.problems.append(words.format(block=one.piece.block.number, at=one.entry.offset, problem=problem))

    def file(self, block: BlockRef) -> BlockFile:
        """Give the open file of a block; raises `OSError`."""
        known = self._files.get(block)
        if known is None:
            if len(self._files) >= _MOST_FILES:
                self._files.pop(next(iter(self._files))).close()
            path = next(one.path for one in self._blocks if one.ref == block)
            known = self._files[block] = _open(path)
        return known

    def is_overwritten(self, block: BlockRef) -> bool:
        """Nobody writes here that would be waited for."""
        del block
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()


def _start(chunks: Sequence[_Located], begin: int) -> int:
    """Give the chunk to begin with: the last with a key frame at or before a time, within its span."""
    at = next((n for n, one in enumerate(chunks) if one.entry.last_us + one.piece.shift_us >= begin), len(chunks))
    for n in range(min(at, len(chunks) - 1), -1, -1):
        one = chunks[n]
        if at < len(chunks) and one.entry.span != chunks[at].entry.span:
            break
        if one.entry.keys and one.entry.first_us + one.piece.shift_us <= begin:
            return n
    return at


def _rank(block: _Block, entry: ChunkEntry) -> _Rank:
    if block.thinned:
        return _Rank.THINNED
    return _Rank.COPY if entry.source >= Source.COPY else _Rank.FIRST


def _covered(times: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Whether the beginning of a chunk lies in stretches, by time, of others."""
    at = bisect_right(taken, (times[0], 1 << 62)) - 1
    return at >= 0 and taken[at][1] >= times[0]


def _block_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    for folder in (path / BLOCK_FOLDER, path):
        with suppress(OSError):
            found = sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name) and not one.is_symlink())
            if found:
                return found
    return []


def _size(path: Path) -> int:
    size = path.stat().st_size // PAGE * PAGE
    return size if SMALLEST_BLOCK <= size <= LARGEST_BLOCK else PAGE


def _open(path: Path) -> BlockFile:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return SystemFiles().open_to_read(path.name, folder)
    finally:
        os.close(folder)
