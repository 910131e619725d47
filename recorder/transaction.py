"""All or nothing, for every SQLite database of the recorder."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None]:
    """What is done within becomes durable together, or nothing of it does; for connections without a mode of their own.

    The connection rolls back what fails, the commit itself too.
    """
    database.execute("BEGIN IMMEDIATE")
    with database:
        yield
