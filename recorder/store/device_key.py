"""The key by which a recorder vouches for footage: Ed25519 (RFC 8032), made at the first run, changed in a chain.

`config/evidence.key` holds the 32 secret bytes (mode 0600), `config/evidence.pub` the public key as PEM for whoever
verifies elsewhere, `config/evidence.chain` the statements by which one key follows another. A backup carries key and
chain, so that a recorder that is brought back after a reinstall vouches as before.
"""

import base64
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.client.clock import Clock, SystemClock
from recorder.client.errors import NightjarError
from recorder.client.grants import key_file
from recorder.client.instance import Instance, file_mode
from recorder.client.words import _
from recorder.store import row_format
from recorder.store.errors import Damaged
from recorder.store.rows import KeyRow, RowKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "evidence.key"
PUBLIC_FILE = "evidence.pub"
CHAIN_FILE = "evidence.chain"
KEY_DOMAIN = b"nightjar device key 1\0"
PUBLIC_BYTES = 32
NO_KEY = bytes(PUBLIC_BYTES)
MOST_KEYS = 1000
"""Of one recorder; who changes its key every day needs three years for so many."""
_SIGNATURE_BYTES = 64
_LARGEST_PEM = 4096


class BadPublicKey(NightjarError):
    """A file that is to hold a public key does not."""

    status = 422
    words = _("{path} is no public key of a recorder: {problem}.")


class TooManyKeys(NightjarError):
    """The chain of keys is full."""

    status = 409
    words = _("The key of this recorder was changed {count} times. It cannot be changed again.")


class DeviceKey:
    """The signing key of an instance. No I/O before the first use; safe from any thread once it was used."""

    def __init__(self, instance: Instance, clock: Clock | None = None) -> None:
        self._folder = instance.config
        self._clock = clock or SystemClock()
        self._key: Ed25519PrivateKey | None = None
        self._seen: tuple[int, int] | None = None
        self._statements: list[KeyRow] = []

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return _public(self._load())

    def sign(self, data: bytes) -> bytes:
        """Give the signature of bytes that begin with a domain of ours."""
        return self._load().sign(data)

    def statements(self) -> Sequence[KeyRow]:
        """Give the statements about all keys so far, oldest first."""
        self._load()
        return tuple(self._statements)

    def rotate(self) -> None:
        """Take a new key from now on; both sign that it follows the old one. Raises `TooManyKeys`."""
        old = self._load()
        if len(self._statements) >= MOST_KEYS:
            raise TooManyKeys(count=MOST_KEYS)
        seed = secrets.token_bytes(32)
        statement = self._statement(_private(seed), old)
        self._keep_statements([*self._statements, statement])
        # A power cut here leaves a statement about a key that never signed: it is dropped at the next start.
        _replace(self._folder / KEY_FILE, seed, file_mode(self._folder))
        self._load()

    def take_back(self, seed: bytes, chain: bytes) -> bool:
        """Vouch with the key of before a reinstall; both sign that it follows the one until now.

        Nothing is done where it is the key already, or another followed it since. Says whether it was; a cut leaves
        the old key, and it is done anew.
        """
        now, back = self._load(), _private(seed)
        public = _public(back)
        if public == _public(now) or any(one.previous == public for one in self._statements):
            return False
        before = parse_chain(chain)
        while before and before[-1].key != public:
            before.pop()
        known = {(one.key, one.previous) for one in before}
        self._statements = [*before, *(one for one in self._statements if (one.key, one.previous) not in known)]
        self._statements = self._statements[: MOST_KEYS - 1]
        self._keep_statements([*self._statements, self._statement(back, now)])
        _replace(self._folder / KEY_FILE, seed, file_mode(self._folder))
        self._load()
        return True

    def _load(self) -> "Ed25519PrivateKey":
        """Read the key, again where its file changed: somebody may change it while the recorder runs."""
        path = self._folder / KEY_FILE
        try:
            found = path.stat()
            seen = (found.st_mtime_ns, found.st_ino)
        except FileNotFoundError:
            seen = None
        if self._key is not None and seen == self._seen:
            return self._key
        key = _private(key_file(path, shared=True))
        public = _public(key)
        kept = parse_chain(_read(self._folder / CHAIN_FILE))
        while kept and kept[-1].key != public:
            kept.pop()
        if not kept:
            kept = [self._statement(key, None)]
        self._keep_statements(kept)
        pem = public_pem(public)
        if _read(self._folder / PUBLIC_FILE) != pem:
            _replace(self._folder / PUBLIC_FILE, pem, 0o644)
        found = path.stat()
        self._key, self._seen = key, (found.st_mtime_ns, found.st_ino)
        return key

    def _statement(self, new: "Ed25519PrivateKey", old: "Ed25519PrivateKey | None") -> KeyRow:
        before = self._statements[-1] if self._statements and old is not None else None
        unsigned = KeyRow(
            key=_public(new),
            previous=_public(old) if old is not None else NO_KEY,
            number=before.number + 1 if before else 1,
            made_us=self._clock.now_us(),
            by_itself=bytes(_SIGNATURE_BYTES),
            by_previous=bytes(_SIGNATURE_BYTES),
        )
        part = stated(unsigned)
        by_previous = old.sign(part) if old is not None else bytes(_SIGNATURE_BYTES)
        return unsigned._replace(by_itself=new.sign(part), by_previous=by_previous)

    def _keep_statements(self, statements: list[KeyRow]) -> None:
        self._statements = statements
        data = b"".join(row_format.pack(one)[1] for one in statements)
        if _read(self._folder / CHAIN_FILE) != data:
            _replace(self._folder / CHAIN_FILE, data, 0o644)


def stated(row: KeyRow) -> bytes:
    """Give the bytes that the signatures of a statement cover."""
    return KEY_DOMAIN + row_format.pack(row)[1][: -2 * _SIGNATURE_BYTES]


def parse_chain(data: bytes) -> list[KeyRow]:
    """Read the statements that lie one behind the other; ends at the first that is not whole."""
    size = len(row_format.pack(KeyRow(NO_KEY, NO_KEY, 0, 0, bytes(64), bytes(64)))[1])
    found: list[KeyRow] = []
    for at in range(0, min(len(data), MOST_KEYS * size) - size + 1, size):
        try:
            row = row_format.parse(RowKind.KEY, data[at : at + size])
        except Damaged:
            break
        assert isinstance(row, KeyRow)
        found.append(row)
    return found


def verified(key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether a signature is right."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_keys(trusted: bytes, statements: Iterable[KeyRow]) -> set[bytes]:
    """Give every key that one key vouches for, before and after it, by statements that both sides signed."""
    pairs = [
        (one.key, one.previous)
        for one in statements
        if one.previous != NO_KEY
        and verified(one.key, one.by_itself, stated(one))
        and verified(one.previous, one.by_previous, stated(one))
    ]
    found = {trusted}
    while True:
        more = {key for pair in pairs if found & set(pair) for key in pair} - found
        if not more:
            return found
        found |= more


def fingerprint(key: bytes) -> str:
    """Give what people compare: the beginning of the key's SHA-256, in groups."""
    from hashlib import sha256

    text = sha256(key).hexdigest()[:40].upper()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def public_pem(key: bytes) -> bytes:
    """Give a public key as PEM (RFC 8410), as other programs read it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Ed25519PublicKey.from_public_bytes(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(path: Path) -> bytes:
    """Read a public key from a file: PEM, or base64 or hex of its 32 bytes. Raises `BadPublicKey`."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_PEM).strip()
    except OSError as error:
        raise BadPublicKey(path=path, problem=error.strerror or error) from error
    try:
        return parse_public(data)
    except ValueError as error:
        raise BadPublicKey(path=path, problem=error) from error


def parse_public(data: bytes) -> bytes:
    """Read a public key; raises `ValueError`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    if data.startswith(b"-----"):
        try:
            key = load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError(_("it cannot be read")) from error
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError(_("it is of another kind"))
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    try:
        text = data.decode("ascii")
        found = bytes.fromhex(text) if len(text) == 2 * PUBLIC_BYTES else base64.b64decode(text, validate=True)
    except ValueError:
        found = b""
    if len(found) != PUBLIC_BYTES:
        raise ValueError(_("it cannot be read"))
    return found


def _private(seed: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed)


def _public(key: "Ed25519PrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _replace(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
