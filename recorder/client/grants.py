"""Grants: what control lets somebody see, as a signed token that media, reader, decode and web verify by themselves.

Each is of a generation: when somebody may less than before, control begins the next one, and all grants of those before
are void at once, wherever they are.

A token is `base64url(JSON of the Grant) "." base64url(Ed25519 signature)`; the signature covers `DOMAIN` and the JSON
bytes (RFC 8032). control alone has the private key; whoever has `config/grant.pub` verifies.
"""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, file_mode
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DOMAIN = b"nightjar grant 1\0"
LONGEST_TOKEN = 8192
PRIVATE_KEY = "grant.key"
PUBLIC_KEY = "grant.pub"
GENERATION = "grant.generation"
_KEY_BYTES = 32


class BadGrant(NightjarError):
    """A token that is not ours, is too old, or does not cover what was asked with it."""

    status = 403
    words = _("You are not allowed to see this: {problem}. Open it again from the recorder.")


@dataclass(frozen=True)
class Grant:
    """What may be seen until `expires_us` (UTC).

    `start_us` and `end_us` bound recorded time (UTC, None is unbounded); `live` allows live pictures.
    """

    channels: tuple[int, ...]
    streams: tuple[StreamName, ...]
    audio: bool
    start_us: int | None
    end_us: int | None
    live: bool
    expires_us: int
    generation: int = 0

    def check_live(self, channel: int, stream: StreamName, *, audio: bool = False) -> None:
        """Raise `BadGrant` unless the live stream may be seen (with sound, if asked)."""
        self._check_stream(channel, stream, audio=audio)
        if not self.live:
            raise BadGrant(problem=_("live pictures are not included"))

    def check_recorded(
        self, channel: int, stream: StreamName, start_us: int, end_us: int | None, *, audio: bool = False
    ) -> None:
        """Raise `BadGrant` unless recorded time from `start_us` to `end_us` (None: to its end) may be seen."""
        self._check_stream(channel, stream, audio=audio)
        if self.start_us is not None and start_us < self.start_us:
            raise BadGrant(problem=_("the time asked for is too early"))
        if self.end_us is not None and (end_us is None or end_us > self.end_us):
            raise BadGrant(problem=_("the time asked for is too late"))

    def _check_stream(self, channel: int, stream: StreamName, *, audio: bool) -> None:
        if channel not in self.channels or stream not in self.streams:
            raise BadGrant(problem=_("this channel is not included"))
        if audio and not self.audio:
            raise BadGrant(problem=_("sound is not included"))


def mint(grant: Grant, private_key: "Ed25519PrivateKey") -> str:
    """Sign a grant into a token."""
    body = msgspec.json.encode(grant)
    return f"{_text(body)}.{_text(private_key.sign(DOMAIN + body))}"


def verify(token: str, public_key: "Ed25519PublicKey", clock: Clock) -> Grant:
    """Read a token; raises `BadGrant` if it is damaged, not signed by our key, or expired."""
    from cryptography.exceptions import InvalidSignature

    if len(token) > LONGEST_TOKEN:
        raise BadGrant(problem=_("the token is too long"))
    body_text, _dot, signature_text = token.partition(".")
    try:
        body, signature = _bytes(body_text), _bytes(signature_text)
        public_key.verify(signature, DOMAIN + body)
        grant = msgspec.json.decode(body, type=Grant)
    except (ValueError, InvalidSignature, msgspec.DecodeError) as error:
        raise BadGrant(problem=_("the token is not valid")) from error
    if clock.now_us() >= grant.expires_us:
        raise BadGrant(problem=_("the token has expired"))
    return grant


def private_key(instance: Instance) -> "Ed25519PrivateKey":
    """Give control's signing key; made on first need, together with the public half beside it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    seed = key_file(instance.config / PRIVATE_KEY)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    beside = instance.config / PUBLIC_KEY
    if not beside.exists() or beside.read_bytes() != public:
        _replace(beside, public, 0o644)
    return key


class Verifier:
    """Verifies tokens with the public key of an instance, reading the key again when its file changes."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._file = instance.config / PUBLIC_KEY
        self._clock = clock
        self._key: Ed25519PublicKey | None = None
        self._seen: tuple[int, int] | None = None
        self._generation = Generation(instance)

    def verify(self, token: str) -> Grant:
        """Read a token; raises `BadGrant`."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            found = self._file.stat()
            seen = (found.st_mtime_ns, found.st_ino)
            if self._key is None or seen != self._seen:
                self._key = Ed25519PublicKey.from_public_bytes(self._file.read_bytes())
                self._seen = seen
        except (OSError, ValueError) as error:
            raise BadGrant(problem=_("the recorder has no key for it")) from error
        grant = verify(token, self._key, self._clock)
        if self.is_void(grant):
            raise BadGrant(problem=_("the rights of users were changed since"))
        return grant

    def is_void(self, grant: Grant) -> bool:
        """Whether somebody may less since a grant was minted; for what goes on under it."""
        return grant.generation != self._generation.now()


class Generation:
    """Which generation of grants counts, kept in a file beside the keys; control alone writes it."""

    def __init__(self, instance: Instance) -> None:
        self._file = instance.config / GENERATION
        self._seen: tuple[int, int] | None = None
        self._now = 0

    def now(self) -> int:
        """Give the generation that counts; 0 before the first change of rights."""
        try:
            found = self._file.stat()
        except OSError:
            return 0
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            text = self._file.read_bytes()[:20]
            # What cannot be read is of no generation: then no grant counts until control writes it again.
            self._now = int(text) if text.isdigit() else -1
            self._seen = seen
        return self._now

    def next(self) -> int:
        """Begin the next generation, and give it."""
        following = str(max(self.now(), 0) + 1).encode()
        try:
            _replace(self._file, following, 0o644)
        except OSError:
            # A full disk takes no other file, but this one's few bytes: nobody keeps a right because of it.
            with self._file.open("r+b") as file:
                file.write(following)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
        return self.now()


def key_file(path: Path, *, shared: bool = False) -> bytes:
    """Give the 32 secret bytes of a key file (mode 0600), made at random on first need; safe against a race of two.

    One that is `shared` is read by the group of a shared folder.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        _write(fresh, secrets.token_bytes(_KEY_BYTES), file_mode(path.parent) if shared else 0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        found = path.read_bytes()
    if len(found) != _KEY_BYTES:
        raise DamagedKey(path=path)
    return found


class DamagedKey(NightjarError):
    """A key file does not hold a key; making another one silently would lose every secret sealed with it."""

    status = 500
    words = _("The key file {path} is damaged. Restore it from a backup, or remove it and enter all passwords again.")


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        _write(fresh, data, mode)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    # The last sign of base64 has bits that mean nothing: one token has one spelling.
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != text:
        raise ValueError(text)
    return found
