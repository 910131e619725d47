"""The newest rows of the audit, packed to be carried by a backup, and brought back before what was written since (A12).

Packed they are JSON within zlib, the oldest first, and the number and chain of the row before them. A row's own number
and chain are left out where they follow from the row before, so most are; where the audit was broken they do not, and
it comes back as broken as it was. What comes back is hostile until all of it was parsed.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.words import _, counted
from recorder.settings.audit import AuditRow, Change, Sought, chained
from recorder.settings.noting import Author
from recorder.settings.store import SettingsStore

MOST_ROWS = 20_000
"""Months of a busy installation; what is older stays behind."""
LARGEST = 16 << 20
"""Unpacked."""
LONGEST_VALUE = 1 << 18
AT_ONCE = 1000
"""Rows read at once: nobody waits long for the store meanwhile."""
Number = Annotated[int, Meta(ge=0, lt=1 << 52)]
Moment = Annotated[int, Meta(ge=-(1 << 62), lt=1 << 62)]
Name = Annotated[str, Meta(max_length=1024)]
Value = Annotated[str, Meta(max_length=LONGEST_VALUE)]
Chain = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$", max_length=64)]


class Begin(NamedTuple):
    """Number and chain of the row before the first one."""

    number: Number
    chain: Chain


class Row(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A change, and its number and chain where they do not follow from the row before."""

    at_us: Moment
    who: Name
    source: Name
    page: Name
    item: Name
    field: Name
    old: Value
    new: Value
    number: Number | None = None
    chain: Chain | None = None


class Carried(msgspec.Struct, frozen=True):
    """Rows that follow each other, the oldest first."""

    begin: Begin
    rows: Annotated[tuple[Row, ...], Meta(max_length=MOST_ROWS)]


@dataclass(frozen=True)
class Before:
    """An audit as it was when a backup was made."""

    begin: Begin
    rows: Sequence[AuditRow]

    @property
    def last(self) -> Begin:
        """Number and chain of the last row."""
        return Begin(self.rows[-1].id, self.rows[-1].chain) if self.rows else self.begin


class NoAudit(NightjarError):
    """Bytes that are no packed audit of ours."""

    status = 422
    words = _("The audit cannot be read ({problem})")


def packed(store: SettingsStore, most_bytes: int) -> bytes:
    """Give the newest rows that fit into so many bytes; empty where none does."""
    begin, rows = _newest(store)
    while rows:
        data = zlib.compress(msgspec.json.encode(Carried(begin, tuple(_short(begin, rows)))), 6)
        if len(data) <= most_bytes:
            return data
        fewer = len(rows) * most_bytes // len(data) * 9 // 10
        begin, rows = _of(rows[-fewer - 1]), rows[len(rows) - fewer :]
    return b""


def unpacked(data: bytes) -> Before:
    """Read a packed audit; raises `NoAudit`."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(data, LARGEST)
        if not unpacking.eof:
            raise NoAudit(problem=_("it is not whole, or too large"))
        carried = msgspec.json.decode(content, type=Carried)
    except (zlib.error, *UNREADABLE) as error:
        raise NoAudit(problem=error) from None
    rows: list[AuditRow] = []
    number, chain = carried.begin
    for one in carried.rows:
        change = Change(*msgspec.structs.astuple(one)[:8])
        before, number = number, number + 1 if one.number is None else one.number
        if number <= before:
            raise NoAudit(problem=_("its rows do not follow each other"))
        chain = chained(chain, number, change) if one.chain is None else one.chain
        rows.append(AuditRow(*astuple(change), id=number, chain=chain))
    return Before(carried.begin, rows)


def bring_back(store: SettingsStore, before: Before, author: Author, now_us: int, *, same: bool) -> None:
    """Put an audit before the rows that are here, within a transaction of the caller's; a row says so.

    The rows that are here get new numbers and chains behind it, and that row says which chain they had. An audit that
    goes on from the one that was carried stays as it is, and so does one with a past of its own. `same` says whether
    the recorder never was another one: what is not in its audit any more was taken out by its owner.
    """
    here = list(store.walk(MOST_ROWS + 1))
    begin = Begin(*store.audit_begin())
    last = _of(here[-1]) if here else begin
    if _goes_on(before, {begin, *map(_of, here)}) or (same and last.number >= before.last.number):
        return
    if len(here) > MOST_ROWS:
        words = _("the audit of the backup was left out: this recorder has a long one of its own")
        store.note([_noted(now_us, author, words)])
        return
    store.begin_audit(before.begin, before.rows)
    told = counted("{count} row of the audit came back", "{count} rows of the audit came back", len(before.rows))
    if here:
        some = "{count} row written since follows, whose chain was {chain}"
        more = "{count} rows written since follow, whose chain was {chain}"
        told += "; " + counted(some, more, len(here), chain=last.chain)
    store.note([_noted(now_us, author, told), *(Change(*astuple(one)[:8]) for one in here)])


def _noted(now_us: int, author: Author, words: str) -> Change:
    return Change(now_us, author.who, author.source, "configuration", "", "", json.dumps(None), json.dumps(words))


def _of(row: AuditRow) -> Begin:
    return Begin(row.id, row.chain)


def _goes_on(before: Before, here: set[Begin]) -> bool:
    """Whether rows with these numbers and chains are of the same audit: a chain stands for all that led to it."""
    return any(one in here for one in (before.begin, *map(_of, before.rows)) if one.chain)


def _newest(store: SettingsStore) -> tuple[Begin, list[AuditRow]]:
    """Give the newest rows that may be carried, the oldest first, and what is before them."""
    rows: list[AuditRow] = []
    size, before = 0, None
    while some := store.changes(Sought(before=before, limit=AT_ONCE)):
        for one in some:
            size += sum(len(text) for text in (one.who, one.source, one.page, one.item, one.field, one.old, one.new))
            if len(rows) == MOST_ROWS or size > LARGEST // 4 or max(len(one.old), len(one.new)) > LONGEST_VALUE:
                return _of(one), rows[::-1]
            rows.append(one)
        before = rows[-1].id
    begin = Begin(*store.audit_begin())
    if rows and rows[-1].id != begin.number + 1:
        # Older rows went meanwhile, or were never chained.
        return _of(rows[-1]), rows[-2::-1]
    return begin, rows[::-1]


def _short(begin: Begin, rows: Sequence[AuditRow]) -> list[Row]:
    """Give rows without what follows from the row before."""
    found: list[Row] = []
    number, chain = begin
    for one in rows:
        told = Row(one.at_us, one.who, one.source, one.page, one.item, one.field, one.old, one.new)
        if one.id != number + 1:
            told = msgspec.structs.replace(told, number=one.id)
        if one.chain != chained(chain, one.id, one):
            told = msgspec.structs.replace(told, chain=one.chain)
        found.append(told)
        number, chain = one.id, one.chain
    return found
