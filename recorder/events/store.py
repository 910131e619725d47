"""The list of events at rest: one SQLite file (WAL), bounded by age, rows and bytes, the oldest closed first."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.client.errors import NightjarError
from recorder.client.happened import Happened, Reaction, ReactionState
from recorder.client.words import _

FILE = "events.db"
MOST_ROWS = 1_000_000
MOST_BYTES = 2 << 30
ROWS_AT_ONCE = 2_000
"""How many rows go in one transaction when the list is too long: a writer waits no longer than that."""

# One script per version of the file; never changed once released, only added to.
MIGRATIONS = (
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL, title TEXT NOT NULL, item TEXT NOT NULL, part TEXT NOT NULL,
        channel INTEGER NOT NULL, begin_us INTEGER NOT NULL, end_us INTEGER, why TEXT NOT NULL, words TEXT NOT NULL,
        count INTEGER NOT NULL, armed INTEGER NOT NULL, picture_us INTEGER, detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_begin ON event (begin_us);
    CREATE INDEX event_channel ON event (channel, id);
    CREATE INDEX event_source ON event (source, id);
    CREATE INDEX event_open ON event (id) WHERE end_us IS NULL;
    CREATE TABLE reaction (
        event INTEGER NOT NULL, linkage TEXT NOT NULL, state TEXT NOT NULL, at_us INTEGER NOT NULL, words TEXT NOT NULL,
        tries INTEGER NOT NULL, PRIMARY KEY (event, linkage)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE noted (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
)
_COLUMNS = "id, source, title, item, part, channel, begin_us, end_us, why, words, count, armed, picture_us, detail"
_WRITE = (
    f"INSERT INTO event ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
    " ON CONFLICT (id) DO UPDATE SET end_us = excluded.end_us, why = excluded.why, words = excluded.words,"
    " count = excluded.count, picture_us = excluded.picture_us, detail = excluded.detail"
)


class NewerEvents(NightjarError):
    """The list was written by a later version."""

    status = 500
    words = _("{path} was written by a newer version of the recorder. Update it, or restore that version.")


@dataclass(frozen=True)
class Sought:
    """Which events: [start_us, end_us) touched, of sources and channels (None: all), with a text in their words."""

    start_us: int = 0
    end_us: int = 1 << 62
    sources: Sequence[str] | None = None
    channels: Sequence[int] | None = None
    hidden: frozenset[int] = frozenset()
    """Channels that the caller must not see."""
    text: str = ""
    going_on: bool = False
    """Only those that have not ended."""
    before: int | None = None
    """Only those with a smaller id."""
    limit: int = 100


class EventStore:
    """Opens the file, bringing it to today's form. Safe from any thread; readers never wait for the writer."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; one that is damaged is set aside, as `.damaged`. Raises `NewerEvents`."""
        self._path = path
        self._lock = threading.RLock()
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            path.replace(path.with_suffix(".damaged"))
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._db = self._opened()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- writing ---

    def write(self, events: Iterable[Happened], reactions: Iterable[tuple[int, Reaction]] = ()) -> None:
        """Store events in place of what was known of them; durable together when this returns."""
        rows = [_values(one) for one in events]
        told = [(event, r.linkage, r.state.value, r.at_us, r.words, r.tries) for event, r in reactions]
        with self._lock, self._transaction():
            self._db.executemany(_WRITE, rows)
            self._db.executemany("REPLACE INTO reaction VALUES (?, ?, ?, ?, ?, ?)", told)

    def note(self, name: str, value: str) -> None:
        """Keep a value beside the list."""
        with self._lock:
            self._db.execute("REPLACE INTO noted VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> str:
        """Give a value that was kept, or nothing."""
        with self._lock:
            found = self._db.execute("SELECT value FROM noted WHERE name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def prune(self, oldest_us: int, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> int:
        """Forget closed events that ended before `oldest_us`, and the oldest closed ones beyond a bound.

        Gives how many went: at most `ROWS_AT_ONCE`; call again while it is not 0.
        """
        with self._lock, self._transaction():
            rows = self._first("SELECT count(*) FROM event")
            pages = self._first("PRAGMA page_count") - self._first("PRAGMA freelist_count")
            over = max(rows - most_rows, ROWS_AT_ONCE if pages * self._first("PRAGMA page_size") > most_bytes else 0)
            # Ids grow with time: of the closed ones the smallest are the oldest.
            gone = self._db.execute(
                "SELECT id FROM event WHERE end_us < ?"
                " UNION SELECT id FROM (SELECT id FROM event WHERE end_us IS NOT NULL ORDER BY id LIMIT ?) LIMIT ?",
                (oldest_us, min(over, ROWS_AT_ONCE), ROWS_AT_ONCE),
            ).fetchall()
            self._db.executemany("DELETE FROM event WHERE id = ?", gone)
            self._db.executemany("DELETE FROM reaction WHERE event = ?", gone)
        return len(gone)

    # --- reading ---

    def next_id(self) -> int:
        """The first id that was never given."""
        with self._lock:
            found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return found[0] + 1 if found else 1

    def still_open(self) -> list[Happened]:
        """Events without an end, oldest first."""
        with self._lock:
            return self._read(self._db, "end_us IS NULL ORDER BY id", ())

    def get(self, event: int) -> Happened | None:
        """Give one event, or None."""
        with self._reader() as db:
            found = self._read(db, "id = ?", (event,))
        return found[0] if found else None

    def find(self, sought: Sought) -> list[Happened]:
        """Give events, the newest first."""
        where: list[str] = ["begin_us < ?", "(end_us IS NULL OR end_us >= ?)"]
        values: list[Any] = [sought.end_us, sought.start_us]
        for column, some in (("source", sought.sources), ("channel", sought.channels)):
            if some is not None:
                where.append(f"{column} IN ({', '.join('?' * len(some))})")
                values += some
        if sought.hidden:
            where.append(f"channel NOT IN ({', '.join('?' * len(sought.hidden))})")
            values += sorted(sought.hidden)
        if sought.text:
            where.append("words LIKE ? ESCAPE '\\'")
            values.append(f"%{_escaped(sought.text)}%")
        if sought.going_on:
            where.append("end_us IS NULL")
        if sought.before is not None:
            where.append("id < ?")
            values.append(sought.before)
        with self._reader() as db:
            return self._read(db, f"{' AND '.join(where)} ORDER BY id DESC LIMIT ?", (*values, sought.limit))

    # --- how ---

    def _opened(self) -> sqlite3.Connection:
        self._path.touch(mode=0o600)
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            self._migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    def _migrate(self, db: sqlite3.Connection) -> None:
        version: int = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise NewerEvents(path=self._path)
        for number in range(version, len(MIGRATIONS)):
            db.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")

    @contextlib.contextmanager
    def _transaction(self) -> Generator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _reader(self) -> Generator[sqlite3.Connection]:
        """A connection of its own: in WAL mode it never waits for whoever writes."""
        db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            yield db
        finally:
            db.close()

    def _first(self, question: str) -> int:
        return self._db.execute(question).fetchone()[0] or 0

    @staticmethod
    def _read(db: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[Happened]:
        question = f"SELECT {_COLUMNS} FROM event WHERE {where}"  # noqa: S608 - our own words, values are bound
        rows = db.execute(question, values).fetchall()
        ids = [row[0] for row in rows]
        reactions: dict[int, list[Reaction]] = {}
        for begin in range(0, len(ids), 500):
            some = ids[begin : begin + 500]
            question = (
                "SELECT event, linkage, state, at_us, words, tries FROM reaction"  # noqa: S608 - as above
                f" WHERE event IN ({', '.join('?' * len(some))}) ORDER BY linkage"
            )
            for event, linkage, state, at_us, words, tries in db.execute(question, some):
                reactions.setdefault(event, []).append(Reaction(linkage, ReactionState(state), at_us, words, tries))
        return [_event(row, reactions.get(row[0], ())) for row in rows]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _values(one: Happened) -> tuple[Any, ...]:
    plain = (
        one.id,
        one.source,
        one.title,
        one.item,
        one.part,
        one.channel,
        one.begin_us,
        one.end_us,
        one.why,
        one.words,
    )
    return (*plain, one.count, int(one.armed), one.picture_us, json.dumps(one.detail, separators=(",", ":")))


def _event(row: tuple[Any, ...], reactions: Sequence[Reaction]) -> Happened:
    values: list[Any] = [*row[:-3], bool(row[-3]), row[-2], json.loads(row[-1]), tuple(reactions)]
    return Happened(*values)
