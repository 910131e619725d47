"""A stick that lets back in: who pushes it in may set an administrator's password anew, at the recorder alone (A25).

On the stick lies one file, a line of ASCII: which stick it is (16 hex digits), and 256 random bits (64 hex digits).
Kept here is a hash of both, sealed with the key of this device: what is copied from here opens no recorder, and a file
that was made for another recorder, or before the newest, does not open this one.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock
from recorder.sealing import Unreadable
from recorder.settings.secret import Seal

NAME = b"nightjar-recovery.key"
"""The file, in the top folder of the stick."""
LARGEST_FILE = 256
"""More is not read of it."""
_DOMAIN = b"nightjar recovery stick 1\0"
_LINE = re.compile(rb"nightjar-recovery 1 ([0-9a-f]{16}) ([0-9a-f]{64})\r?\n?")


@dataclass(frozen=True)
class StickKey:
    """What the file of a stick says."""

    stick: str
    secret: str = field(repr=False)

    @classmethod
    def fresh(cls) -> "StickKey":
        """Make one that was never there."""
        return cls(secrets.token_hex(8), secrets.token_hex(32))

    @classmethod
    def parse(cls, data: bytes) -> "StickKey | None":
        """Read a file as somebody brought it; None where it is none of ours."""
        found = _LINE.fullmatch(data)
        return cls(found[1].decode(), found[2].decode()) if found is not None else None

    @property
    def file(self) -> bytes:
        """What is written on the stick."""
        return f"nightjar-recovery 1 {self.stick} {self.secret}\n".encode()

    @property
    def digest(self) -> str:
        """What is kept of it: the secret is random, so a fast hash of it tells nobody anything (as with keys, A13)."""
        return sha256(_DOMAIN + self.file).hexdigest()


@dataclass(frozen=True)
class Made:
    """By whom the stick that counts was made, and when (UTC)."""

    user: str
    made_us: int


class RecoveryStick:
    """The one stick that counts, once. Safe from any thread."""

    def __init__(self, store: AccountStore, seal: Seal, clock: Clock, counts: Callable[[], bool]) -> None:
        """`counts` says whether the owner lets a stick do anything."""
        self._store = store
        self._seal = seal
        self._clock = clock
        self._counts = counts

    @property
    def made(self) -> Made | None:
        """The stick that counts; None where there is none (any more)."""
        found = self._store.run("SELECT user, made_us FROM recovery_stick")
        return Made(*found[0]) if found else None

    def keep(self, key: StickKey, user: str) -> None:
        """Let the stick of a key count from now on, and none that was made before."""
        sealed, now_us = self._seal.seal(key.digest), self._clock.now_us()
        with self._store.transaction():
            self._store.run("DELETE FROM recovery_stick")
            self._store.run("INSERT INTO recovery_stick VALUES (?, ?, ?, ?)", key.stick, user, sealed, now_us)

    def fitting(self, keys: Iterable[StickKey]) -> StickKey | None:
        """Give the key that counts here and now; None where none of them does."""
        return next((one for one in keys if self._fits(one)), None)

    def spend(self, key: StickKey) -> bool:
        """Use it up; False where it does not count (any more)."""
        with self._store.transaction():
            if not self._fits(key):
                return False
            self._store.run("DELETE FROM recovery_stick WHERE stick = ?", key.stick)
            return True

    def _fits(self, key: StickKey) -> bool:
        if not self._counts():
            return False
        found = self._store.run("SELECT verifier FROM recovery_stick WHERE stick = ?", key.stick)
        try:
            return bool(found) and hmac.compare_digest(self._seal.unseal(found[0][0]), key.digest)
        except Unreadable:
            return False  # the accounts of another recorder
