"""How a SQLite database that must not be lost is opened: durable, for its owner alone, brought to today's form."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.words import _


class NewerDatabase(NightjarError):
    """A database was written by a newer version, in a form that this one does not know."""

    status = 500
    words = _("{path} was written by a newer version of the recorder. Install that version, or restore a backup.")


def opened(path: Path, migrations: Sequence[str], *pragmas: str) -> sqlite3.Connection:
    """Open or make a database, mode 0600, that has been through all `migrations`; for threads that take turns.

    Raises `NewerDatabase` and sqlite3.Error, and then leaves nothing open; the file is as it was.
    """
    path.touch(mode=0o600)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        version: int = database.execute("PRAGMA user_version").fetchone()[0]
        _require_known(path, version, len(migrations))
        for pragma in ("journal_mode = WAL", "synchronous = FULL", *pragmas):
            database.execute(f"PRAGMA {pragma}")
        for number in range(version, len(migrations)):
            # The script and its number arrive together; what fails is rolled back as the connection is closed.
            database.executescript(f"BEGIN IMMEDIATE; {migrations[number]} PRAGMA user_version = {number + 1}; COMMIT;")
    except BaseException:
        database.close()
        raise
    return database


def _require_known(path: Path, version: int, newest: int) -> None:
    if version > newest:
        raise NewerDatabase(path=path)
