"""Rows as CSV (RFC 4180) for a spreadsheet, some at a time."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from recorder.client.clock import SECOND_US
from recorder.client.log import LogEntry

AT_ONCE = 500
"""Rows in one piece of an answer."""
# What a spreadsheet would take for a formula, when somebody gave a camera such a name.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = ("id", "time", "type", "level", "who", "from", "title", "item", "channel", "text", "old", "new", "end")


def pieces(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Iterator[str]:
    """Give the text piece by piece; texts that a spreadsheet would compute are quoted."""
    some = iter(rows)
    wanted: list[Sequence[str | int]] = [head]
    while wanted:
        text = io.StringIO()
        csv.writer(text).writerows([_harmless(cell) for cell in row] for row in wanted)
        yield text.getvalue()
        wanted = list(itertools.islice(some, AT_ONCE))


def row(entry: LogEntry) -> Sequence[str | int]:
    """Give the cells of an entry."""
    head = (entry.id, written(entry.at_us), entry.type, entry.level, entry.who, entry.address)
    what = (entry.title, entry.item, entry.channel or "", entry.words, entry.old, entry.new)
    return (*head, *what, written(entry.end_us))


def written(at_us: int | None) -> str:
    """Write a time as ISO 8601 in UTC; nothing for none."""
    if at_us is None:
        return ""
    return datetime.fromtimestamp(at_us / SECOND_US, UTC).isoformat(timespec="milliseconds")


def _harmless(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
