"""Recorded time as files: one for each ten minutes of an unbroken run, found, described and read by bytes.

A file begins with a chunk that has a key frame, the first in its ten minutes (UTC), and ends before the key frame with
which the next begins; the chunk that has both is in both. So nothing is lost between two files, and which chunks make a
file follows from those chunks alone. What still grows is no file yet: sizes never change.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NotFound
from recorder.client.stream import Epoch, SampleFlag, StreamKey
from recorder.client.words import _
from recorder.playback import virtual_mp4
from recorder.playback.moov import parameter_bytes
from recorder.playback.virtual_mp4 import Extent, NotForMp4, Placed
from recorder.store import StoreReader
from recorder.store.block import ChunkEntry
from recorder.store.chunk_reader import ChunkReader, Overwritten
from recorder.store.errors import Damaged, NotADisk
from recorder.store.piece import Piece

GRID_US = 600 * SECOND_US
SETTLED_US = 30 * SECOND_US
"""A run that brought nothing for so long has ended: a span ends after ten seconds of silence."""
MOST_DAYS = 4000
_MOST_HEADERS = 16
_MOST_EPOCHS = 256
_KEY = int(SampleFlag.KEY)


@dataclass(frozen=True)
class RecordedFile:
    """A file: what it shows, [start_us, end_us) UTC, its size, and a mark that changes when its bytes do."""

    start_us: int
    end_us: int
    bytes: int
    etag: str


@dataclass(frozen=True)
class _Made:
    """A file with the chunks that it is made of."""

    told: RecordedFile
    chunks: tuple[tuple[Piece, ChunkEntry], ...]
    extent: Extent
    ends_inside: bool
    """Its last chunk is the first of the next file: only what is before the key frame there is shown."""


class Recordings:
    """Files of recorded time; headers are kept for who asks again. Safe from any thread, each with its own store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._headers: OrderedDict[tuple[str, bool], bytes] = OrderedDict()
        self._epochs: OrderedDict[tuple[object, int], Epoch | None] = OrderedDict()

    def days(self, store: StoreReader, key: StreamKey) -> list[str]:
        """Give the local days with footage, oldest first, as 2026-11-21; of very many the newest."""
        oldest, newest = store.oldest(key), store.newest(key)
        if oldest is None or newest is None:
            return []
        found: set[date] = set()
        # Where a clock was wrong they are decades apart: the days between are not looked at one by one.
        for begin, end in reversed(store.runs(key, oldest, newest + 1)):
            day, first = _local(end - 1).date(), _local(begin).date()
            while day >= first and len(found) < MOST_DAYS:
                found.add(day)
                day -= timedelta(days=1)
        return [one.isoformat() for one in sorted(found)]

    def files(self, store: StoreReader, key: StreamKey, start_us: int, end_us: int) -> list[RecordedFile]:
        """Give the files that begin within [start_us, end_us), by time; raises `Locked`."""
        return [one.told for one in self._made(store, key, start_us, end_us)]

    def read(
        self, store: StoreReader, key: StreamKey, told: RecordedFile, offset: int, size: int, *, audio: bool
    ) -> Iterator[bytes]:
        """Give bytes [offset, offset + size) of a file in pieces; raises `NotFound` where it is no longer the same."""
        found = next((one for one in self._made(store, key, told.start_us, told.start_us + 1)), None)
        # All of it: the times that are told were held against a grant.
        if found is None or found.told != told:
            raise NotFound(what=_("this part of the recording any more"))
        end = min(offset + size, found.told.bytes)
        head = found.extent.header_bytes
        reader = store.chunk_reader()
        if offset < head:
            data = self._header(reader, found, audio=audio)
            yield data[offset : min(end, head)]
        at = head
        shown = virtual_mp4.tracks_of(self._epoch(reader, found), audio=audio)
        for piece, entry in found.chunks:
            begin, at = at, at + entry.payload_bytes
            if at <= offset:
                continue
            if begin >= end:
                return
            data = _payload(reader, piece, entry, shown)
            yield data[max(offset - begin, 0) : end - begin]

    def _made(self, store: StoreReader, key: StreamKey, start_us: int, end_us: int) -> list[_Made]:
        # Wide enough that every file that begins in between is seen from its beginning to its end.
        margin = 2 * GRID_US
        runs: dict[tuple[object, int], list[tuple[Piece, ChunkEntry]]] = {}
        for piece in store.pieces(key, start_us - margin, end_us + margin):
            for entry in store.chunks_of(key, piece):
                runs.setdefault((piece.span, entry.epoch), []).append((piece, entry))
        found: list[_Made] = []
        reader = store.chunk_reader()
        for run, chunks in runs.items():
            chunks.sort(key=lambda one: (one[1].first_us, one[0].block))
            files = self._cut(reader, run, _once(chunks))
            found += [one for one in files if start_us <= one.told.start_us < end_us]
        return sorted(found, key=lambda one: one.told.start_us)

    def _cut(
        self, reader: ChunkReader, run: tuple[object, int], chunks: list[tuple[Piece, ChunkEntry]]
    ) -> Iterator[_Made]:
        """Cut a run of chunks of one span and epoch into files."""
        cuts: list[int] = []
        cell = None
        for n, (piece, entry) in enumerate(chunks):
            if entry.keys:
                own = (entry.first_us + piece.shift_us) // GRID_US
                if own != cell:
                    cuts.append(n)
                cell = own
        if not cuts:
            return
        newest = max(entry.last_us + piece.shift_us for piece, entry in chunks)
        settled = self._clock.now_us() - newest > SETTLED_US
        for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
            if end is None and not settled:
                return
            mine = chunks[begin : None if end is None else end + 1]
            epoch = self._known_epoch(reader, run, mine[0])
            if epoch is None:
                continue
            yield _describe(mine, epoch, ends_inside=end is not None)

    def _known_epoch(
        self, reader: ChunkReader, run: tuple[object, int], first: tuple[Piece, ChunkEntry]
    ) -> Epoch | None:
        """Give the parameters of a run, from its first chunk; None where it has none that MP4 takes."""
        with self._lock:
            if run in self._epochs:
                return self._epochs[run]
        found: Epoch | None = None
        try:
            found = reader.epoch(reader.open(*first))
            if found is not None:
                virtual_mp4.check(found)
        except (Damaged, NotADisk, OSError, Overwritten):
            return None
        except NotForMp4:
            found = None
        with self._lock:
            self._epochs[run] = found
            if len(self._epochs) > _MOST_EPOCHS:
                self._epochs.popitem(last=False)
        return found

    def _epoch(self, reader: ChunkReader, made: _Made) -> Epoch:
        piece, entry = made.chunks[0]
        epoch = self._known_epoch(reader, (piece.span, entry.epoch), made.chunks[0])
        if epoch is None:
            raise NotForMp4
        return epoch

    def _header(self, reader: ChunkReader, made: _Made, *, audio: bool) -> bytes:
        place = (made.told.etag, audio)
        with self._lock:
            known = self._headers.get(place)
            if known is not None:
                self._headers.move_to_end(place)
                return known
        epoch = self._epoch(reader, made)
        made_now = virtual_mp4.header(epoch, _shown(reader, made, epoch), made.extent, audio=audio)
        with self._lock:
            self._headers[place] = made_now
            if len(self._headers) > _MOST_HEADERS:
                self._headers.popitem(last=False)
        return made_now


def _describe(chunks: list[tuple[Piece, ChunkEntry]], epoch: Epoch, *, ends_inside: bool) -> _Made:
    extent = Extent(
        sum(entry.samples for _piece, entry in chunks),
        sum(entry.keys for _piece, entry in chunks),
        sum(entry.payload_bytes for _piece, entry in chunks),
        parameter_bytes(epoch.tracks),
    )
    marks = sha256()
    for piece, entry in chunks:
        marks.update(b"%r %d %d" % (tuple(piece.block), entry.offset, entry.header_crc))
    piece, entry = chunks[0]
    last_piece, last = chunks[-1]
    # The next file's first chunk begins where this one ends, or a little before.
    end_us = (last.first_us if ends_inside else last.last_us + 1) + last_piece.shift_us
    told = RecordedFile(entry.first_us + piece.shift_us, end_us, extent.file_bytes, marks.hexdigest()[:32])
    return _Made(told, tuple(chunks), extent, ends_inside)


def _once(chunks: list[tuple[Piece, ChunkEntry]]) -> list[tuple[Piece, ChunkEntry]]:
    """Leave out copies: what a chunk before covers already."""
    found: list[tuple[Piece, ChunkEntry]] = []
    newest = -(1 << 62)
    for piece, entry in chunks:
        if entry.last_us > newest:
            found.append((piece, entry))
            newest = entry.last_us
    return found


def _shown(reader: ChunkReader, made: _Made, epoch: Epoch) -> Iterator[Placed]:
    """Give the samples from the first key frame on to that of the next file."""
    assert epoch.video is not None
    begun = False
    at = 0
    for nth, (piece, entry) in enumerate(made.chunks):
        begin, at = at, at + entry.payload_bytes
        try:
            head = reader.open(piece, entry).head
        except (Damaged, NotADisk, OSError, Overwritten):
            continue
        ends = made.ends_inside and nth == len(made.chunks) - 1
        offset = begin
        for n, size in enumerate(head.table.sizes):
            is_key = head.table.tracks[n] == epoch.video.track and bool(head.table.flags[n] & _KEY)
            if ends and is_key:
                return
            begun = begun or is_key
            if begun:
                yield Placed(head.table.tracks[n], is_key, head.table.pts[n], offset, size)
            offset += size


def _payload(reader: ChunkReader, piece: Piece, entry: ChunkEntry, shown: set[int]) -> bytes:
    """Give the payload of a chunk; zeros stand for what cannot be read, and for tracks that are not shown."""
    try:
        return reader.payload(reader.open(piece, entry), shown)
    except (Damaged, NotADisk, OSError, Overwritten):
        return bytes(entry.payload_bytes)


def _local(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / SECOND_US).astimezone()
