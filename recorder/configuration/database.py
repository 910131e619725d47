"""A database of SQLite that others use, copied as one whole file: before an update, and beside itself (C8)."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from recorder.configuration.steps import Steps

PATIENCE_S = 10.0
"""For whoever else holds a database."""


def form(database: Path) -> int:
    """Which version of its form it has (`user_version`); 0: it is empty, not there, or cannot be read."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as one:
            return int(one.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def copy(source: Path, to: Path) -> None:
    """Make `to` a durable copy that nobody else may read, whole or not at all; raises OSError.

    All of it is read and written anew (VACUUM INTO), so what cannot be read never takes the place of a good copy.
    """
    fresh = to.with_name(f"{to.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(source, timeout=PATIENCE_S)) as one:
            one.execute("VACUUM INTO ?", (str(fresh),))
        descriptor = os.open(fresh, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(to)
    except sqlite3.Error as error:
        fresh.unlink(missing_ok=True)
        raise OSError(f"{source.name}: {error}") from None
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    Steps().sync(to.parent)
