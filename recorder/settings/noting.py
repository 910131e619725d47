"""What is written down of who did what, by settings and by all others that note something in the same place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from recorder.client.clock import Clock
from recorder.client.words import counted
from recorder.settings.audit import AuditRow, Change, Checked, Sought
from recorder.settings.page import Page
from recorder.settings.rights import Rights
from recorder.settings.store import SettingsStore


@dataclass(frozen=True)
class Author:
    """Who changes something, and from where, for the audit."""

    who: str
    source: str
    rights: Rights | None = None
    """What it may do; None is the recorder itself, which may all."""


class Noting:
    """Notes and reads: the audit of one instance. Safe from any thread."""

    def __init__(self, store: SettingsStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def changes(self, limit: int = 100) -> list[AuditRow]:
        """The audit's newest rows, the newest first."""
        return self._store.changes(Sought(limit=limit))

    def audit(self, sought: Sought) -> list[AuditRow]:
        """Give rows of the audit, the newest first."""
        return self._store.changes(sought)

    def whole_audit(self) -> Iterator[AuditRow]:
        """Give all rows of the audit, the oldest first, without holding up changes meanwhile."""
        return self._store.walk()

    def check_audit(self) -> Checked:
        """Say whether the audit's chain holds."""
        return self._store.check()

    def clear_audit(self, author: Author) -> int:
        """Take all rows out of the audit but one, which says who did so; gives how many there were."""
        with self._store.transaction():
            count = self._store.clear_audit()
            words = json.dumps(counted("{count} row cleared", "{count} rows cleared", count))
            row = Change(self._clock.now_us(), author.who, author.source, "audit", "", "", json.dumps(None), words)
            self._store.note([row])
        return count

    def shorten_audit(self, oldest_us: int, most_rows: int, most_bytes: int) -> int:
        """Let the oldest rows of the audit go by age and size; a row says how many did, and is what is left of them."""
        with self._store.transaction():
            gone = self._store.shorten_audit(oldest_us, most_rows, most_bytes)
            if gone:
                words = json.dumps(counted("{count} row went by age or size", "{count} rows went by age or size", gone))
                row = Change(self._clock.now_us(), "recorder", "", "audit", "", "", json.dumps(None), words)
                self._store.note([row])
        return gone

    def noted(self, what: str, item: str, words: str, author: Author) -> None:
        """Put into the audit what somebody did that is no change of a page: a login, an export, a lock released."""
        old, new = json.dumps(None), json.dumps(words)
        row = Change(self._clock.now_us(), author.who, author.source, what, item, "", old, new)
        self._store.note([row])

    def remark(self, page: type[Page], item: str, field: str, words: str, author: Author) -> None:
        """Put into the audit what somebody did with a document beside changing it, such as seeing a secret of it."""
        self._store.note([self._noted(page, item, author, field, json.dumps(None), json.dumps(words))])

    def _noted(self, page: type[Page], item: str, author: Author, field: str, old: str, new: str) -> Change:
        return Change(self._clock.now_us(), author.who, author.source, page.about.name, item, field, old, new)
