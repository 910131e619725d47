"""The list of events as CSV: read page by page, so that a million rows need no memory; no cell is a formula."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from recorder.client.clock import SECOND_US
from recorder.client.happened import Happened
from recorder.events.sought import Sought
from recorder.events.store import EventStore
from recorder.logs import sheet

AT_ONCE = 1000
HEAD = (
    "event", "kind", "source", "item", "part", "channel", "begin", "end", "begin_us", "words", "count", "state",
    "handled_by", "handled", "pinned", "comments",
)  # fmt: skip


def csv_lines(store: EventStore, sought: Sought, zone: ZoneInfo) -> Iterator[str]:
    """Give the text in pieces; times are of the recorder's zone, with its offset."""
    return sheet.pieces(HEAD, (_row(one, zone) for one in _found(store, sought)))


def _found(store: EventStore, sought: Sought) -> Iterator[Happened]:
    before: int | None = None
    while found := store.find(replace(sought, before=before, limit=AT_ONCE)):
        yield from found
        before = found[-1].id


def _row(one: Happened, zone: ZoneInfo) -> tuple[str | int, ...]:
    comments = " | ".join(f"{_time(said.at_us, zone)} {said.who}: {said.words}" for said in one.comments)
    what = (one.id, one.title, one.source, one.item, one.part, one.channel or "")
    when = (_time(one.begin_us, zone), _time(one.end_us, zone), one.begin_us)
    state = one.state.value if one.state else ""
    handled = (one.handled_by, _time(one.handled_us, zone), "yes" if one.pinned else "", comments)
    return (*what, *when, one.words, one.count, state, *handled)


def _time(at_us: int | None, zone: ZoneInfo) -> str:
    if at_us is None:
        return ""
    return datetime.fromtimestamp(at_us // SECOND_US, UTC).astimezone(zone).isoformat()
