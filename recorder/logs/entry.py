"""Entries in words: what a row of a store says to a reader."""

import json
from dataclasses import replace
from typing import Any

from recorder.client.clock import SECOND_US
from recorder.client.errors import NotFound
from recorder.client.log import LogEntry
from recorder.client.words import _
from recorder.logs.kinds import AUDIT as AUDIT_KINDS
from recorder.logs.kinds import EVENTS, OTHER_CHANGE, OTHER_EVENT
from recorder.logs.shelf import Row
from recorder.logs.sought import AUDIT, END, EVENT
from recorder.settings.page import Page, field_title
from recorder.settings.registry import Registry
from recorder.settings.scope import Scope

LONGEST_VALUE = 120
TITLES = {
    "audit": _("Log"),
    "log": _("Log"),
    "session": _("Login"),
    "login": _("Login"),
    "power": _("Power"),
}
"""Of what is noted and is no page."""


def of_event(row: Row) -> LogEntry:
    """Tell of an event."""
    kind = EVENTS.get(row["source"], OTHER_EVENT)
    return LogEntry(
        id=f"{EVENT}-{row['id']}",
        at_us=row["begin_us"],
        type=kind.type,
        level=kind.level,
        who=row["who"],
        address=row["address"],
        title=row["title"],
        words=row["words"],
        item=row["item"],
        channel=row["channel"],
        end_us=row["end_us"],
    )


def of_end(row: Row) -> LogEntry:
    """Tell that an event is over; it bears the event's level, so that who is told of the one is told of the other."""
    seconds = (row["end_us"] - row["begin_us"]) / SECOND_US
    words = _("Over after {seconds:.0f} s: {words}").format(seconds=seconds, words=row["words"])
    began = of_event({**row, "id": row["event"]})
    return replace(began, id=f"{began.id}-{END}", at_us=row["end_us"], words=words)


def of_change(row: Row, registry: Registry) -> LogEntry:
    """Tell of a row of the audit."""
    name, field = str(row["page"]), str(row["field"])
    kind = AUDIT_KINDS.get(name, OTHER_CHANGE)
    page = _page(name, registry)
    title = page.about.title if page is not None else TITLES.get(name, name)
    of_channel = page is not None and page.about.scope is Scope.CHANNEL and row["item"].isdecimal()
    return LogEntry(
        id=f"{AUDIT}-{row['id']}",
        at_us=row["at_us"],
        type=kind.type,
        level=kind.level,
        who=row["who"],
        address=row["source"],
        title=title,
        words=_words(title, field_title(page, field) if page is not None and field else field, row["old"], row["new"]),
        item=row["item"],
        channel=int(row["item"]) if of_channel else 0,
        old=row["old"],
        new=row["new"],
    )


def _page(name: str, registry: Registry) -> type[Page] | None:
    try:
        return registry.page(name)
    except NotFound:
        return None


def _words(title: str, field: str, old: str, new: str) -> str:
    if not field:
        return f"{title}: {_value(new) if new != 'null' else _('removed')}"
    if old == "null":
        return f"{field}: {_value(new)}"
    return f"{field}: {_value(old)} → {_value(new)}"


def _value(text: str) -> str:
    """Give a JSON value as people write it."""
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text[:LONGEST_VALUE]
    match value:
        case bool():
            shown = _("yes") if value else _("no")
        case str():
            shown = value or "–"  # noqa: RUF001 - a dash for nothing
        case None:
            shown = "–"  # noqa: RUF001
        case _:
            shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= LONGEST_VALUE else shown[: LONGEST_VALUE - 1] + "…"
