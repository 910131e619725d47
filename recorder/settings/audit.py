"""The audit: who changed what, in rows of which each is chained to the one before (A8, A11).

A row's `chain` is SHA-256 over the chain of the row before and the row itself as JSON. So a row that is changed, taken
out or put in breaks the chain from there on, and whoever wrote down the last chain can show later that all before it is
as it was. The oldest rows go when there are too many; the chain goes on from the last that went.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

KEPT = 1_000_000
"""Rows kept; the oldest go first."""
AT_ONCE = 1000
"""Rows read at once while all are walked: nobody waits long for the store meanwhile."""
TABLE = """
    ALTER TABLE change ADD COLUMN chain TEXT NOT NULL DEFAULT '';
    CREATE TABLE anchor (only INTEGER PRIMARY KEY CHECK (only = 1), id INTEGER NOT NULL, chain TEXT NOT NULL) STRICT;
    INSERT INTO anchor SELECT 1, coalesce(max(id), 0), '' FROM change;
"""
BY_TIME = "CREATE INDEX change_at ON change (at_us);"
"""For the log, which is read by time."""
COLUMNS = "id, at_us, who, source, page, item, field, old, new, chain"
_NAMED = ", ".join(f":{one}" for one in COLUMNS.split(", "))


@dataclass(frozen=True)
class Change:
    """One field that was changed: by whom, from where, what it was and is (JSON, secrets masked)."""

    at_us: int
    who: str
    source: str
    page: str
    item: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class AuditRow(Change):
    """A change as it stands in the audit."""

    id: int = 0
    chain: str = ""


@dataclass(frozen=True)
class Sought:
    """Which rows: within [start_us, end_us), of somebody, of a page, with a text anywhere in them; older than `before`.

    Rows of `hidden` items of the pages `of_channels` are left out.
    """

    start_us: int = 0
    end_us: int = 1 << 62
    who: str = ""
    page: str = ""
    text: str = ""
    before: int | None = None
    limit: int = 100
    of_channels: frozenset[str] = field(default_factory=frozenset[str])
    hidden: frozenset[str] = field(default_factory=frozenset[str])


@dataclass(frozen=True)
class Checked:
    """What a walk over the audit found: how many rows, the last chain, and the first row that does not fit."""

    rows: int
    chain: str
    broken_at: int | None = None


class Audit:
    """The rows of one database; whoever calls holds its lock."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def note(self, changes: Iterable[Change]) -> None:
        """Append rows."""
        number, chain = self._last()
        rows: list[AuditRow] = []
        for one in changes:
            number += 1
            chain = chained(chain, number, one)
            rows.append(AuditRow(**vars(one), id=number, chain=chain))
        self._insert(rows)
        self._drop(number - KEPT)

    def begin(self, anchor: tuple[int, str], rows: Iterable[AuditRow]) -> None:
        """Begin anew with rows as they are, behind the number and chain of one that went."""
        self._db.execute("DELETE FROM change")
        self._db.execute("UPDATE anchor SET id = ?, chain = ?", anchor)
        self._insert(rows)

    def clear(self) -> int:
        """Take all rows out but for the chain, and give how many there were."""
        number, _chain = self._last()
        before: int = self._db.execute("SELECT count(*) FROM change").fetchone()[0]
        self._drop(number)
        return before

    def shorten(self, oldest_us: int, most_rows: int) -> int:
        """Let the first rows go, up to one that is not so old; gives how many, at most `most_rows`."""
        first = "SELECT id FROM (SELECT id, at_us FROM change ORDER BY id LIMIT ?) WHERE at_us >= ? ORDER BY id LIMIT 1"
        young = self._db.execute(first, (most_rows, oldest_us)).fetchone()
        return self.drop(most_rows, None if young is None else young[0])

    def drop(self, count: int, before: int | None = None) -> int:
        """Let the oldest rows go, at most so many, of those before an id; gives how many went."""
        rows = "SELECT id FROM change WHERE id < ? ORDER BY id LIMIT ?"
        gone = self._db.execute(rows, ((1 << 62) if before is None else before, count)).fetchall()
        if gone:
            self._drop(gone[-1][0])
        return len(gone)

    def find(self, sought: Sought) -> list[AuditRow]:
        """Give rows, the newest first."""
        where = ["at_us >= ?", "at_us < ?"]
        values: list[str | int] = [sought.start_us, sought.end_us]
        for column, wanted in (("who", sought.who), ("page", sought.page)):
            if wanted:
                where.append(f"{column} = ?")
                values.append(wanted)
        if sought.before is not None:
            where.append("id < ?")
            values.append(sought.before)
        if sought.text:
            some = "who || ' ' || source || ' ' || page || ' ' || item || ' ' || field || ' ' || old || ' ' || new"
            where.append(f"instr(lower({some}), lower(?)) > 0")
            values.append(sought.text)
        if sought.hidden:
            pages, items = (", ".join("?" * len(one)) for one in (sought.of_channels, sought.hidden))
            where.append(f"NOT (page IN ({pages}) AND item IN ({items}))")
            values += [*sorted(sought.of_channels), *sorted(sought.hidden)]
        values.append(sought.limit)
        text = f"SELECT {COLUMNS} FROM change WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"  # noqa: S608
        return [_row(one) for one in self._db.execute(text, values)]

    def after(self, number: int, limit: int = AT_ONCE) -> list[AuditRow]:
        """Give the rows that follow one, the oldest first."""
        text = f"SELECT {COLUMNS} FROM change WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
        return [_row(one) for one in self._db.execute(text, (number, limit))]

    def anchor(self) -> tuple[int, str]:
        """Give number and chain of the last row that went."""
        found = self._db.execute("SELECT id, chain FROM anchor").fetchone()
        return found[0], found[1]

    def _insert(self, rows: Iterable[AuditRow]) -> None:
        self._db.executemany(f"INSERT INTO change ({COLUMNS}) VALUES ({_NAMED})", map(vars, rows))  # noqa: S608

    def _last(self) -> tuple[int, str]:
        found = self._db.execute("SELECT id, chain FROM change ORDER BY id DESC LIMIT 1").fetchone()
        return (found[0], found[1]) if found else self.anchor()

    def _drop(self, up_to: int) -> None:
        last = "SELECT id, chain FROM change WHERE id <= ? ORDER BY id DESC LIMIT 1"
        gone = self._db.execute(last, (up_to,)).fetchone()
        if gone is not None:
            self._db.execute("DELETE FROM change WHERE id <= ?", (up_to,))
            self._db.execute("UPDATE anchor SET id = max(id, ?), chain = ?", gone)


def chained(chain: str, number: int, change: Change) -> str:
    """Give the chain of a row that follows one with another chain."""
    told = [number, change.at_us, change.who, change.source, change.page, change.item, change.field]
    body = json.dumps([chain, *told, change.old, change.new], ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def check(anchor: tuple[int, str], rows: Iterator[AuditRow]) -> Checked:
    """Walk rows from the oldest on. Those of versions that chained nothing count as they are."""
    number, chain = anchor
    count = 0
    for one in rows:
        count += 1
        if not one.chain and not chain:
            continue
        if one.id != number + 1 or one.chain != chained(chain, one.id, one):
            return Checked(count, chain, one.id)
        number, chain = one.id, one.chain
    return Checked(count, chain)


def _row(found: tuple[int, int, str, str, str, str, str, str, str, str]) -> AuditRow:
    return AuditRow(*found[1:9], id=found[0], chain=found[9])
