"""The tables of the index, and how each catalog row becomes one. Most tables are keyed by disk first.

Blobs are ids as in the catalog; times are UTC µs; `stream` is the code of the format.
"""

import sqlite3

from recorder.store import rows
from recorder.store.layout import BlockState, Source
from recorder.store.rows import RowKind

VERSION = 3

SCHEMA = f"""
BEGIN;
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- How far the catalog of a disk is in here: checkpoint and frame (recorder.store.catalog).
CREATE TABLE disk (
    id BLOB PRIMARY KEY, name TEXT, path TEXT, block_bytes INTEGER, sequence INTEGER, frame INTEGER
) WITHOUT ROWID;
CREATE TABLE block (
    disk BLOB, number INTEGER, incarnation BLOB, class INTEGER, state INTEGER, serial INTEGER, opened_us INTEGER,
    channel INTEGER, stream INTEGER,
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
CREATE INDEX piece_time ON piece (channel, stream, first_us);
CREATE INDEX piece_boot ON piece (kernel_boot);
CREATE INDEX piece_copy ON piece (channel, stream, first_us) WHERE source >= {int(Source.COPY)};
CREATE TABLE span (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, source INTEGER, ended INTEGER, reason INTEGER,
    start_us INTEGER, end_us INTEGER,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE TABLE gap (
    disk BLOB, id BLOB, channel INTEGER, stream INTEGER, reason INTEGER, origin INTEGER, start_us INTEGER,
    end_us INTEGER,
    PRIMARY KEY (disk, id)
) WITHOUT ROWID;
CREATE INDEX gap_time ON gap (channel, stream, start_us);
CREATE TABLE due (
    disk BLOB, channel INTEGER, stream INTEGER, start_us INTEGER, end_us INTEGER, type INTEGER,
    PRIMARY KEY (disk, channel, stream, start_us)
) WITHOUT ROWID;
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
}


def incarnation_blob(incarnation: int) -> bytes:
    """Give an incarnation as SQLite can hold it: its integers are signed."""
    return incarnation.to_bytes(8, "little")


def forget_disk(database: sqlite3.Connection, disk: bytes) -> None:
    """Delete every row of a disk."""
    for table in _OF_DISK:
        database.execute(f"DELETE FROM {table} WHERE disk = ?", (disk,))  # noqa: S608 - names from the list above


def insert(database: sqlite3.Connection, disk: bytes, row: rows.Row) -> None:
    """Add a catalog row, or replace the one of its key."""
    match row:
        case rows.BlockRow():
            _insert_block(database, disk, row)
        case rows.PieceRow():
            _insert_piece(database, disk, row, _NO_LAP, 0)
        case rows.CopyRow():
            _insert_piece(database, disk, row, incarnation_blob(row.origin), row.first_us)
        case rows.SpanRow():
            ended = (row.ended, row.reason, row.start_us, row.end_us)
            values = (disk, row.id.pack(), row.channel, row.stream, row.source, *ended)
            database.execute("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
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
    database.execute(
        "DELETE FROM piece WHERE disk = ? AND number = ? AND incarnation <> ?", (disk, row.number, incarnation)
    )
    if row.state == BlockState.FREE:
        database.execute("DELETE FROM piece WHERE disk = ? AND number = ?", (disk, row.number))
    kept = (row.block_class, row.state, row.serial, row.opened_us, row.channel, row.stream)
    values = (disk, row.number, incarnation, *kept)
    database.execute("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


_NO_LAP = b""


def _insert_piece(
    database: sqlite3.Connection, disk: bytes, row: rows.PieceRow | rows.CopyRow, origin: bytes, copied_us: int
) -> None:
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
        origin,
        copied_us,
    )
    places = ", ".join("?" * len(values))
    database.execute(f"INSERT OR REPLACE INTO piece VALUES ({places})", values)  # noqa: S608 - question marks


def _insert_mark(database: sqlite3.Connection, disk: bytes, row: rows.MarkRow) -> None:
    database.execute("DELETE FROM mark WHERE disk = ? AND id = ?", (disk, row.id))
    start_us, end_us = row.event_us - row.pre_us, None if row.is_open else row.until_us
    database.executemany(
        "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(disk, row.id, *one, row.record_type, row.event_us, start_us, end_us) for one in row.streams],
    )


_SHIFT_OF_PIECE = """(SELECT coalesce(sum(delta_us), 0) FROM (SELECT DISTINCT monotonic_us, delta_us FROM clock_map
    WHERE clock_map.kernel_boot = piece.kernel_boot AND clock_map.monotonic_us > piece.monotonic_us))"""
_SHIFT_PIECES = f"""UPDATE piece SET first_us = first_us - shift_us + {_SHIFT_OF_PIECE},
    last_us = last_us - shift_us + {_SHIFT_OF_PIECE}, shift_us = {_SHIFT_OF_PIECE} WHERE kernel_boot = ?"""  # noqa: S608


def _insert_clock_map(database: sqlite3.Connection, disk: bytes, row: rows.ClockMapRow) -> None:
    delta = row.after_us - row.before_us
    values = (disk, row.kernel_boot, row.monotonic_us, delta)
    database.execute("INSERT OR REPLACE INTO clock_map VALUES (?, ?, ?, ?)", values)
    database.execute(_SHIFT_PIECES, (row.kernel_boot,))


def _remove(database: sqlite3.Connection, disk: bytes, row: rows.GoneRow) -> None:
    kind = next((one for one in RowKind if one == row.kind), None)
    if kind is not None and kind in _GONE:
        database.execute(_GONE[kind], (disk, row.key))
