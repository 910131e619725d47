"""Secrets are checked a few at a time, and a flood of tries is turned away before it costs memory."""

import threading

from recorder.accounts.errors import Busy
from recorder.accounts.password import Passwords

AT_ONCE = 2
"""Each check takes 64 MiB."""
WAITING = 16


class Turnstile:
    """Checks records of argon2. Takes its time: never call from an event loop."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._queue = threading.BoundedSemaphore(WAITING)
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def record(self, secret: str) -> str:
        """Make the record of a secret."""
        return self._passwords.record(secret)

    def fits(self, record: str | None, secret: str) -> bool:
        """Whether a secret is the recorded one, after the same work where there is no record; raises `Busy`."""
        if not self._queue.acquire(blocking=False):
            raise Busy
        try:
            with self._slots:
                return self._passwords.fits(record, secret)
        finally:
            self._queue.release()
