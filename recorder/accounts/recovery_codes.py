"""One-time codes: written down while all is well, each stands once for a forgotten password or a lost second factor.

A code is of 16 signs out of 31, which is 79 random bits: a fast hash of it tells nobody anything (as with keys, A13).
"""

import secrets

from recorder.accounts.sessions import digest
from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock

# No 0 and O, 1, I and L: read off paper and typed.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 16
IN_A_GROUP = 4
HOW_MANY = 10
"""Ten: a sheet of paper is full, and nobody forgets his password more often."""


class RecoveryCodes:
    """The codes of all users."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def make(self, user: str) -> tuple[str, ...]:
        """Make the codes of a user anew and give them; those before are void, and these are not kept."""
        made = [written(LETTERS, LENGTH) for _each in range(HOW_MANY)]
        now = self._clock.now_us()
        with self._store.transaction():
            self._store.run("DELETE FROM recovery_code WHERE user = ?", user)
            for code in made:
                self._store.run("INSERT INTO recovery_code VALUES (?, ?, ?)", user, digest(plain(code)), now)
        return tuple(made)

    def left(self, user: str) -> int:
        """How many codes of a user were not used yet."""
        return int(self._store.run("SELECT COUNT(*) FROM recovery_code WHERE user = ?", user)[0][0])

    def has(self, user: str, code: str) -> bool:
        """Whether a code is one of a user's."""
        asked = "SELECT 1 FROM recovery_code WHERE user = ? AND hash = ?"
        return bool(self._store.run(asked, user, digest(plain(code))))

    def spend(self, user: str, code: str) -> bool:
        """Use a code up; False where it is none of this user's (any more)."""
        gone = "DELETE FROM recovery_code WHERE user = ? AND hash = ? RETURNING 1"
        return bool(self._store.run(gone, user, digest(plain(code))))


def written(letters: str, length: int) -> str:
    """Give random signs in groups of four with dashes between."""
    signs = "".join(secrets.choice(letters) for _each in range(length))
    return "-".join(signs[at : at + IN_A_GROUP] for at in range(0, length, IN_A_GROUP))


def plain(code: str) -> str:
    """What counts of a code as somebody typed it."""
    return code[:64].upper().replace("-", "").replace(" ", "")
