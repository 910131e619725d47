"""Second factors: the secret that an authenticator shares with us, sealed, and the last step that was used (A16)."""

import logging
import threading

from recorder.accounts.store import AccountStore
from recorder.accounts.totp import new_secret, step_of
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.settings.secret import Seal

log = logging.getLogger(__name__)
BEGUN_S = 600
"""So long a secret that was shown waits for its first code."""


class SecondFactors:
    """Those of all users. Safe from any thread."""

    def __init__(self, store: AccountStore, seal: Seal, clock: Clock) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock
        self._lock = threading.Lock()
        self._begun: dict[str, tuple[str, int]] = {}

    def is_on(self, user: str) -> bool:
        """Whether a user needs one over the network."""
        return bool(self._store.run("SELECT 1 FROM second_factor WHERE user = ?", user))

    def begin(self, user: str) -> str:
        """Make a secret; it counts once a code of it was given. The one before counts until then."""
        secret = new_secret()
        with self._lock:
            self._begun[user] = secret, self._clock.monotonic_us()
        return secret

    def confirm(self, user: str, code: str) -> bool:
        """Take the secret that was begun, if this is its code now."""
        with self._lock:
            secret, since_us = self._begun.get(user, ("", 0))
            if not secret or self._clock.monotonic_us() - since_us > BEGUN_S * SECOND_US:
                self._begun.pop(user, None)
                return False
            step = step_of(secret, digits(code), self._now_s())
            if step is None:
                return False
            del self._begun[user]
        self._store.run("INSERT OR REPLACE INTO second_factor VALUES (?, ?, ?)", user, self._seal.seal(secret), step)
        return True

    def spend(self, user: str, code: str) -> bool:
        """Whether a code is good now; a code counts once, and none before it counts any more."""
        with self._store.transaction():
            rows = self._store.run("SELECT secret, step FROM second_factor WHERE user = ?", user)
            if not rows:
                return False
            try:
                secret = self._seal.unseal(rows[0][0])
            except NightjarError as error:
                log.error("The second factor of a user cannot be read: %s", error)  # noqa: TRY400 - the words say it all
                return False
            step = step_of(secret, digits(code), self._now_s())
            if step is None or step <= rows[0][1]:
                return False
            self._store.run("UPDATE second_factor SET step = ? WHERE user = ?", step, user)
            return True

    def forget(self, user: str) -> None:
        """Ask for none any more."""
        self._store.run("DELETE FROM second_factor WHERE user = ?", user)

    def _now_s(self) -> int:
        return self._clock.now_us() // SECOND_US


def digits(code: str) -> str:
    """What counts of a code as somebody typed it."""
    return code[:16].replace(" ", "")
