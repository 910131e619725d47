"""The runs of the index: sealed pieces of a stream joined where nothing is missing between them.

A day has hundreds of pieces and a few runs, so calendars and completeness ask these. They are kept exactly as if made
anew: what a piece joined falls apart when its block is used again.
"""

import sqlite3

from recorder.store.layout import HOLE_US

LONGEST_PIECE_US = 48 * 3600 * 1_000_000
"""No piece is longer: blocks are sealed within 24 h, and a step of the clock begins a new span."""
LONG_US = 600 * 1_000_000
"""Longer pieces are few a day, and have an index of their own, so that what lies about a moment is found without
looking through two days before it: of a shared block of 64 sub streams those are thousands."""
IS_LONG = f"last_us - first_us > {LONG_US}"

SCHEMA = """
CREATE TABLE run (
    channel INTEGER, stream INTEGER, start_us INTEGER, last_us INTEGER,
    PRIMARY KEY (channel, stream, start_us)
) WITHOUT ROWID;
"""

_BEGUN = "WHERE channel = ? AND stream = ? AND first_us >= ? AND first_us < ?"
_LAST_BEFORE = f"""SELECT max(last_us) FROM (SELECT last_us FROM piece {_BEGUN}
    UNION ALL SELECT last_us FROM piece INDEXED BY piece_long {_BEGUN} AND {IS_LONG})"""  # noqa: S608 - constants


def add(database: sqlite3.Connection, stream: tuple[int, int], first_us: int, last_us: int) -> None:
    """Take a piece of a stream (channel, code), from its first to its last sample."""
    touched = database.execute(
        "SELECT start_us, last_us FROM run WHERE channel = ? AND stream = ? AND start_us <= ? AND last_us >= ?"
        " ORDER BY start_us DESC",
        (*stream, last_us + HOLE_US, first_us - HOLE_US),
    ).fetchall()
    for start, last in touched:
        if start <= first_us and last >= last_us:
            return
        database.execute("DELETE FROM run WHERE channel = ? AND stream = ? AND start_us = ?", (*stream, start))
        first_us, last_us = min(first_us, start), max(last_us, last)
    database.execute("INSERT INTO run VALUES (?, ?, ?, ?)", (*stream, first_us, last_us))


def cut(database: sqlite3.Connection, stream: tuple[int, int], first_us: int, last_us: int) -> None:
    """Take a piece out that the table of pieces no longer has."""
    found = database.execute(
        "SELECT start_us, last_us FROM run WHERE channel = ? AND stream = ? AND start_us <= ?"
        " ORDER BY start_us DESC LIMIT 1",
        (*stream, first_us),
    ).fetchone()
    if found is None or found[1] < last_us:
        return
    start, last = found
    database.execute("DELETE FROM run WHERE channel = ? AND stream = ? AND start_us = ?", (*stream, start))
    # Pieces that begin before this one hold together without it: it could bridge nothing there.
    begin = max(start, first_us - LONGEST_PIECE_US)
    (before,) = database.execute(
        _LAST_BEFORE, (*stream, max(begin, first_us - LONG_US), first_us, *stream, begin, first_us)
    ).fetchone()
    runs: list[tuple[int, int]] = [] if before is None else [(start, before)]
    within = database.execute(
        "SELECT first_us, last_us FROM piece WHERE channel = ? AND stream = ? AND first_us >= ? AND first_us <= ?"
        " ORDER BY first_us",
        (*stream, first_us, last_us),
    ).fetchall()
    # So do those that begin behind it.
    (behind,) = database.execute(
        "SELECT min(first_us) FROM piece WHERE channel = ? AND stream = ? AND first_us > ? AND first_us <= ?",
        (*stream, last_us, last),
    ).fetchone()
    for first, end in [*within, *([] if behind is None else [(behind, last)])]:
        if runs and first <= runs[-1][1] + HOLE_US:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((first, end))
    database.executemany("INSERT INTO run VALUES (?, ?, ?, ?)", [(*stream, *one) for one in runs])


def rebuild(database: sqlite3.Connection, stream: tuple[int, int] | None = None) -> None:
    """Make the runs of one stream anew from its pieces, or those of all."""
    if stream is None:
        database.execute("DELETE FROM run")
        streams = database.execute("SELECT DISTINCT channel, stream FROM piece").fetchall()
        for one in streams:
            rebuild(database, one)
        return
    database.execute("DELETE FROM run WHERE channel = ? AND stream = ?", stream)
    runs: list[tuple[int, int]] = []
    begin, end = 0, None
    for first, last in database.execute(
        "SELECT first_us, last_us FROM piece WHERE channel = ? AND stream = ? ORDER BY first_us", stream
    ):
        if end is not None and first <= end + HOLE_US:
            end = max(end, last)
            continue
        if end is not None:
            runs.append((begin, end))
        begin, end = first, last
    if end is not None:
        runs.append((begin, end))
    database.executemany("INSERT INTO run VALUES (?, ?, ?, ?)", [(*stream, *one) for one in runs])
