"""The newest events, packed to be carried by a backup, and brought back into a list that may have events of its own.

Packed they are JSON within zlib: rows as they are stored, the newest first, as many as fit. What comes back is hostile
until all of it was parsed (C3).
"""

import json
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.happened import AlarmState, ReactionState
from recorder.client.words import _
from recorder.events.alarms import MOST_COMMENTS
from recorder.events.occurrence import plain, plain_detail
from recorder.events.store import EventStore

MOST_EVENTS = 20_000
"""Some two megabytes before they are packed; what is older stays behind."""
LARGEST = 32 << 20
"""Unpacked."""
PASSED_OVER = 100_000
"""More events than come between two backups: no number of one that the backup did not live to see returns."""
LARGEST_ID = (1 << 52) - 1
log = logging.getLogger(__name__)
Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
Moment = Annotated[int, Meta(ge=-(1 << 62), lt=1 << 62)]
Count = Annotated[int, Meta(ge=0, lt=1 << 31)]
Name = Annotated[str, Meta(max_length=255)]
Text = Annotated[str, Meta(max_length=4096)]


class Row(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A row of a table; its fields are columns."""


R = TypeVar("R", bound=Row)


class EventRow(Row, frozen=True):
    """An event, and what people did with it."""

    id: Id
    source: Name
    title: Text
    item: Name
    part: Name
    channel: Count
    begin_us: Moment
    end_us: Moment | None
    why: Text
    words: Text
    count: Count
    armed: bool
    picture_us: Moment | None
    detail: dict[str, Any]
    state: AlarmState | None
    pinned: bool
    kin: Annotated[int, Meta(ge=0, le=LARGEST_ID)]
    handled_by: Name
    handled_us: Moment | None


class ReactionRow(Row, frozen=True):
    """What came of a linkage."""

    event: Id
    linkage: Name
    state: ReactionState
    at_us: Moment
    words: Text
    tries: Count


class CommentRow(Row, frozen=True):
    """What somebody wrote to an event."""

    event: Id
    number: Annotated[int, Meta(ge=0, le=MOST_COMMENTS)]
    at_us: Moment
    who: Name
    words: Text


class ReceiverRow(Row, frozen=True):
    """Of what a user wishes to be told; who reads it looks whether it can be read."""

    user: Name
    wishes: Annotated[str, Meta(max_length=65_536)]


class Carried(msgspec.Struct, frozen=True):
    """Events with all that belongs to them, and of what users wish to be told."""

    events: Annotated[tuple[EventRow, ...], Meta(max_length=MOST_EVENTS)]
    reactions: tuple[ReactionRow, ...] = ()
    comments: tuple[CommentRow, ...] = ()
    receivers: tuple[ReceiverRow, ...] = ()


class NoEvents(NightjarError):
    """Bytes that are no packed events of ours."""

    status = 422
    words = _("The list of events cannot be read ({problem})")


def packed(store: EventStore, most_bytes: int) -> bytes:
    """Give the newest events that fit into so many bytes; empty where none does."""
    most = MOST_EVENTS
    while most:
        data = zlib.compress(msgspec.json.encode(_newest(store, most)), 6)
        if len(data) <= most_bytes:
            return data
        most = most * most_bytes // len(data) * 9 // 10
    return b""


def unpacked(data: bytes) -> Carried:
    """Read packed events; raises `NoEvents`."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(data, LARGEST)
        if not unpacking.eof:
            raise NoEvents(problem=_("it is not whole, or too large"))
        return msgspec.json.decode(content, type=Carried)
    except (zlib.error, *UNREADABLE) as error:
        raise NoEvents(problem=error) from None


def bring_back(path: Path, carried: Carried) -> None:
    """Put events into the list at `path`; what it has of the same list stays as it is. Raises sqlite3.Error.

    A list of another beginning, as after a reinstall, keeps its few events under numbers behind those that come back,
    which pictures, locks and marks name. Done once more it changes nothing.
    """
    store = EventStore(path)
    try:
        with store.writing() as db:
            _bring(db, carried)
    finally:
        store.close()


def _newest(store: EventStore, most: int) -> Carried:
    with store.reading() as db:
        db.execute("BEGIN")  # one moment for all tables
        columns = ", ".join(EventRow.__struct_fields__)
        asked = f"SELECT {columns} FROM event ORDER BY id DESC LIMIT ?"  # noqa: S608 - our own names
        events = tuple(_read(EventRow, map(_with_detail, db.execute(asked, (most,)))))
        since = events[-1].id if events else LARGEST_ID
        return Carried(
            events,
            tuple(_read(ReactionRow, db.execute(_asked("reaction", ReactionRow), (since,)))),
            tuple(_read(CommentRow, db.execute(_asked("comment", CommentRow), (since,)))),
            tuple(_read(ReceiverRow, db.execute("SELECT user, wishes FROM receiver"))),
        )


def _asked(table: str, kind: type[Row]) -> str:
    return f"SELECT {', '.join(kind.__struct_fields__)} FROM {table} WHERE event >= ?"  # noqa: S608 - our own names


def _with_detail(row: Sequence[Any]) -> Sequence[Any]:
    at = EventRow.__struct_fields__.index("detail")
    return [*row[:at], json.loads(row[at]), *row[at + 1 :]]


def _read(kind: type[R], rows: Iterable[Sequence[Any]]) -> Iterable[R]:
    """Give stored rows; one that no backup could bring back is left out."""
    for row in rows:
        try:
            yield msgspec.convert(list(row), kind, strict=False)
        except msgspec.ValidationError as error:
            log.warning("a row of the events is left out of backups: %s", error)


def _bring(db: sqlite3.Connection, carried: Carried) -> None:
    newest = max((one.id for one in carried.events), default=0)
    asked = "SELECT id, source, begin_us FROM event"
    here = {number: (source, begin_us) for number, source, begin_us in db.execute(asked)}
    if here and carried.events and not any(here.get(one.id) == (one.source, one.begin_us) for one in carried.events):
        _move_behind(db, max(newest, *here) + PASSED_OVER)
        here = {}
    fresh = [one for one in carried.events if one.id not in here]
    ids = {one.id for one in fresh}
    _insert(db, "event", [_values(one) for one in fresh])
    _insert(db, "reaction", [msgspec.structs.asdict(one) for one in carried.reactions if one.event in ids])
    _insert(db, "comment", [msgspec.structs.asdict(one) for one in carried.comments if one.event in ids])
    _insert(db, "receiver", [msgspec.structs.asdict(one) for one in carried.receivers])
    db.execute(
        "UPDATE sqlite_sequence SET seq = max(seq, ?, (SELECT max(id) FROM event)) WHERE name = 'event'",
        (newest + PASSED_OVER if fresh else 0,),
    )


def _move_behind(db: sqlite3.Connection, by: int) -> None:
    db.execute("UPDATE event SET id = id + ?, kin = iif(kin > 0, kin + ?, 0)", (by, by))
    for table in ("reaction", "comment", "ending"):
        db.execute(f"UPDATE {table} SET event = event + ?", (by,))  # noqa: S608 - our own names


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        columns, places = ", ".join(rows[0]), ", ".join(f":{one}" for one in rows[0])
        db.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608 - our own names


def _values(one: EventRow) -> dict[str, Any]:
    values = msgspec.structs.asdict(one)
    return values | {
        "title": plain(one.title),
        "words": plain(one.words),
        "detail": json.dumps(plain_detail(one.detail), separators=(",", ":")),
        "state": one.state.value if one.state else None,
    }
