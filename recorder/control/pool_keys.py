"""The keys of encrypted pools, as an owner asks for them: each showing stands in the audit before it is answered."""

from recorder.client.answers import RecoveryKey
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.pages.pool import Pool
from recorder.settings.settings import Author, Settings
from recorder.store.key_ring import KeyRing, recovery_key


class NotEncrypted(NightjarError):
    """The pool has no key."""

    status = 404
    words = _("Pool {pool} is not encrypted, so it has no recovery key.")


class PoolKeys:
    """Keys of the pools of this recorder. Waits for the disk; safe from any thread."""

    def __init__(self, settings: Settings, ring: KeyRing) -> None:
        self._settings = settings
        self._ring = ring

    def show(self, pool: int, author: Author) -> RecoveryKey:
        """Give the recovery key of a pool, its key made where the plan has not come to it yet.

        A pool that is no longer encrypted still has one: older footage needs it. Raises `NotEncrypted`, `DamagedKeys`.
        """
        encrypted = self._settings.get(Pool, str(pool)).encrypted
        key = self._ring.ensure(pool) if encrypted else self._ring.writing(pool)
        if key is None:
            raise NotEncrypted(pool=pool)
        self._settings.remark(Pool, str(pool), "recovery_key", "shown", author)
        return RecoveryKey(pool, recovery_key(key.secret))

    def enter(self, typed: str, author: Author) -> None:
        """Take the key of a pool of another recorder; raises `BadRecoveryKey`, `DamagedKeys`."""
        number = self._ring.enter(typed)
        self._settings.remark(Pool, "", "recovery_key", f"entered {number:08x}", author)
