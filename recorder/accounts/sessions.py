"""Logins that last: a random token for the caller, its SHA-256 for us, valid only at the door it was given at."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, replace

from recorder.accounts.caller import Door
from recorder.accounts.store import AccountStore
from recorder.client.clock import SECOND_US, Clock

LONGEST_S = 24 * 3600
"""A session ends so long after its login."""
IDLE_S = 2 * 3600
"""A session ends when nothing was asked with it for so long."""
MOST_PER_USER = 100


@dataclass(frozen=True)
class Login:
    """One session, kept in memory beside the file. It ends by the clock that never steps (microseconds since boot)."""

    hash: str
    user: str
    door: Door
    source: str
    made_us: int
    ends_boot_us: int
    idle_boot_us: int

    @property
    def id(self) -> str:
        """What it is called by others; nobody gets in with it."""
        return self.hash[:16]

    def left_us(self, boot_us: int) -> int:
        """How long it still lasts if nothing more is asked."""
        return min(self.ends_boot_us, self.idle_boot_us) - boot_us


class Sessions:
    """All logins. Looking one up takes no I/O; making and ending one writes the file."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        rows = store.run("SELECT hash, user, door, source, made_us FROM session")
        # A restart of control is no idleness: what was alive counts as seen now.
        self._logins = {row[0]: self._login(row[0], row[1], Door(row[2]), row[3], row[4]) for row in rows}

    def _login(self, key: str, user: str, door: Door, source: str, made_us: int) -> Login:
        boot = self._clock.monotonic_us()
        age = max(0, self._clock.now_us() - made_us)
        ends = boot + LONGEST_S * SECOND_US - age
        return Login(key, user, door, source, made_us, ends, boot + IDLE_S * SECOND_US)

    def begin(self, user: str, door: Door, source: str) -> tuple[str, Login]:
        """Make a session and give its token, which is not kept."""
        token = secrets.token_urlsafe(32)
        now = self._clock.now_us()
        login = self._login(digest(token), user, door, source, now)
        with self._lock:
            self._sweep()
            mine = sorted((one.made_us, one.hash) for one in self._logins.values() if one.user == user)
            for _made, key in mine[: max(0, len(mine) - MOST_PER_USER + 1)]:
                self._forget(key)
            self._logins[login.hash] = login
            self._store.run("INSERT INTO session VALUES (?, ?, ?, ?, ?)", login.hash, user, door.value, source, now)
        return token, login

    def find(self, token: str, door: Door) -> Login | None:
        """Give the session that a token stands for at this door, or None. To ask is a sign of life."""
        key = digest(token)
        boot = self._clock.monotonic_us()
        with self._lock:
            login = self._logins.get(key)
            if login is None or login.door is not door or login.left_us(boot) <= 0:
                return None
            self._logins[key] = login = replace(login, idle_boot_us=boot + IDLE_S * SECOND_US)
        return login

    def expires_us(self, login: Login) -> int:
        """When it ends if nothing more is asked (UTC)."""
        return self._clock.now_us() + login.left_us(self._clock.monotonic_us())

    def end(self, token_hash: str) -> None:
        """End a session; one that is over already is fine."""
        with self._lock:
            self._forget(token_hash)

    def living(self, token_hash: str) -> Login | None:
        """Give a session that is still on; asking is no sign of life."""
        with self._lock:
            login = self._logins.get(token_hash)
            return login if login is not None and login.left_us(self._clock.monotonic_us()) > 0 else None

    def all(self) -> list[Login]:
        """Give the sessions that are on, the newest last."""
        boot = self._clock.monotonic_us()
        with self._lock:
            return sorted((one for one in self._logins.values() if one.left_us(boot) > 0), key=lambda one: one.made_us)

    def end_all(self, user: str, but: str = "") -> None:
        """End the sessions of a user, all but one."""
        with self._lock:
            for key in [one.hash for one in self._logins.values() if one.user == user and one.hash != but]:
                self._forget(key)

    def _sweep(self) -> None:
        boot = self._clock.monotonic_us()
        for key in [key for key, one in self._logins.items() if one.left_us(boot) <= 0]:
            self._forget(key)

    def _forget(self, key: str) -> None:
        if self._logins.pop(key, None) is not None:
            self._store.run("DELETE FROM session WHERE hash = ?", key)


def digest(token: str) -> str:
    """What is kept of a token. It is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
