"""The local store of settings: one SQLite file (WAL), every change one transaction with its audit rows.

A change is there after a power cut or not at all: the journal is synced before a call returns. Each change draws the
next number of one counter as the revision of what it wrote, so a document removed and made again never repeats one.
"""

import json
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.database import opened
from recorder.settings import audit
from recorder.settings.audit import Audit, AuditRow, Change, Checked, Sought
from recorder.transaction import transaction

FILE = "settings.db"
DROPPED_AT_ONCE = 1000
# One script per version of the file; never changed once released, only added to.
MIGRATIONS = (
    """
    CREATE TABLE document (
        page TEXT NOT NULL, item TEXT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (page, item)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE change (
        id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, source TEXT NOT NULL,
        page TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL
    ) STRICT;
    CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """,
    audit.TABLE,
    audit.BY_TIME,
)


@dataclass(frozen=True)
class Row:
    """One stored document: `body` is JSON, `version` that of the page which wrote it."""

    page: str
    item: str
    version: int
    revision: int
    body: dict[str, Any]


class SettingsStore:
    """Opens the file, bringing it to today's form. Safe from any thread; calls take milliseconds."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`, mode 0600; raises `NewerDatabase`."""
        self._lock = threading.RLock()
        self._db = opened(path, MIGRATIONS)
        self._audit = Audit(self._db)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All calls within become durable together, or none does. Held by one thread at a time."""
        with self._lock, transaction(self._db):
            yield

    def read(self, page: str, item: str) -> Row | None:
        """Give a document, or None where none was stored."""
        with self._lock:
            found = self._db.execute(
                "SELECT page, item, version, revision, body FROM document WHERE page = ? AND item = ?", (page, item)
            ).fetchone()
        return _row(found) if found else None

    def items(self, page: str) -> list[Row]:
        """Give all documents of a page."""
        with self._lock:
            found = self._db.execute(
                "SELECT page, item, version, revision, body FROM document WHERE page = ? ORDER BY item", (page,)
            ).fetchall()
        return [_row(one) for one in found]

    def all(self) -> list[Row]:
        """Give all documents, those of pages that this version does not know as well."""
        with self._lock:
            found = self._db.execute(
                "SELECT page, item, version, revision, body FROM document ORDER BY page, item"
            ).fetchall()
        return [_row(one) for one in found]

    def write(self, row: Row) -> None:
        """Store a document in place of the one before."""
        with self._lock:
            self._db.execute(
                "REPLACE INTO document (page, item, version, revision, body) VALUES (?, ?, ?, ?, ?)",
                (row.page, row.item, row.version, row.revision, json.dumps(row.body, separators=(",", ":"))),
            )

    def remove(self, page: str, item: str) -> bool:
        """Remove a document; gives whether there was one."""
        with self._lock:
            done = self._db.execute("DELETE FROM document WHERE page = ? AND item = ?", (page, item))
            return done.rowcount > 0

    def count(self, name: str) -> int:
        """Draw the next number of a counter, from 1 on."""
        with self._lock:
            found = self._db.execute(
                "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
                (name,),
            ).fetchall()
        return found[0][0]

    def note(self, changes: Iterable[Change]) -> None:
        """Append to the audit."""
        with self._lock:
            self._audit.note(changes)

    def changes(self, sought: Sought) -> list[AuditRow]:
        """Give audit rows, the newest first."""
        with self._lock:
            return self._audit.find(sought)

    def walk(self, most: int | None = None) -> Iterator[AuditRow]:
        """Give the audit rows that there are now, or so many of the newest, the oldest first, some at a time."""
        with self._lock:
            number, _chain = self._audit.anchor()
            newest = self._audit.find(Sought(limit=1))
        last = newest[0].id if newest else number
        number = 0 if most is None else max(0, last - most)
        while number < last:
            with self._lock:
                rows = self._audit.after(number)
            for one in rows:
                if one.id > last:
                    return
                yield one
            if not rows:
                return
            number = rows[-1].id

    def check(self) -> Checked:
        """Walk the whole audit and say whether its chain holds."""
        with self._lock:
            anchor = self._audit.anchor()
        return audit.check(anchor, self.walk())

    def audit_begin(self) -> tuple[int, str]:
        """Give number and chain of the row before the first one."""
        with self._lock:
            return self._audit.anchor()

    def begin_audit(self, begin: tuple[int, str], rows: Iterable[AuditRow]) -> None:
        """Begin the audit anew with rows as they are, within a transaction of the caller's."""
        self._audit.begin(begin, rows)

    def clear_audit(self) -> int:
        """Take all audit rows out, within a transaction of the caller's; gives how many there were."""
        return self._audit.clear()

    def shorten_audit(self, oldest_us: int, most_rows: int, most_bytes: int) -> int:
        """Let audit rows go, the oldest first: some that are too old, and what the file is too large by.

        Within a transaction of the caller's; gives how many went.
        """
        gone = self._audit.shorten(oldest_us, most_rows)
        while self._bytes() > most_bytes and (some := self._audit.drop(DROPPED_AT_ONCE)):
            gone += some
        return gone

    def _bytes(self) -> int:
        """What is in use of the file."""
        pages, free, size = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size


def _row(found: tuple[str, str, int, int, str]) -> Row:
    page, item, version, revision, body = found
    return Row(page, item, version, revision, json.loads(body))
