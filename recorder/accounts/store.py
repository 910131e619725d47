"""Accounts, sessions and failed logins at rest: one SQLite file (WAL, 0600); passwords and tokens only as hashes."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
)


@dataclass(frozen=True)
class Account:
    """Somebody who may log in. `record` is an argon2id hash."""

    name: str
    role: str
    record: str
    made_us: int


class AccountStore:
    """Opens the file. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`."""
        self._lock = threading.RLock()
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        for number in range(version, len(MIGRATIONS)):
            self._db.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All calls within become durable together, or none does."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def run(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Run one statement of this package's own text and give its rows."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def account(self, name: str) -> Account | None:
        """Give an account by its name."""
        found = self.run("SELECT name, role, record, made_us FROM account WHERE name = ?", name)
        return Account(*found[0]) if found else None

    def is_empty(self) -> bool:
        """Whether there is no account yet."""
        return not self.run("SELECT 1 FROM account LIMIT 1")

    def add(self, account: Account) -> None:
        """Store a new account; raises `sqlite3.IntegrityError` where there is one of this name."""
        self.run("INSERT INTO account VALUES (?, ?, ?, ?)", account.name, account.role, account.record, account.made_us)
