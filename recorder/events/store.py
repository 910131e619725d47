"""The list of events at rest: one SQLite file (WAL), bounded by age, rows and bytes, the oldest closed first."""

import contextlib
import json
import shutil
import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

from recorder.client.happened import AlarmState, Comment, Happened, Reaction, ReactionState
from recorder.database import opened
from recorder.events.sought import Sought
from recorder.transaction import transaction

FILE = "events.db"
MOST_ROWS = 1_000_000
MOST_BYTES = 2 << 30
SHARE = 4
"""Of its partition the list takes no more than this part: log, index and updates lie there too."""
ROWS_AT_ONCE = 2_000
"""How many rows go in one transaction when the list is too long: a writer waits no longer than that."""
MOST_OF_A_GROUP = 2_000
"""Events that are handled together: more of one group are handled by asking once more."""
_GO_FIRST = (
    "pinned = 0 AND (state IS NULL OR state IN ('false', 'closed'))",
    "pinned = 0 AND state IN ('new', 'progress')",
    "pinned = 1",
)

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
    # No row is written anew: events of before are no alarms and of no group. `kin` is the group.
    """
    ALTER TABLE event ADD COLUMN state TEXT;
    ALTER TABLE event ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE event ADD COLUMN kin INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE event ADD COLUMN handled_by TEXT NOT NULL DEFAULT '';
    ALTER TABLE event ADD COLUMN handled_us INTEGER;
    CREATE INDEX event_settled ON event (id)
        WHERE end_us IS NOT NULL AND pinned = 0 AND (state IS NULL OR state IN ('false', 'closed'));
    CREATE INDEX event_waiting ON event (id) WHERE state IN ('new', 'progress');
    CREATE INDEX event_pinned ON event (id) WHERE pinned = 1;
    CREATE INDEX event_kin ON event (kin, id) WHERE kin > 0;
    CREATE TABLE comment (
        event INTEGER NOT NULL, number INTEGER NOT NULL, at_us INTEGER NOT NULL, who TEXT NOT NULL, words TEXT NOT NULL,
        PRIMARY KEY (event, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE receiver (user TEXT PRIMARY KEY, wishes TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    # Ends in the order in which they were written: they are sent after each other, as the events are. What began and
    # ended at once has none.
    """
    CREATE TABLE ending (
        id INTEGER PRIMARY KEY AUTOINCREMENT, event INTEGER NOT NULL UNIQUE, end_us INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER event_came AFTER INSERT ON event WHEN new.end_us > new.begin_us
        BEGIN INSERT INTO ending (event, end_us) VALUES (new.id, new.end_us); END;
    CREATE TRIGGER event_ended AFTER UPDATE OF end_us ON event WHEN old.end_us IS NULL AND new.end_us > new.begin_us
        BEGIN INSERT INTO ending (event, end_us) VALUES (new.id, new.end_us); END;
    CREATE TRIGGER event_went AFTER DELETE ON event BEGIN DELETE FROM ending WHERE event = old.id; END;
    CREATE VIEW ended AS
        SELECT ending.id, event.id AS event, source, title, item, part, channel, begin_us, ending.end_us, words, detail
        FROM ending JOIN event ON event.id = ending.event;
    """,
)
_COLUMNS = "id, source, title, item, part, channel, begin_us, end_us, why, words, count, armed, picture_us, detail"
_OF_PEOPLE = "state, pinned, kin, handled_by, handled_us"
# What people did with an event is never written over by what its source says.
_WRITE = (
    f"INSERT INTO event ({_COLUMNS}, state, pinned, kin)"  # noqa: S608 - our own names
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET end_us = excluded.end_us, why = excluded.why, words = excluded.words,"
    " count = excluded.count, picture_us = excluded.picture_us, detail = excluded.detail"
)


class EventStore:
    """Opens the file, bringing it to today's form. Safe from any thread; readers never wait for the writer."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; one that is damaged is set aside, as `.damaged`. Raises `NewerDatabase`."""
        self._path = path
        self._lock = threading.RLock()
        try:
            self._db = opened(path, MIGRATIONS)
        except sqlite3.DatabaseError:
            path.replace(path.with_suffix(".damaged"))
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._db = opened(path, MIGRATIONS)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- writing ---

    def write(self, events: Iterable[Happened], reactions: Iterable[tuple[int, Reaction]] = ()) -> None:
        """Store events in place of what was known of them; durable together when this returns."""
        rows = [_values(one) for one in events]
        told = [(event, r.linkage, r.state.value, r.at_us, r.words, r.tries) for event, r in reactions]
        with self.writing():
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

    def prune(self, oldest_us: int, most_rows: int = MOST_ROWS, most_bytes: int | None = None) -> int:
        """Forget closed events that ended before `oldest_us` and are not pinned, and the oldest closed beyond a bound.

        Without `most_bytes` that is `MOST_BYTES`, or a `SHARE` of the partition where that is less. Beyond the bound go
        first those that nobody has to see to any more, then those that wait, then the pinned.
        Gives how many went: at most `ROWS_AT_ONCE`; call again while it is not 0.
        """
        if most_bytes is None:
            most_bytes = min(MOST_BYTES, shutil.disk_usage(self._path.parent).total // SHARE)
        with self.writing():
            rows = self._first("SELECT count(*) FROM event")
            pages = self._first("PRAGMA page_count") - self._first("PRAGMA freelist_count")
            over = max(rows - most_rows, ROWS_AT_ONCE if pages * self._first("PRAGMA page_size") > most_bytes else 0)
            old = "SELECT id FROM event WHERE end_us < ? AND pinned = 0 LIMIT ?"
            gone = {one for (one,) in self._db.execute(old, (oldest_us, ROWS_AT_ONCE))}
            for which in _GO_FIRST:
                if len(gone) >= min(over, ROWS_AT_ONCE):
                    break
                # Ids grow with time: of the closed ones the smallest are the oldest.
                text = f"SELECT id FROM event WHERE end_us IS NOT NULL AND {which} ORDER BY id LIMIT ?"  # noqa: S608
                found = [one for (one,) in self._db.execute(text, (min(over, ROWS_AT_ONCE),)) if one not in gone]
                gone.update(found[: min(over, ROWS_AT_ONCE) - len(gone)])
            ids = [(one,) for one in sorted(gone)]
            self._db.executemany("DELETE FROM event WHERE id = ?", ids)
            self._db.executemany("DELETE FROM reaction WHERE event = ?", ids)
            self._db.executemany("DELETE FROM comment WHERE event = ?", ids)
        return len(ids)

    # --- reading ---

    def next_id(self) -> int:
        """The first id that was never given."""
        with self._lock:
            found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return found[0] + 1 if found else 1

    def still_open(self) -> list[Happened]:
        """Events without an end, oldest first."""
        with self._lock:
            return self._where(self._db, "end_us IS NULL ORDER BY id", ())

    def get(self, event: int) -> Happened | None:
        """Give one event, or None."""
        with self.reading() as db:
            found = self._where(db, "id = ?", (event,))
        return found[0] if found else None

    def of_group(self, group: int) -> list[Happened]:
        """Give the events of a group, oldest first."""
        with self.reading() as db:
            return self._where(db, "kin = ? AND kin > 0 ORDER BY id LIMIT ?", (group, MOST_OF_A_GROUP))

    def find(self, sought: Sought) -> list[Happened]:
        """Give events, the newest first."""
        with self.reading() as db:
            return self._read(db, *sought.question(f"{_COLUMNS}, {_OF_PEOPLE}"))

    # --- for what people do ---

    @contextlib.contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """A transaction, the only one at its time; whoever reads does not wait."""
        with self._lock, transaction(self._db):
            yield self._db

    @contextlib.contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A connection of its own: in WAL mode it never waits for whoever writes."""
        db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            yield db
        finally:
            db.close()

    # --- how ---

    def _first(self, question: str) -> int:
        return self._db.execute(question).fetchone()[0] or 0

    def _where(self, db: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[Happened]:
        question = f"SELECT {_COLUMNS}, {_OF_PEOPLE}, 1 FROM event WHERE {where}"  # noqa: S608 - our own words
        return self._read(db, question, values)

    @staticmethod
    def _read(db: sqlite3.Connection, question: str, values: Sequence[Any]) -> list[Happened]:
        rows = db.execute(question, values).fetchall()
        ids = [row[0] for row in rows]
        reactions: dict[int, list[Reaction]] = {}
        comments: dict[int, list[Comment]] = {}
        for begin in range(0, len(ids), 500):
            some = ids[begin : begin + 500]
            which = f"WHERE event IN ({', '.join('?' * len(some))})"
            question = f"SELECT event, linkage, state, at_us, words, tries FROM reaction {which} ORDER BY linkage"  # noqa: S608
            for event, linkage, state, at_us, words, tries in db.execute(question, some):
                reactions.setdefault(event, []).append(Reaction(linkage, ReactionState(state), at_us, words, tries))
            question = f"SELECT event, at_us, who, words FROM comment {which} ORDER BY number"  # noqa: S608
            for event, at_us, who, words in db.execute(question, some):
                comments.setdefault(event, []).append(Comment(at_us, who, words))
        return [_event(row, reactions.get(row[0], ()), comments.get(row[0], ())) for row in rows]


def _values(one: Happened) -> tuple[Any, ...]:
    plain = (one.id, one.source, one.title, one.item, one.part, one.channel, one.begin_us, one.end_us)
    told = (one.why, one.words, one.count, int(one.armed), one.picture_us)
    of_people = (one.state and one.state.value, int(one.pinned), one.group)
    return (*plain, *told, json.dumps(one.detail, separators=(",", ":")), *of_people)


def _event(row: tuple[Any, ...], reactions: Sequence[Reaction], comments: Sequence[Comment]) -> Happened:
    armed, picture_us, detail, state, pinned, group, by, at_us, alike = row[11:]
    return Happened(
        *row[:11],
        armed=bool(armed),
        picture_us=picture_us,
        detail=json.loads(detail),
        reactions=tuple(reactions),
        state=AlarmState(state) if state else None,
        pinned=bool(pinned),
        group=group,
        handled_by=by,
        handled_us=at_us,
        comments=tuple(comments),
        alike=alike,
    )
