"""Who was thrown out and stays out for a time: a user from one place on the network (D-MNT-06)."""

import threading
from dataclasses import dataclass

from recorder.accounts.store import AccountStore
from recorder.client.clock import SECOND_US, Clock

LONGEST_MIN = 65_535
MOST = 1000
"""Each is made by hand; the one that ends first goes."""


@dataclass(frozen=True)
class Block:
    """One user, kept out from one address until the recorder has run so long (microseconds since boot)."""

    user: str
    source: str
    ends_boot_us: int


class Blocks:
    """All of them, in memory beside the file; looking takes no I/O. They outlive restarts."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        now, boot = clock.now_us(), clock.monotonic_us()
        # A clock that was set back must not lengthen one.
        self._ends = {
            (user, source): boot + min(ends_us - now, ends_us - made_us)
            for user, source, made_us, ends_us in store.run("SELECT user, source, made_us, ends_us FROM block")
            if ends_us > now
        }

    def begin(self, user: str, source: str, minutes: int) -> None:
        """Keep a user out from an address."""
        now, length = self._clock.now_us(), minutes * 60 * SECOND_US
        with self._lock:
            for block in self._living()[: -MOST + 1]:
                self._forget(block.user, block.source)
            self._ends[user, source] = self._clock.monotonic_us() + length
            self._store.run("INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?)", user, source, now, now + length)

    def left_s(self, user: str, source: str) -> int:
        """How long a user is kept out from an address yet, in seconds."""
        left_us = self._ends.get((user, source), 0) - self._clock.monotonic_us()
        return max(0, -(-left_us // SECOND_US))

    def all(self) -> list[Block]:
        """Give those that hold, the one that ends first before others."""
        with self._lock:
            return self._living()

    def end(self, user: str, source: str) -> bool:
        """Let a user in again from there; says whether he was kept out."""
        with self._lock:
            return self._forget(user, source)

    def forget(self, user: str) -> None:
        """Forget all of a user's."""
        with self._lock:
            for block in self._living():
                if block.user == user:
                    self._forget(user, block.source)

    def _living(self) -> list[Block]:
        boot = self._clock.monotonic_us()
        for user, source in [key for key, ends in self._ends.items() if ends <= boot]:
            self._forget(user, source)
        return sorted((Block(*key, ends) for key, ends in self._ends.items()), key=lambda one: one.ends_boot_us)

    def _forget(self, user: str, source: str) -> bool:
        self._store.run("DELETE FROM block WHERE user = ? AND source = ?", user, source)
        return self._ends.pop((user, source), None) is not None
