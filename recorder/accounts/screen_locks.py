"""Six digits or a pattern in place of the password, at the local screen alone (A17, D-ACC-07, D-RULE-27)."""

from enum import StrEnum
from itertools import pairwise

from recorder.accounts.errors import BadScreenLock
from recorder.accounts.store import AccountStore
from recorder.accounts.turnstile import Turnstile

PIN_DIGITS = 6
DOTS = "123456789"
FEWEST_DOTS = 4
"""Fewer make less than three thousand patterns."""
MOST_WRONG = 20
"""So many wrong tries since the last right login with the password, and only the password counts: of a million numbers
nobody finds one in twenty."""


class LockKind(StrEnum):
    """What is drawn or typed."""

    PIN = "pin"
    PATTERN = "pattern"


class ScreenLocks:
    """Those of all users."""

    def __init__(self, store: AccountStore, turnstile: Turnstile) -> None:
        self._store = store
        self._turnstile = turnstile

    def kind(self, user: str) -> LockKind | None:
        """What a user draws or types at the screen; None where only his password counts."""
        rows = self._store.run("SELECT kind FROM screen_lock WHERE user = ? AND wrong < ?", user, MOST_WRONG)
        return LockKind(rows[0][0]) if rows else None

    def record(self, kind: LockKind, secret: str) -> str:
        """Give what is kept of a new one; raises `BadScreenLock`, takes its time."""
        good = _is_good_pin(secret) if kind is LockKind.PIN else _is_pattern(secret)
        if not good:
            raise BadScreenLock
        return self._turnstile.record(f"{kind}:{secret}")

    def keep(self, user: str, kind: LockKind, record: str) -> None:
        """Keep what `record` gave in place of what was."""
        self._store.run("INSERT OR REPLACE INTO screen_lock VALUES (?, ?, ?, 0)", user, kind.value, record)

    def fits(self, user: str, secret: str) -> bool:
        """Whether it is the right one; wrong ones are counted. As much work where there is none."""
        rows = self._store.run("SELECT kind, record FROM screen_lock WHERE user = ? AND wrong < ?", user, MOST_WRONG)
        kind, record = rows[0] if rows else (LockKind.PIN.value, None)
        # Counted before it is looked at: who pulls the plug in between has had his try.
        self._store.run("UPDATE screen_lock SET wrong = wrong + 1 WHERE user = ?", user)
        if not self._turnstile.fits(record, f"{kind}:{secret[:16]}"):
            return False
        self._store.run("UPDATE screen_lock SET wrong = wrong - 1 WHERE user = ? AND wrong > 0", user)
        return True

    def forgive(self, user: str) -> None:
        """Forget wrong tries: the password was right."""
        self._store.run("UPDATE screen_lock SET wrong = 0 WHERE user = ? AND wrong > 0", user)

    def forget(self, user: str) -> None:
        """Only the password counts."""
        self._store.run("DELETE FROM screen_lock WHERE user = ?", user)


def _is_good_pin(secret: str) -> bool:
    """Six digits that are not all alike and do not count up or down."""
    if len(secret) != PIN_DIGITS or not (secret.isascii() and secret.isdigit()):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(secret)}
    return steps not in ({0}, {1}, {-1})


def _is_pattern(secret: str) -> bool:
    """Dots of a square of nine, each once, from the top left by rows."""
    return FEWEST_DOTS <= len(secret) == len(set(secret)) and set(secret) <= set(DOTS)
