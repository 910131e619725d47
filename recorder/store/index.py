"""The index: an SQLite cache of all catalogs, written by media, read by reader at the same time (S3).

It holds nothing that a catalog does not: a position per disk says how far it goes; what is missing is added at start,
or everything is made anew. Times are as they are searched: seen times plus what clock maps say (architecture §3).
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec

from recorder.store import index_runs, row_format, rows
from recorder.store.catalog import Catalog, Position
from recorder.store.identity import Identity
from recorder.store.index_schema import SCHEMA, VERSION, forget_disk, insert, insert_all
from recorder.store.policy import StorePolicy
from recorder.store.rows import RowKind
from recorder.transaction import transaction

log = logging.getLogger("store")

# Clock maps first: pieces are shifted by them as they come in.
_ORDER = (
    RowKind.CLOCK_MAP,
    RowKind.BLOCK,
    RowKind.PIECE,
    RowKind.COPY,
    RowKind.SPAN,
    RowKind.GAP,
    RowKind.DUE,
    RowKind.MARK,
    RowKind.HOLD,
    RowKind.TAG,
    RowKind.BOOT,
)
_BUSY_S = 5.0


def connect(path: Path) -> sqlite3.Connection:
    """Open the index for writing, made anew where it is damaged or of another version."""
    for _try in range(2):
        database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            # It is a cache: a transaction lost in a power cut is added again from the catalogs.
            database.execute("PRAGMA synchronous = NORMAL")
            if database.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return database
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.executescript(SCHEMA)
                return database
        except sqlite3.DatabaseError:
            log.warning("index %s: damaged, made anew", path)
        database.close()
        remove(path)
    raise sqlite3.DatabaseError(f"{path} cannot be made")


def remove(path: Path) -> None:
    """Delete the index; loses nothing (S3)."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Index:
    """The writing side. Safe from any thread; trouble with it is logged and never stops recording."""

    def __init__(self, path: Path) -> None:
        """No I/O here."""
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._stale: set[bytes] = set()
        self._opened: set[bytes] = set()

    def open_disk(self, identity: Identity, path: Path, catalog: Catalog) -> None:
        """Bring the index up to what a disk's catalog says: by the difference where it can, else wholly."""
        with self._lock:
            try:
                self._open_disk(identity, path, catalog)
                self._stale.discard(identity.id_bytes)
                self._opened.add(identity.id_bytes)
            except (sqlite3.Error, OSError) as error:
                self._trouble(identity.id_bytes, error)
        catalog.forget_log()

    def _open_disk(self, identity: Identity, path: Path, catalog: Catalog) -> None:
        database = self._open()
        disk = identity.id_bytes
        found = database.execute("SELECT sequence, frame FROM disk WHERE id = ?", (disk,)).fetchone()
        missing = catalog.since(Position(*found)) if found else None
        with transaction(database):
            if missing is None:
                forget_disk(database, disk)
                insert_all(database, disk, (row for kind in _ORDER for row in catalog.contents.of(kind)))
            else:
                for kind, data in missing:
                    row = row_format.parse(kind, data)
                    if row is not None:
                        insert(database, disk, row)
            database.execute(
                "INSERT OR REPLACE INTO disk (id, name, path, block_bytes, sequence, frame) VALUES (?, ?, ?, ?, ?, ?)",
                (disk, identity.name, str(path), identity.block_bytes, *catalog.position),
            )

    def apply(self, disk: bytes, position: Position, added: Iterable[rows.Row]) -> None:
        """Add rows that are durable in a disk's catalog."""
        added = list(added)
        if not added:
            return
        with self._lock:
            if disk in self._stale:
                return
            try:
                database = self._open()
                with transaction(database):
                    for row in added:
                        insert(database, disk, row)
                    moved = database.execute("UPDATE disk SET sequence = ?, frame = ? WHERE id = ?", (*position, disk))
                    if not moved.rowcount:
                        raise sqlite3.DataError("rows before these are missing")
            except (sqlite3.Error, OSError) as error:
                self._trouble(disk, error)

    def needs(self, disk: bytes) -> bool:
        """Whether `open_disk` must be called again: rows are missing, or the file was deleted."""
        return disk in self._stale or not self._path.exists()

    def forget(self, disk: bytes) -> None:
        """Drop all rows of a disk that is no more. Should it be there after all, they are taken from it again (S3)."""
        with self._lock:
            self._stale.add(disk)
            try:
                database = self._open()
                with transaction(database):
                    forget_disk(database, disk)
                    database.execute("DELETE FROM disk WHERE id = ?", (disk,))
                    index_runs.rebuild(database)
            except (sqlite3.Error, OSError) as error:
                self._trouble(disk, error)

    def remake(self) -> None:
        """Delete the file; it is filled anew as each disk is looked at (S3)."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
            remove(self._path)
            self._stale |= self._opened

    def set_policy(self, policy: StorePolicy) -> None:
        """Let readers know from when on footage has expired."""
        with self._lock, contextlib.suppress(sqlite3.Error, OSError):
            database = self._open()
            shown = msgspec.json.encode(policy.shown()).decode()
            database.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('shown_days', ?)", (shown,))

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = connect(self._path)
        elif not self._path.exists():
            # Deleted under our feet: a new one is begun, and `open_disk` fills it, for every disk.
            self._stale |= self._opened
            self._database.close()
            self._database = connect(self._path)
        return self._database

    def _trouble(self, disk: bytes, error: Exception) -> None:
        log.warning("index %s: %s; it is brought up again from the catalog", self._path, error)
        self._stale.add(disk)
        if self._database is not None:
            self._database.close()
            self._database = None

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
