"""The list of events as part of the log."""

from typing import Any

from recorder.logs.kinds import EVENTS, OTHER_EVENT, names
from recorder.logs.shelf import Shelf, among, holds
from recorder.logs.sought import END, EVENT, Sought

USER, PLACE = "coalesce(json_extract(detail, '$.user'), '')", "coalesce(json_extract(detail, '$.place'), '')"


class EventShelf(Shelf):
    """Rows of `event` in the events' file; an event stands where it began."""

    store = EVENT
    table = "event"
    columns = f"id, source, title, item, part, channel, begin_us, end_us, words, {USER} AS who, {PLACE} AS address"
    time = "begin_us"
    last_number = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'event')"

    def wanted(self, sought: Sought) -> tuple[list[str], list[Any]]:
        """By source, and by who and where as its detail has them; without events of hidden channels."""
        if not sought.events:
            return ["0"], []
        kind, values = among("source", names(EVENTS, OTHER_EVENT, sought.types, sought.level))
        where, given = [kind], list[Any](values)
        for column, text in (
            (USER, sought.who),
            (PLACE, sought.address),
            (f"title || ' ' || words || ' ' || item || ' ' || part || ' ' || {USER} || ' ' || {PLACE}", sought.text),
        ):
            if text:
                where.append(holds(column))
                given.append(text)
        if sought.hidden:
            where.append(f"channel NOT IN ({', '.join('?' * len(sought.hidden))})")
            given += sorted(sought.hidden)
        return where, given


class EndShelf(EventShelf):
    """When events that have a length were over, in the order in which that was written: for who follows as it happens.

    Pages and exports of the log have no rows of it: there an event stands once, with its end.
    """

    store = END
    table = "ended"
    columns = (
        f"id, event, source, title, item, part, channel, begin_us, end_us, words, {USER} AS who, {PLACE} AS address"
    )
    time = "end_us"
    last_number = "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'ending')"
