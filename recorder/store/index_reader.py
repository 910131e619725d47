"""Questions to the index, from another process than the one that writes it. Never blocks the writer."""

import logging
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import StreamKey
from recorder.store.gap_log import FOUND
from recorder.store.ids import RowId
from recorder.store.index_runs import IS_LONG, LONG_US, LONGEST_PIECE_US
from recorder.store.index_schema import SHIFT
from recorder.store.intervals import Interval
from recorder.store.layout import REASONS, RECORD_TYPES, STREAM_CODES, BlockClass, BlockState, Source
from recorder.store.record_types import Marked
from recorder.store.rows import HoldRow, TagRow
from recorder.store.stream_time import DueRow, GapEntry, SpanEntry

log = logging.getLogger("store")

# A copy counts when the lap that it was made of is over: the very transaction that ends the one shows the other.
_COUNTS = f"""(origin = x'' OR NOT EXISTS (SELECT 1 FROM block WHERE block.disk = piece.disk
    AND block.incarnation = piece.origin AND block.state <> {int(BlockState.FREE)}))"""  # noqa: S608 - constants
_IS_GROWING = f"""EXISTS (SELECT 1 FROM block WHERE block.disk = piece.disk AND block.number = piece.number
    AND block.state = {int(BlockState.OPEN)})"""  # noqa: S608 - constants
_PIECE = f"""SELECT disk, number, incarnation, span, first_us, last_us, shift_us, bytes, samples, source,
    origin <> x'', {_IS_GROWING} FROM piece"""  # noqa: S608 - constants
_EXTENT = "SELECT first_us, last_us, span, bytes, samples, source, disk, number FROM piece"
_OF_STREAM = f" WHERE channel = ? AND stream = ? AND {_COUNTS}"
_COPY = (f" AND source < {int(Source.COPY)}", f" AND source >= {int(Source.COPY)}")
_MAY_HOLD = f"""SELECT disk, number, incarnation FROM block AS this WHERE state = {int(BlockState.OPEN)}
    AND ((channel = ?1 AND stream = ?2) OR (class = {int(BlockClass.SHARED)} AND NOT EXISTS (
        SELECT 1 FROM block AS own WHERE own.state = {int(BlockState.OPEN)} AND own.class = {int(BlockClass.SINGLE)}
        AND own.channel = ?1 AND own.stream = ?2
        AND own.disk = this.disk AND own.pool = this.pool AND own.serial < this.serial)))"""  # noqa: S608 - constants
_HOLD = ", ".join(HoldRow._fields)
_TAG = ", ".join(TagRow._fields)


Extent = tuple[int, int, bytes, int, int, int, bytes, int]
"""Of a piece: first and last sample (as searched, UTC), span, bytes, samples, source, disk and block."""


class SealedPiece(NamedTuple):
    """A line of the table of pieces; times as searched, UTC."""

    disk: bytes
    number: int
    incarnation: bytes
    span: bytes
    first_us: int
    last_us: int
    shift_us: int
    bytes: int
    samples: int
    source: int
    copied: int
    growing: int


def _stream(key: StreamKey) -> tuple[int, int]:
    """Give a stream as the index has it."""
    return key.channel, STREAM_CODES[key.stream]


class IndexReader:
    """A read-only connection that follows the file when it is made anew. One thread at a time."""

    def __init__(self, path: Path) -> None:
        """No I/O here."""
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask; an index that is missing or being made has no rows."""
        try:
            found = self._path.stat()
            if self._file != (found.st_dev, found.st_ino):
                self.close()
                place = f"{self._path.absolute().as_uri()}?mode=ro"
                self._database = sqlite3.connect(place, uri=True, timeout=1.0, check_same_thread=False)
                self._file = (found.st_dev, found.st_ino)
            assert self._database is not None
            return self._database.execute(query, values).fetchall()
        except (OSError, sqlite3.Error) as error:
            if not isinstance(error, FileNotFoundError):
                log.warning("index %s: %s", self._path, error)
            self.close()
            return []

    def pieces(self, key: StreamKey, start_us: int, end_us: int, *, copies: bool = False) -> list[SealedPiece]:
        """Give the sealed pieces of a stream that touch [start_us, end_us), by time."""
        rows = self._touching(_PIECE, "first_us, number", key, start_us, end_us, copies=copies)
        return [SealedPiece._make(row) for row in rows]

    def pieces_in(self, key: StreamKey, disk: bytes, number: int, *, copies: bool = False) -> list[SealedPiece]:
        """Give the sealed pieces of a stream in one block."""
        place = " AND disk = ? AND number = ?"
        stream = _stream(key)
        rows = self._rows(f"{_PIECE}{_OF_STREAM}{_COPY[copies]}{place}", *stream, disk, number)
        return [SealedPiece._make(row) for row in rows]

    def extents(self, key: StreamKey, start_us: int, end_us: int, *, copies: bool = False) -> list[Extent]:
        """Give of the same pieces only what spans are made of, by time; the index of times answers it alone."""
        return self._touching(_EXTENT, "first_us", key, start_us, end_us, copies=copies)

    def _touching(
        self, select: str, order: str, key: StreamKey, start_us: int, end_us: int, *, copies: bool
    ) -> list[tuple[Any, ...]]:
        """Give the rows of pieces that touch [start_us, end_us), by time."""
        stream, near_us = _stream(key), start_us - LONG_US
        touch = f"{_OF_STREAM}{_COPY[copies]} AND first_us >= ? AND first_us < ? AND last_us >= ?"
        # Those that began long before are few; all of them come before the others.
        long = self._rows(
            f"{select} INDEXED BY piece_long{touch} AND {IS_LONG} ORDER BY {order}",
            *stream,
            start_us - LONGEST_PIECE_US,
            min(near_us, end_us),
            start_us,
        )
        return long + self._rows(f"{select}{touch} ORDER BY {order}", *stream, near_us, end_us, start_us)

    def pieces_from(self, key: StreamKey, at_us: int, most: int, *, copies: bool = False) -> list[SealedPiece]:
        """Give the next few sealed pieces that begin at a time or later, by time."""
        rows = self._rows(
            _PIECE + _OF_STREAM + _COPY[copies] + " AND first_us >= ? ORDER BY first_us, number LIMIT ?",
            *_stream(key),
            at_us,
            most,
        )
        return [SealedPiece._make(row) for row in rows]

    def pieces_before(self, key: StreamKey, at_us: int, most: int, *, copies: bool = False) -> list[SealedPiece]:
        """Give the last few sealed pieces that begin at a time or earlier, newest first."""
        rows = self._rows(
            _PIECE + _OF_STREAM + _COPY[copies] + " AND first_us <= ? ORDER BY first_us DESC, number DESC LIMIT ?",
            *_stream(key),
            at_us,
            most,
        )
        return [SealedPiece._make(row) for row in rows]

    def runs(self, key: StreamKey, start_us: int, end_us: int) -> list[Interval]:
        """Give the unbroken stretches of sealed footage that touch [start_us, end_us), by time, each as a whole."""
        stream = _stream(key)
        rows = self._rows(
            "SELECT start_us, last_us + 1 FROM run WHERE channel = ? AND stream = ? AND start_us < ? AND start_us >="
            " coalesce((SELECT max(start_us) FROM run WHERE channel = ? AND stream = ? AND start_us <= ?), ?)"
            " AND last_us >= ? ORDER BY start_us",
            *stream,
            end_us,
            *stream,
            start_us,
            start_us,
            start_us,
        )
        return [(start, end) for start, end in rows]

    def first_known(self, key: StreamKey) -> int | None:
        """Since when it is known what became of a stream: its spans and gaps are kept while any footage is as old."""
        stream = _stream(key)
        found = [
            self._rows(f"SELECT min(start_us) FROM {table} WHERE channel = ? AND stream = ?", *stream)  # noqa: S608 - names below
            for table in ("span", "gap")
        ]
        found.append(self._rows("SELECT min(start_us) FROM run"))
        return min((rows[0][0] for rows in found if rows and rows[0][0] is not None), default=None)

    def spans(self, key: StreamKey, start_us: int, end_us: int) -> list[SpanEntry]:
        """Give the spans that begin within [start_us, end_us), by time, and one before and one behind them."""
        stream = _stream(key)
        span = "SELECT DISTINCT start_us, end_us, ended, reason, kernel_boot, shift_us FROM span"
        of = " WHERE channel = ? AND stream = ? AND start_us "
        before = self._rows(f"{span}{of}< ? ORDER BY start_us DESC LIMIT 1", *stream, start_us)
        within = self._rows(f"{span}{of}>= ? AND start_us < ? ORDER BY start_us", *stream, start_us, end_us)
        behind = self._rows(f"{span}{of}>= ? ORDER BY start_us LIMIT 1", *stream, end_us)
        return [
            SpanEntry(start, end, bool(ended), REASONS.get(reason), boot, shift)
            for start, end, ended, reason, boot, shift in [*before, *within, *behind]
        ]

    def due(self, key: StreamKey, start_us: int, end_us: int) -> list[DueRow]:
        """Give the due rows that touch [start_us, end_us), by time."""
        rows = self._rows(
            "SELECT DISTINCT start_us, end_us, type FROM due WHERE channel = ? AND stream = ? AND start_us < ?"
            " AND end_us > ? ORDER BY start_us",
            *_stream(key),
            end_us,
            start_us,
        )
        return [DueRow(start, end, RECORD_TYPES.get(kind, RecordType.GENERAL)) for start, end, kind in rows]

    def due_since(self, key: StreamKey) -> int | None:
        """Since when it is known what was due; None where no row says so."""
        rows = self._rows("SELECT min(start_us) FROM due WHERE channel = ? AND stream = ?", *_stream(key))
        return rows[0][0] if rows else None

    def disk_paths(self) -> set[str]:
        """Give where the disks are whose catalogs are in here."""
        return {path for (path,) in self._rows("SELECT path FROM disk")}

    def has_copies(self, key: StreamKey) -> bool:
        """Whether there are sealed second copies of a stream."""
        # Left to itself it takes the index of times, and looks through all that there is.
        copy = f"source >= {int(Source.COPY)}"
        query = f"SELECT 1 FROM piece INDEXED BY piece_copy WHERE channel = ? AND stream = ? AND {copy} LIMIT 1"  # noqa: S608
        return bool(self._rows(query, *_stream(key)))

    def open_blocks(self, key: StreamKey) -> list[tuple[bytes, int, bytes]]:
        """Give (disk, number, incarnation) of the open blocks in which a stream may be.

        While a stream has a block of its own it is written to no other of that disk and pool (`Volume.owner_of`):
        shared ones that were begun after it hold nothing of it, and need not be walked.
        """
        rows = self._rows(_MAY_HOLD, *_stream(key))
        return [(disk, number, incarnation) for disk, number, incarnation in rows]

    def own_open_blocks(self, key: StreamKey) -> list[tuple[bytes, int, bytes]]:
        """Give (disk, number, incarnation) of the open blocks that a stream has for itself."""
        rows = self._rows(
            "SELECT disk, number, incarnation FROM block WHERE state = ? AND class <> ? AND channel = ? AND stream = ?",
            int(BlockState.OPEN),
            int(BlockClass.SHARED),
            *_stream(key),
        )
        return [(disk, number, incarnation) for disk, number, incarnation in rows]

    def all_open_blocks(self) -> list[tuple[bytes, int, bytes]]:
        """Give (disk, number, incarnation) of every open block."""
        rows = self._rows("SELECT disk, number, incarnation FROM block WHERE state = ?", int(BlockState.OPEN))
        return [(disk, number, incarnation) for disk, number, incarnation in rows]

    def shift(self, kernel_boot: bytes, monotonic_us: int) -> int:
        """Give what clock maps add to a time that was seen then."""
        rows = self._rows(SHIFT, kernel_boot, monotonic_us)
        return int(rows[0][0]) if rows else 0

    def gaps(self, key: StreamKey, start_us: int, end_us: int) -> list[GapEntry]:
        """Give the gap rows that touch [start_us, end_us), by time."""
        rows = self._rows(
            "SELECT DISTINCT start_us, end_us, reason, origin FROM gap WHERE channel = ? AND stream = ?"
            " AND start_us < ? AND end_us > ? ORDER BY start_us, end_us",
            *_stream(key),
            end_us,
            start_us,
        )
        return [
            GapEntry(start, end, REASONS.get(reason, GapReason.UNKNOWN), origin == FOUND)
            for start, end, reason, origin in rows
        ]

    def marks(self, key: StreamKey, start_us: int, end_us: int, now_us: int) -> list[Marked]:
        """Give the marks that touch [start_us, end_us); an open one lasts until now."""
        rows = self._rows(
            "SELECT DISTINCT start_us, coalesce(end_us, ?), type FROM mark WHERE channel = ? AND stream = ?"
            " AND start_us < ? AND (end_us IS NULL OR end_us > ?)",
            now_us,
            *_stream(key),
            end_us,
            start_us,
        )
        return [Marked(start, end, RECORD_TYPES.get(kind, RecordType.GENERAL)) for start, end, kind in rows]

    def holds(self) -> list[HoldRow]:
        """Give every hold that any disk remembers, its newest revision, by the time that it holds."""
        found: dict[bytes, HoldRow] = {}
        for id_, *rest in self._rows(f"SELECT {_HOLD} FROM hold ORDER BY revision"):  # noqa: S608 - a constant
            found[id_] = HoldRow(RowId.parse(id_), *rest)
        return sorted(found.values(), key=lambda one: (one.start_us, one.id))

    def tags(self) -> list[TagRow]:
        """Give every tag that is not removed, by time."""
        found: dict[bytes, TagRow] = {}
        for id_, *rest in self._rows(f"SELECT {_TAG} FROM tag ORDER BY revision"):  # noqa: S608 - a constant
            found[id_] = TagRow(RowId.parse(id_), *rest)
        return sorted((one for one in found.values() if not one.removed), key=lambda one: (one.start_us, one.id))

    def shown_days(self, key: StreamKey) -> int | None:
        """Give the age up to which footage of a stream is shown; None shows all there is."""
        rows = self._rows("SELECT value FROM meta WHERE name = 'shown_days'")
        try:
            known = msgspec.json.decode(rows[0][0], type=dict[str, int | None]) if rows else {}
        except (msgspec.DecodeError, TypeError):
            known = {}
        return known.get(str(key), known.get(""))

    def streams(self) -> list[tuple[int, int]]:
        """Give (channel, stream code) of everything that has sealed footage."""
        return [(channel, code) for channel, code in self._rows("SELECT DISTINCT channel, stream FROM piece")]

    def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._file = None
