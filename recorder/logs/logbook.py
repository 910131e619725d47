"""Audit and events as one list, by time: some of it for a page, all of it for an export.

They stay two stores: rows of the audit are chained and never change, an event gets its end and its reactions later and
is worth less. Here both are read by their time, each in its own order, and merged; where one stands in the list is its
time, its store, its number. A clock that was set back shows entries at the time that the clock said.
"""

import heapq
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from recorder.client.log import LogEntry, LogPage
from recorder.events.store import FILE as EVENTS_FILE
from recorder.logs.audit_shelf import AuditShelf
from recorder.logs.entry import of_change, of_end, of_event
from recorder.logs.event_shelf import EndShelf, EventShelf
from recorder.logs.kinds import DONE_WITH_CHANNELS
from recorder.logs.shelf import Row, Shelf
from recorder.logs.sought import AUDIT, END, Place, Sought
from recorder.settings.registry import Registry
from recorder.settings.scope import Scope
from recorder.settings.store import FILE as SETTINGS_FILE

AT_ONCE = 1000
"""Rows held at once for an export."""
Standing = tuple[Place, Row]


class Logbook:
    """Reads both stores. Safe from any thread; calls read files."""

    def __init__(self, config: Path, state: Path, registry: Registry) -> None:
        """`config` has the settings' file, `state` that of the events."""
        self.audit = AuditShelf(config / SETTINGS_FILE)
        self.events = EventShelf(state / EVENTS_FILE)
        self.ends = EndShelf(state / EVENTS_FILE)
        self._registry = registry
        self._of_channels = DONE_WITH_CHANNELS.union(page.about.name for page in registry.of_scope(Scope.CHANNEL))

    def find(self, sought: Sought, before: Place | None, limit: int) -> LogPage:
        """Give entries, the newest first."""
        sought = self._told(sought)
        rows = (
            [(shelf.place(row), row) for row in shelf.newest(sought, before, limit + 1)]
            for shelf in (self.audit, self.events)
        )
        found = sorted((one for some in rows for one in some), key=lambda one: one[0], reverse=True)
        more = str(found[limit - 1][0]) if len(found) > limit else None
        return LogPage(tuple(self.entry(*one) for one in found[:limit]), more)

    def walk(self, sought: Sought) -> Iterator[LogEntry]:
        """Give all entries, the oldest first, some thousand rows in memory at a time."""
        sought = self._told(sought)
        shelves = (_oldest_first(shelf, sought) for shelf in (self.audit, self.events))
        for one in heapq.merge(*shelves, key=lambda one: one[0]):
            yield self.entry(*one)

    def entry(self, place: Place, row: Row) -> LogEntry:
        """Tell of a row."""
        if place.store == AUDIT:
            return of_change(row, self._registry)
        return of_end(row) if place.store == END else of_event(row)

    def _told(self, sought: Sought) -> Sought:
        text = sought.text.lower()
        named = frozenset(page.about.name for page in self._registry if text and text in page.about.title.lower())
        return replace(sought, of_channels=self._of_channels, named=named)


def _oldest_first(shelf: Shelf, sought: Sought) -> Iterator[Standing]:
    after: Place | None = None
    while rows := shelf.oldest(sought, after, AT_ONCE):
        for row in rows:
            yield shelf.place(row), row
        if len(rows) < AT_ONCE:
            return
        after = shelf.place(rows[-1])
