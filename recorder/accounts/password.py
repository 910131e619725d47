"""Passwords: the rules for a new one, and argon2id records of them (RFC 9106)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from recorder.accounts.errors import BadPassword
from recorder.client.answers import MASK

SHORTEST = 8
LONGEST = 128


def check_new(password: str) -> None:
    """Refuse what may not become a password; raises `BadPassword`."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable() or password == MASK:
        raise BadPassword


class Passwords:
    """Makes and checks records. Each call takes about 50 ms and 64 MiB: never on an event loop, few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    def record(self, password: str) -> str:
        """Make the record of a password."""
        return self._hasher.hash(password)

    def fits(self, record: str | None, password: str) -> bool:
        """Whether a password is the recorded one. Without a record it takes as long and says no."""
        if not self._nobody:
            self._nobody = self._hasher.hash("")
        try:
            return self._hasher.verify(record or self._nobody, password[: LONGEST + 1]) and record is not None
        except (VerificationError, InvalidHashError):
            return False
