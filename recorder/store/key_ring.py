"""The pool keys of an instance: made when a pool is, sealed by the device key at rest, written down as recovery keys.

A recovery key is the key itself, 32 bytes, with three more that tell a slip of the pen, in Crockford's base32: fourteen
groups of four, without I, L, O and U.
"""

import os
import secrets
import threading
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from recorder.client.clock import Clock, SystemClock
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import Instance, file_mode
from recorder.client.words import _
from recorder.sealing import Sealer
from recorder.store.cipher import KEY_BYTES
from recorder.store.errors import StoreError
from recorder.store.keys import PoolKey

FILE = "pool-keys.json"
LARGEST_FILE = 1 << 20
NUMBER_DOMAIN = b"nightjar pool key 1\0"
CHECK_DOMAIN = b"nightjar recovery key 1\0"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 4
_CHECK_BYTES = 3
_LETTERS = (KEY_BYTES + _CHECK_BYTES) * 8 // 5
_ALIKE = str.maketrans("OIL", "011")


class BadRecoveryKey(NightjarError):
    """What was typed is no recovery key."""

    status = 422
    words = _("This is no recovery key: {problem}. It has fourteen groups of four letters and digits.")


class DamagedKeys(StoreError):
    """The file of the pool keys cannot be read; a new one would lock all footage for good."""

    status = 500
    words = _("The keys of encrypted pools cannot be read ({problem}). Enter the recovery keys again.")


class Kept(NamedTuple):
    """A key as it is listed: its number, the pool that is written with it (None: only read), when it came."""

    number: int
    pool: int | None
    made_us: int


class _Row(msgspec.Struct):
    number: int
    sealed: str
    made_us: int
    pool: int | None = None


class KeyRing:
    """The keys of one instance. No I/O before the first use; safe from any thread."""

    def __init__(self, instance: Instance, clock: Clock | None = None, path: Path | None = None) -> None:
        """`path` is another file than the instance's own."""
        self._path = path or instance.config / FILE
        self._sealer = Sealer(instance)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._making = threading.Lock()
        """Two who want a pool's key at once get the same."""
        self._seen: tuple[int, int] | None = None
        self._rows: list[_Row] = []
        self._secrets: dict[int, bytes] = {}

    def writing(self, pool: int) -> PoolKey | None:
        """Give the key that a pool is written with now; raises `DamagedKeys`."""
        with self._lock:
            self._load()
            row = next((one for one in reversed(self._rows) if one.pool == pool), None)
            return PoolKey(row.number, self._secret(row)) if row else None

    def of(self, number: int) -> bytes | None:
        """Give the key of a number; None where this recorder does not have it. Raises `DamagedKeys`."""
        with self._lock:
            self._load()
            row = next((one for one in self._rows if one.number == number), None)
            return self._secret(row) if row else None

    def all(self) -> list[Kept]:
        """Give all keys, oldest first; raises `DamagedKeys`."""
        with self._lock:
            self._load()
            return [Kept(one.number, one.pool, one.made_us) for one in self._rows]

    def make(self, pool: int) -> PoolKey:
        """Make the key that a pool is written with from now on; keys from before still read."""
        return self._keep(secrets.token_bytes(KEY_BYTES), pool)

    def ensure(self, pool: int) -> PoolKey:
        """Give the key that a pool is written with, made where there is none yet; raises `DamagedKeys`."""
        with self._making:
            return self.writing(pool) or self.make(pool)

    def enter(self, recovery_key: str, pool: int | None = None) -> int:
        """Take a key from its recovery key; gives its number. Raises `BadRecoveryKey`, `DamagedKeys`."""
        return self._keep(parse_recovery_key(recovery_key), pool).number

    def _keep(self, secret: bytes, pool: int | None) -> PoolKey:
        key = PoolKey(number_of(secret), secret)
        with self._lock:
            self._load()
            known = next((one for one in self._rows if one.number == key.number), None)
            rows = [one for one in self._rows if one is not known]
            if known is not None and pool is None:
                pool = known.pool
            rows.append(_Row(key.number, self._sealer.seal(secret.hex()), self._clock.now_us(), pool))
            self._write(rows)
            self._load()
        return key

    def _load(self) -> None:
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_ino)
            if seen == self._seen:
                return
            with self._path.open("rb") as file:
                data = file.read(LARGEST_FILE)
            self._rows = msgspec.json.decode(data, type=list[_Row])
        except FileNotFoundError:
            seen, self._rows = None, []
        except (OSError, *UNREADABLE) as error:
            raise DamagedKeys(problem=error) from error
        self._seen = seen
        self._secrets = {}

    def _secret(self, row: _Row) -> bytes:
        known = self._secrets.get(row.number)
        if known is None:
            try:
                known = bytes.fromhex(self._sealer.unseal(row.sealed))
            except (NightjarError, ValueError) as error:
                raise DamagedKeys(problem=_("they were sealed by another recorder")) from error
            self._secrets[row.number] = known
        return known

    def _write(self, rows: list[_Row]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, file_mode(self._path.parent))
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(rows))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # A key that is lost in a power cut would lock what was written with it.
            os.fsync(folder)
        finally:
            os.close(folder)


def number_of(secret: bytes) -> int:
    """Give the number of a key: made from it, so that a recovery key finds the footage that it opens."""
    return int.from_bytes(sha256(NUMBER_DOMAIN + secret).digest()[:4], "little")


def recovery_key(secret: bytes) -> str:
    """Give a key as it is written down."""
    number = int.from_bytes(secret + _check(secret), "big")
    letters = "".join(ALPHABET[number >> 5 * n & 31] for n in reversed(range(_LETTERS)))
    return "-".join(letters[at : at + GROUP] for at in range(0, _LETTERS, GROUP))


def parse_recovery_key(text: str) -> bytes:
    """Read what was typed, however it was grouped and in small letters too; raises `BadRecoveryKey`."""
    letters = "".join(text[:1000].upper().replace("-", " ").split()).translate(_ALIKE)
    if len(letters) != _LETTERS:
        problem = _("it has {count} signs instead of {wanted}").format(count=len(letters), wanted=_LETTERS)
        raise BadRecoveryKey(problem=problem)
    number = 0
    for one in letters:
        value = ALPHABET.find(one)
        if value < 0:
            raise BadRecoveryKey(problem=_("{sign} does not occur in one").format(sign=one))
        number = number << 5 | value
    data = number.to_bytes(KEY_BYTES + _CHECK_BYTES, "big")
    secret, check = data[:KEY_BYTES], data[KEY_BYTES:]
    if check != _check(secret):
        raise BadRecoveryKey(problem=_("a sign in it is wrong"))
    return secret


def _check(secret: bytes) -> bytes:
    return sha256(CHECK_DOMAIN + secret).digest()[:_CHECK_BYTES]
