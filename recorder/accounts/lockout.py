"""Back-off after wrong passwords, per account and place, and per account over the whole network.

Passwords at the local screen and the owner at the command line are never counted and never locked: they are how an
owner gets in while somebody on the network guesses. What is easier to guess than a password (a pattern, six digits,
answers) is counted at the screen too, under a name of its own. Counts outlive a restart.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from recorder.accounts.errors import LockedOut, TriedTooOften
from recorder.accounts.store import AccountStore
from recorder.client.clock import SECOND_US, Clock

FREE_TRIES = 5
FREE_TRIES_EVERYWHERE = 50
FIRST_LOCK_S = 30
"""How many tries and how long the first wait, unless the owner said otherwise (D-SEC-06)."""
LONGEST_LOCK_S = 900
FORGOTTEN_AFTER_S = 24 * 3600
MOST_ROWS = 10_000
EVERYWHERE = "*"
Rules = Callable[[], tuple[int, int]]


@dataclass(frozen=True)
class Locked:
    """An account that must wait so long before it is tried again from a place; `*` is the whole network."""

    account: str
    source: str
    left_s: int


class Lockout:
    """Counts failures and says who must wait."""

    def __init__(self, store: AccountStore, clock: Clock, rules: Rules = lambda: (FREE_TRIES, FIRST_LOCK_S)) -> None:
        """`rules` gives how many tries are free from one place, and the first wait in seconds."""
        self._store = store
        self._clock = clock
        self._rules = rules

    def check(self, account: str, source: str, *, everywhere: bool = True) -> None:
        """Raise `LockedOut` while one must wait; without `everywhere` what others tried elsewhere does not count."""
        now = self._clock.now_us()
        tries, first_s = self._rules()
        for place, free in ((source, tries), (EVERYWHERE, max(tries, FREE_TRIES_EVERYWHERE))):
            if place == EVERYWHERE and not everywhere:
                continue
            count, last_us = self._failures(account, place)
            # A clock that was set back must not lock for longer than the lock itself.
            waited_us = max(0, now - last_us)
            left_us = lock_s(count, free, first_s) * SECOND_US - waited_us
            if left_us > 0:
                raise (LockedOut if everywhere else TriedTooOften)(seconds=-(-left_us // SECOND_US))

    def locked(self) -> list[Locked]:
        """Give who must wait now, the longest wait first."""
        now = self._clock.now_us()
        tries, first_s = self._rules()
        found: list[Locked] = []
        rows = self._store.run("SELECT account, source, count, last_us FROM failure ORDER BY last_us DESC")
        for account, source, count, last_us in rows:
            free = max(tries, FREE_TRIES_EVERYWHERE) if source == EVERYWHERE else tries
            left_us = lock_s(count, free, first_s) * SECOND_US - max(0, now - last_us)
            if left_us > 0:
                found.append(Locked(account, source, -(-left_us // SECOND_US)))
        return sorted(found, key=lambda one: -one.left_s)

    def end(self, account: str, source: str) -> bool:
        """Let an account be tried again from a place before its wait is over; says whether it had to wait."""
        waits = any((one.account, one.source) == (account, source) for one in self.locked())
        if waits:
            self._store.run("DELETE FROM failure WHERE account = ? AND source = ?", account, source)
        return waits

    def failed(self, account: str, source: str, *, everywhere: bool = True) -> None:
        """Count a wrong password."""
        now = self._clock.now_us()
        with self._store.transaction():
            self._store.run("DELETE FROM failure WHERE last_us < ?", now - FORGOTTEN_AFTER_S * SECOND_US)
            for place in (source, EVERYWHERE) if everywhere else (source,):
                self._store.run(
                    "INSERT INTO failure VALUES (?, ?, 1, ?) ON CONFLICT (account, source)"
                    " DO UPDATE SET count = count + 1, last_us = excluded.last_us",
                    account,
                    place,
                    now,
                )
            self._store.run(
                "DELETE FROM failure WHERE (account, source) IN"
                " (SELECT account, source FROM failure ORDER BY last_us DESC LIMIT -1 OFFSET ?)",
                MOST_ROWS,
            )

    @contextmanager
    def counted(self, account: str, source: str, wrong: type[Exception]) -> Generator[None]:
        """Have a try wait its turn, and count it where it ends with `wrong`; raises `TriedTooOften`.

        From every place by itself, before the recorder too.
        """
        self.check(account, source, everywhere=False)
        try:
            yield
        except wrong:
            self.failed(account, source, everywhere=False)
            raise
        self.passed(account, source)

    def passed(self, account: str, source: str) -> None:
        """Forget the failures of a place from which the right password came."""
        self._store.run("DELETE FROM failure WHERE account = ? AND source IN (?, ?)", account, source, EVERYWHERE)

    def _failures(self, account: str, source: str) -> tuple[int, int]:
        found = self._store.run(
            "SELECT count, last_us FROM failure WHERE account = ? AND source = ? AND last_us >= ?",
            account,
            source,
            self._clock.now_us() - FORGOTTEN_AFTER_S * SECOND_US,
        )
        return found[0] if found else (0, 0)  # pyright: ignore[reportReturnType]


def lock_s(failures: int, free: int, first_s: int = FIRST_LOCK_S) -> int:
    """How long one waits after so many failures, in seconds: nothing for the first, then doubling to 15 min."""
    over = failures - free
    return 0 if over < 0 else min(first_s << min(over, 10), LONGEST_LOCK_S)
