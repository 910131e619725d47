"""The tables of the index, and how each catalog row becomes one. Most tables are keyed by disk first.

Blobs are ids as in the catalog; times are UTC µs; `stream` is the code of the format.
"""

import sqlite3
import struct
from collections.abc import Iterable

from recorder.store import index_runs, row_format, rows
from recorder.store.layout import BlockState, Source
from recorder.store.rows import RowKind

VERSION = 7

SCHEMA = f"""
BEGIN;
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- How far the catalog of a disk is in here: checkpoint and frame (recorder.store.catalog).
CREATE TABLE disk (
    id BLOB PRIMARY KEY, name TEXT, path TEXT, block_bytes INTEGER, sequence INTEGER, frame INTEGER
) WITHOUT ROWID;
CREATE TABLE block (
    disk BLOB, number INTEGER, incarnation BLOB, class INTEGER, state INTEGER, serial INTEGER, opened_us INTEGER,
    channel INTEGER, stream INTEGER, pool INTEGER,
    PRIMARY KEY (disk, number)
) WITHOUT ROWID;
CREATE INDEX block_lap ON block (disk, incarnation);
CREATE INDEX block_open ON block (state) WHERE state = {int(BlockState.OPEN)};
-- The part of a span in a sealed block. first_us and last_us are searched; minus shift_us they are as recorded.
-- A copy names the lap that it was made of (else empty) and its time as recorded; it counts when that lap is over.
CREATE TABLE piece (
    disk BLOB, number INTEGER, incarnation BLOB, span BLOB, channel INTEGER, stream INTEGER, source INTEGER,
    kernel_boot BLOB, monotonic_us INTEGER, first_us INTEGER, last_us INTEGER, shift_us INTEGER, bytes INTEGER,
    samples INTEGER, origin BLOB, copied_us INTEGER,
    PRIMARY KEY (disk, number, span, origin, copied_us)
) WITHOUT ROWID;
CREATE INDEX piece_time ON piece (channel, stream, first_us, last_us, source, bytes, samples);
CREATE INDEX piece_long ON piece (channel, stream, first_us) WHERE {index_runs.IS_LONG};
CREATE INDEX piece_boot ON piece (kernel_boot);
CREATE INDEX piece_copy ON piece (channel, stream, first_us) WHERE source >= {int(Source.COPY)};
{index_runs.SCHEMA}
-- start_us and end_us are searched; minus shift_us they are as recorded.
CREATE TABLE span (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, source INTEGER, ended INTEGER, reason INTEGER,
    kernel_boot BLOB, monotonic_us INTEGER, start_us INTEGER, end_us INTEGER, shift_us INTEGER,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE INDEX span_time ON span (channel, stream, start_us);
CREATE INDEX span_boot ON span (kernel_boot);
CREATE TABLE gap (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, reason INTEGER, origin INTEGER, start_us INTEGER,
    end_us INTEGER,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE INDEX gap_time ON gap (channel, stream, start_us, end_us);
CREATE TABLE due (
    disk BLOB, channel INTEGER, stream INTEGER, start_us INTEGER, end_us INTEGER, type INTEGER,
    PRIMARY KEY (disk, channel, stream, start_us)
) WITHOUT ROWID;
CREATE INDEX due_time ON due (channel, stream, start_us);
-- One line per stream that a mark is on; end_us is NULL while it is open.
CREATE TABLE mark (
    disk BLOB, id TEXT, channel INTEGER, stream INTEGER, type INTEGER, event_us INTEGER, start_us INTEGER,
    end_us INTEGER,
    PRIMARY KEY (disk, id, channel, stream)
) WITHOUT ROWID;
CREATE INDEX mark_time ON mark (channel, stream, start_us);
CREATE TABLE hold (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, kind INTEGER, start_us INTEGER, end_us INTEGER,
    expires_us INTEGER, revision INTEGER, made_us INTEGER, released_us INTEGER, owner TEXT, reason TEXT,
    released_by TEXT, release_reason TEXT,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE TABLE tag (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, removed INTEGER, start_us INTEGER, end_us INTEGER,
    revision INTEGER, made_us INTEGER, owner TEXT, words TEXT,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE TABLE clock_map (
    disk BLOB, kernel_boot BLOB, monotonic_us INTEGER, delta_us INTEGER,
    PRIMARY KEY (disk, kernel_boot, monotonic_us)
) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
COMMIT;
"""

_OF_DISK = ("block", "piece", "span", "gap", "due", "mark", "hold", "tag", "clock_map")
SHIFT = """SELECT coalesce(sum(delta_us), 0) FROM
    (SELECT DISTINCT monotonic_us, delta_us FROM clock_map WHERE kernel_boot = ? AND monotonic_us > ?)"""
_GONE = {
    RowKind.GAP: "DELETE FROM gap WHERE disk = ? AND id = ?",
    RowKind.HOLD: "DELETE FROM hold WHERE disk = ? AND id = ?",
    RowKind.TAG: "DELETE FROM tag WHERE disk = ? AND id = ?",
    RowKind.SPAN: "DELETE FROM span WHERE disk = ? AND id = ?",
    RowKind.MARK: "DELETE FROM mark WHERE disk = ? AND id = ?",
}
_CLOCK_MAP_KEY = struct.Struct("<16sq")
_MARK_ID_AT = 2
"""The key of a mark is its id behind the length of it."""


def incarnation_blob(incarnation: int) -> bytes:
    """Give an incarnation as SQLite can hold it: its integers are signed."""
    return incarnation.to_bytes(8, "little")


def forget_disk(database: sqlite3.Connection, disk: bytes) -> None:
    """Delete every row of a disk."""
    for table in _OF_DISK:
        database.execute(f"DELETE FROM {table} WHERE disk = ?", (disk,))  # noqa: S608 - names from the list above


def insert_all(database: sqlite3.Connection, disk: bytes, added: Iterable[rows.Row]) -> None:
    """Add all that a disk holds; clock maps come first. Runs are made anew at the end, which is far less work."""
    for row in added:
        if isinstance(row, rows.PieceRow | rows.CopyRow):
            _insert_piece(database, disk, row)
        else:
            insert(database, disk, row)
    index_runs.rebuild(database)


def insert(database: sqlite3.Connection, disk: bytes, row: rows.Row) -> None:
    """Add a catalog row, or replace the one of its key."""
    match row:
        case rows.BlockRow():
            _insert_block(database, disk, row)
        case rows.PieceRow():
            _take_piece(database, disk, row)
        case rows.CopyRow():
            _take_piece(database, disk, row)
        case rows.SpanRow():
            _insert_span(database, disk, row)
        case rows.GapRow():
            values = (disk, row.id.pack(), *row[1:])
            database.execute("INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        case rows.DueRow():
            values = (disk, row.channel, row.stream, row.start_us, row.end_us, row.record_type)
            database.execute("INSERT OR REPLACE INTO due VALUES (?, ?, ?, ?, ?, ?)", values)
        case rows.MarkRow():
            _insert_mark(database, disk, row)
        case rows.HoldRow():
            values = (disk, row.id.pack(), *row[1:])
            database.execute("INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        case rows.TagRow():
            values = (disk, row.id.pack(), *row[1:])
            database.execute("INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        case rows.ClockMapRow():
            _insert_clock_map(database, disk, row)
        case rows.GoneRow():
            _remove(database, disk, row)
        case rows.BootRow() | rows.KeptRow() | rows.RootRow() | rows.HeadRow() | rows.KeyRow():
            pass


def _insert_block(database: sqlite3.Connection, disk: bytes, row: rows.BlockRow) -> None:
    incarnation = incarnation_blob(row.incarnation)
    if row.state == BlockState.FREE:
        _drop_pieces(database, "disk = ? AND number = ?", disk, row.number)
    else:
        _drop_pieces(database, "disk = ? AND number = ? AND incarnation <> ?", disk, row.number, incarnation)
    kept = (row.block_class, row.state, row.serial, row.opened_us, row.channel, row.stream, row.pool)
    values = (disk, row.number, incarnation, *kept)
    database.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


_NO_LAP = b""


def _drop_pieces(database: sqlite3.Connection, where: str, *values: object) -> None:
    gone = database.execute(
        f"DELETE FROM piece WHERE {where} RETURNING channel, stream, first_us, last_us",  # noqa: S608 - our own text
        values,
    ).fetchall()
    for channel, stream, first_us, last_us in gone:
        index_runs.cut(database, (channel, stream), first_us, last_us)


def _take_piece(database: sqlite3.Connection, disk: bytes, row: rows.PieceRow | rows.CopyRow) -> None:
    """Add a piece and keep the runs."""
    # Told again after a restart; where it says something else, the old one is taken out first.
    place = (disk, row.block, row.span.pack(), _origin(row), _copied_us(row))
    _drop_pieces(database, "disk = ? AND number = ? AND span = ? AND origin = ? AND copied_us = ?", *place)
    first_us, last_us = _insert_piece(database, disk, row)
    index_runs.add(database, (row.channel, row.stream), first_us, last_us)


def _origin(row: rows.PieceRow | rows.CopyRow) -> bytes:
    return incarnation_blob(row.origin) if isinstance(row, rows.CopyRow) else _NO_LAP


def _copied_us(row: rows.PieceRow | rows.CopyRow) -> int:
    return row.first_us if isinstance(row, rows.CopyRow) else 0


def _insert_piece(database: sqlite3.Connection, disk: bytes, row: rows.PieceRow | rows.CopyRow) -> tuple[int, int]:
    (shift,) = database.execute(SHIFT, (row.kernel_boot, row.first_monotonic_us)).fetchone()
    values = (
        disk,
        row.block,
        incarnation_blob(row.incarnation),
        row.span.pack(),
        row.channel,
        row.stream,
        row.source,
        row.kernel_boot,
        row.first_monotonic_us,
        row.first_us + shift,
        row.last_us + shift,
        shift,
        row.bytes,
        row.samples,
        _origin(row),
        _copied_us(row),
    )
    places = ", ".join("?" * len(values))
    database.execute(f"INSERT OR REPLACE INTO piece VALUES ({places})", values)  # noqa: S608 - question marks
    return row.first_us + shift, row.last_us + shift


def _insert_span(database: sqlite3.Connection, disk: bytes, row: rows.SpanRow) -> None:
    (shift,) = database.execute(SHIFT, (row.kernel_boot, row.start_monotonic_us)).fetchone()
    values = (
        disk,
        row.id.pack(),
        row.channel,
        row.stream,
        row.source,
        row.ended,
        row.reason,
        row.kernel_boot,
        row.start_monotonic_us,
        row.start_us + shift,
        row.end_us + shift,
        shift,
    )
    database.execute("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _insert_mark(database: sqlite3.Connection, disk: bytes, row: rows.MarkRow) -> None:
    database.execute("DELETE FROM mark WHERE disk = ? AND id = ?", (disk, row.id))
    start_us, end_us = row.event_us - row.pre_us, None if row.is_open else row.until_us
    database.executemany(
        "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(disk, row.id, *one, row.record_type, row.event_us, start_us, end_us) for one in row.streams],
    )


_SHIFT_OF = """(SELECT coalesce(sum(delta_us), 0) FROM (SELECT DISTINCT monotonic_us, delta_us FROM clock_map
    WHERE clock_map.kernel_boot = {0}.kernel_boot AND clock_map.monotonic_us > {0}.monotonic_us))"""
_SHIFT_ALL = """UPDATE {0} SET {1} = {1} - shift_us + {3}, {2} = {2} - shift_us + {3}, shift_us = {3}
    WHERE kernel_boot = ?"""
_SHIFT_PIECES = _SHIFT_ALL.format("piece", "first_us", "last_us", _SHIFT_OF.format("piece"))
_SHIFT_SPANS = _SHIFT_ALL.format("span", "start_us", "end_us", _SHIFT_OF.format("span"))


def _insert_clock_map(database: sqlite3.Connection, disk: bytes, row: rows.ClockMapRow) -> None:
    delta = row.after_us - row.before_us
    values = (disk, row.kernel_boot, row.monotonic_us, delta)
    database.execute("INSERT OR REPLACE INTO clock_map VALUES (?, ?, ?, ?)", values)
    database.execute(_SHIFT_SPANS, (row.kernel_boot,))
    if database.execute(_SHIFT_PIECES, (row.kernel_boot,)).rowcount:
        moved = database.execute("SELECT DISTINCT channel, stream FROM piece WHERE kernel_boot = ?", (row.kernel_boot,))
        for stream in moved.fetchall():
            index_runs.rebuild(database, stream)


def _remove(database: sqlite3.Connection, disk: bytes, row: rows.GoneRow) -> None:
    kind = next((one for one in RowKind if one == row.kind), None)
    if kind is RowKind.DUE and len(row.key) == row_format.DUE_KEY.size:
        database.execute(
            "DELETE FROM due WHERE disk = ? AND channel = ? AND stream = ? AND start_us = ?",
            (disk, *row_format.DUE_KEY.unpack(row.key)),
        )
    if kind is RowKind.CLOCK_MAP and len(row.key) == _CLOCK_MAP_KEY.size:
        # What it moved stays where it is.
        database.execute(
            "DELETE FROM clock_map WHERE disk = ? AND kernel_boot = ? AND monotonic_us = ?",
            (disk, *_CLOCK_MAP_KEY.unpack(row.key)),
        )
    if kind is not None and kind in _GONE:
        key = row.key[_MARK_ID_AT:].decode("utf-8", "replace") if kind is RowKind.MARK else row.key
        database.execute(_GONE[kind], (disk, key))
