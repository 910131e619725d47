"""One store of the log as it is read: rows by time, either way, on a connection that waits for no writer."""

import contextlib
import sqlite3
from abc import abstractmethod
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from recorder.logs.kinds import Names
from recorder.logs.sought import Place, Sought

Row = dict[str, Any]


class Shelf:
    """Rows of one table. Safe from any thread."""

    store: ClassVar[str]
    table: ClassVar[str]
    columns: ClassVar[str]
    time: ClassVar[str]
    last_number: ClassVar[str]
    """The question for the number that was given last."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def newest(self, sought: Sought, before: Place | None, limit: int) -> list[Row]:
        """Give rows, the newest first: those that stand before a place."""
        bound = None if before is None else ("<", *before.bound(self.store))
        return self._rows(sought, bound, "DESC", limit)

    def oldest(self, sought: Sought, after: Place | None, limit: int) -> list[Row]:
        """Give rows, the oldest first: those that follow one of this store."""
        bound = None if after is None else (">", after.at_us, after.number)
        return self._rows(sought, bound, "ASC", limit)

    def after(self, number: int, limit: int) -> list[Row]:
        """Give rows by their number: those that follow one."""
        question = f"SELECT {self.columns} FROM {self.table} WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - as below
        with self._reading() as db:
            return [dict(row) for row in db.execute(question, (number, limit))]

    def last(self) -> int:
        """Give the number that was given last, though its row may have gone; 0 where there was none."""
        with self._reading() as db:
            return db.execute(self.last_number).fetchone()[0] or 0

    def place(self, row: Row) -> Place:
        """Say where a row stands."""
        return Place(row[self.time], self.store, row["id"])

    @abstractmethod
    def wanted(self, sought: Sought) -> tuple[list[str], list[Any]]:
        """Give conditions and their values; one that is never true where nothing can be found."""

    def _rows(self, sought: Sought, bound: tuple[str, int, int] | None, way: str, limit: int) -> list[Row]:
        where, values = self.wanted(sought)
        where += [f"{self.time} >= ?", f"{self.time} < ?"]
        values += [sought.start_us, sought.end_us]
        if bound is not None:
            where.append(f"({self.time}, id) {bound[0]} (?, ?)")
            values += bound[1:]
        order = f"ORDER BY {self.time} {way}, id {way} LIMIT ?"
        question = f"SELECT {self.columns} FROM {self.table} WHERE {' AND '.join(where)} {order}"  # noqa: S608 - our own words
        with self._reading() as db:
            return [dict(row) for row in db.execute(question, (*values, limit))]

    @contextlib.contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            yield db
        finally:
            db.close()


def among(column: str, names: Names) -> tuple[str, Sequence[str]]:
    """Give the condition that a column has one of these names."""
    if names.none:
        return "0", ()
    way = "NOT IN" if names.others else "IN"
    return f"{column} {way} ({', '.join('?' * len(names.names))})", names.names


def holds(text: str) -> str:
    """Give the condition that an expression has a text in it, in any case."""
    return f"instr(lower({text}), lower(?)) > 0"
