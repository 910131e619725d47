"""Accounts, sessions and failed logins at rest: one SQLite file (WAL, 0600); passwords and tokens only as hashes."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recorder.database import opened
from recorder.transaction import transaction

FILE = "accounts.db"
MIGRATIONS = (
    """
    CREATE TABLE account (name TEXT PRIMARY KEY, role TEXT NOT NULL, record TEXT NOT NULL, made_us INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE TABLE session (
        hash TEXT PRIMARY KEY, user TEXT NOT NULL, role TEXT NOT NULL, door TEXT NOT NULL, source TEXT NOT NULL,
        made_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE failure (
        account TEXT NOT NULL, source TEXT NOT NULL, count INTEGER NOT NULL, last_us INTEGER NOT NULL,
        PRIMARY KEY (account, source)
    ) STRICT, WITHOUT ROWID;
    """,
    # Who somebody is and what he may stands in the settings from here on; these are his credentials.
    """
    CREATE TABLE credential (
        name TEXT PRIMARY KEY, record TEXT NOT NULL, set_us INTEGER NOT NULL, must_change INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    INSERT INTO credential (name, record, set_us) SELECT name, record, made_us FROM account;
    DROP TABLE account;
    ALTER TABLE session DROP COLUMN role;
    """,
    """
    CREATE TABLE api_key (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL, title TEXT NOT NULL, scope TEXT NOT NULL,
        made_us INTEGER NOT NULL, ends_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    # Ways back in, and what one logs in with beside the password.
    """
    CREATE TABLE recovery_code (
        user TEXT NOT NULL, hash TEXT NOT NULL, made_us INTEGER NOT NULL, PRIMARY KEY (user, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE question (user TEXT PRIMARY KEY, asked TEXT NOT NULL, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE reset (
        id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, way TEXT NOT NULL, source TEXT NOT NULL,
        at_us INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE seen_reset (user TEXT PRIMARY KEY, upto INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE screen_lock (
        user TEXT PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL, wrong INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE second_factor (
        user TEXT PRIMARY KEY, secret TEXT NOT NULL, step INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE block (
        user TEXT NOT NULL, source TEXT NOT NULL, made_us INTEGER NOT NULL, ends_us INTEGER NOT NULL,
        PRIMARY KEY (user, source)
    ) STRICT, WITHOUT ROWID;
    """,
    "ALTER TABLE credential ADD COLUMN weak INTEGER NOT NULL DEFAULT 0;",
    # At most one row: the stick that lets back in, and who made it.
    """
    CREATE TABLE recovery_stick (
        stick TEXT PRIMARY KEY, user TEXT NOT NULL, verifier TEXT NOT NULL, made_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
OF_USER = (
    *("session", "api_key", "recovery_code", "question", "seen_reset", "screen_lock", "second_factor", "block"),
    "recovery_stick",
)
"""Tables with a column `user`: what goes with him."""


@dataclass(frozen=True)
class Credential:
    """What a user logs in with. `record` is an argon2id hash, set at `set_us` (UTC)."""

    name: str
    record: str
    set_us: int
    must_change: bool = False
    """Somebody else set it: its user may do nothing before he has set his own."""
    weak: bool = False
    """It was easy to guess when it was set; older versions did not look."""


class AccountStore:
    """Opens the file. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`; raises `NewerDatabase`."""
        self._lock = threading.RLock()
        self._db = opened(path, MIGRATIONS, "secure_delete = ON")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All calls within become durable together, or none does; within another it is part of that."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            with transaction(self._db):
                yield

    def run(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Run one statement of this package's own text and give its rows."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Give the rows of one of this package's own tables."""
        with self._lock:
            found = self._db.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
            columns = [one[0] for one in found.description]
            return [dict(zip(columns, row, strict=True)) for row in found]

    def put(self, table: str, row: dict[str, str | int]) -> None:
        """Store a row of one of this package's own tables; raises sqlite3.IntegrityError for one that is there."""
        with self._lock:
            columns = ", ".join(row)
            places = ", ".join("?" * len(row))
            self._db.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", tuple(row.values()))  # noqa: S608

    def clear(self) -> None:
        """Remove all that anybody could log in with, and all sessions."""
        with self.transaction():
            for table in ("credential", *OF_USER):
                self.run(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def credential(self, name: str) -> Credential | None:
        """Give the credentials of a user."""
        found = self.run("SELECT name, record, set_us, must_change, weak FROM credential WHERE name = ?", name)
        if not found:
            return None
        known, record, set_us, must_change, weak = found[0]
        return Credential(known, record, set_us, bool(must_change), bool(weak))

    def is_empty(self) -> bool:
        """Whether nobody can log in yet."""
        return not self.run("SELECT 1 FROM credential LIMIT 1")

    def holders(self) -> frozenset[str]:
        """Give the names that have a password."""
        return frozenset(row[0] for row in self.run("SELECT name FROM credential"))

    def keep(self, credential: Credential) -> None:
        """Store credentials in place of those that were."""
        if self.credential(credential.name) is None:
            # Who is new here is told nothing of what was before him.
            told = "INSERT OR REPLACE INTO seen_reset SELECT ?, COALESCE(MAX(id), 0) FROM reset"
            self.run(told, credential.name)
        self.run(
            "INSERT INTO credential VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " record = excluded.record, set_us = excluded.set_us, must_change = excluded.must_change,"
            " weak = excluded.weak",
            credential.name,
            credential.record,
            credential.set_us,
            int(credential.must_change),
            int(credential.weak),
        )

    def judge(self, credential: Credential, *, weak: bool) -> None:
        """Note how easy a password is to guess, unless another was set meanwhile."""
        self.run(
            "UPDATE credential SET weak = ? WHERE name = ? AND record = ?",
            int(weak),
            credential.name,
            credential.record,
        )

    def forget(self, name: str) -> None:
        """Remove all that somebody could log in with."""
        with self.transaction():
            self.run("DELETE FROM credential WHERE name = ?", name)
            for table in OF_USER:
                self.run(f"DELETE FROM {table} WHERE user = ?", name)  # noqa: S608 - our own names
