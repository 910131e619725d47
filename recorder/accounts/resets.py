"""Whose password was reset, and how: told to every user until he has seen it, so that none is reset in silence."""

from dataclasses import dataclass

from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock

KEPT = 100
"""As many as are told at once; older ones stand in the audit."""


@dataclass(frozen=True)
class Reset:
    """One reset: whose, by `code`, by `answers`, by `key` or by `stick`, from where, when (UTC)."""

    id: int
    user: str
    way: str
    source: str
    at_us: int


class Resets:
    """All resets, and how far each user has seen them."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(self, user: str, way: str, source: str) -> None:
        """Note one; the oldest go."""
        now = self._clock.now_us()
        with self._store.transaction():
            self._store.run("INSERT INTO reset (user, way, source, at_us) VALUES (?, ?, ?, ?)", user, way, source, now)
            self._store.run("DELETE FROM reset WHERE id <= (SELECT MAX(id) FROM reset) - ?", KEPT)

    def unseen(self, user: str) -> list[Reset]:
        """Give those that a user has not seen, the oldest first."""
        asked = (
            "SELECT id, user, way, source, at_us FROM reset"
            " WHERE id > COALESCE((SELECT upto FROM seen_reset WHERE user = ?), 0) ORDER BY id"
        )
        return [Reset(*row) for row in self._store.run(asked, user)]

    def seen(self, user: str, upto: int) -> None:
        """Note that a user has seen all up to one."""
        self._store.run(
            "INSERT INTO seen_reset SELECT ?, MIN(?, COALESCE(MAX(id), 0)) FROM reset WHERE true"
            " ON CONFLICT (user) DO UPDATE SET upto = MAX(upto, excluded.upto)",
            user,
            upto,
        )
