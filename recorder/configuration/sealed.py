"""A sealed configuration: what is in it may be read with one of the passwords that lock it, and by nobody else (C2).

`NJSC`, u16 version, u16 zero, u32 length of the head, the head (JSON, in clear: a `Manifest`), then 12 bytes nonce and
AES-256-GCM (NIST SP 800-38D) of the content as zlib packs it; all before the nonce is authenticated with it. The key of
the content is random. For each password it is wrapped: argon2id (RFC 9106) makes 32 bytes of salt and password, HKDF
(RFC 5869) of them the key that wraps. Of a password whose argon2id record is known, the record's own 32 bytes serve: so
a backup is locked by passwords that nobody typed just then, and the record stands nowhere in it in clear.
"""

import base64
import re
import secrets
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.words import _

MAGIC = b"NJSC"
VERSION = 1
LARGEST_FILE = 32 << 20
"""What a configuration with 128 channels, 100 sounds and all users takes is a tenth of it."""
LARGEST_HEAD = 64 << 10
LARGEST_CONTENT = 64 << 20
"""All sounds that a file has room for are half of it; no file may make us take more memory than that."""
MOST_LOCKS = 8
"""Passwords that open one; each that does not fit costs as much as a login."""
LARGEST_MEMORY = 256 << 20
LARGEST_TIME = 10
LARGEST_LANES = 16
"""What a foreign head may make us spend on a password: four times what our own records cost."""
_START = struct.Struct("<4sHHI")
_NONCE_BYTES = 12
_KEY_BYTES = 32
_RECORD = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})"
)
_INFO = b"nightjar configuration 1\0"


class NotAConfiguration(NightjarError):
    """A file that is no configuration of ours, or a damaged one."""

    status = 422
    words = _("This is no configuration of a recorder: {problem}.")


class NewerConfiguration(NightjarError):
    """It was written by a version to come."""

    status = 422
    words = _("This configuration was written by a newer version of the recorder. Update this one first.")


class WrongConfigurationPassword(NightjarError):
    """No lock of it opens with this password."""

    status = 403
    words = _("This password does not open the configuration.")


class Lock(msgspec.Struct, frozen=True):
    """One password that opens it. `wrapped` is the key of the content."""

    salt: bytes
    time: int
    memory_kib: int
    lanes: int
    nonce: bytes
    wrapped: bytes


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What may be known of it without a password."""

    made_us: int
    """When (UTC)."""
    name: str
    """What its owner called the recorder."""
    recorder: str = ""
    """The recorder's number (hex); empty where it never recorded."""
    firmware: str = ""
    """The version that wrote it."""
    locks: tuple[Lock, ...] = ()


class Opening(NamedTuple):
    """How a password is made into the bytes that a lock is made of."""

    salt: bytes
    time: int
    memory_kib: int
    lanes: int


class Secret(NamedTuple):
    """A password as a lock takes it: the 32 bytes that argon2id made of it, and whose it is (empty: nobody's)."""

    opening: Opening
    made: bytes
    user: str = ""


def secret_of_record(record: str, user: str) -> Secret | None:
    """Take a password by its argon2id record; None where the record is of another kind."""
    found = _RECORD.fullmatch(record)
    if found is None:
        return None
    memory, time, lanes = (int(one) for one in found.group(1, 2, 3))
    salt, made = (base64.b64decode(one + "=" * (-len(one) % 4)) for one in found.group(4, 5))
    return Secret(Opening(salt, time, memory, lanes), made, user)


def seal(manifest: Manifest, by: Sequence[Secret], content: bytes) -> bytes:
    """Seal a content with some passwords, of which each opens it; at most `MOST_LOCKS`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = secrets.token_bytes(_KEY_BYTES)
    locks = tuple(_lock(one, key) for one in by[:MOST_LOCKS])
    head = msgspec.json.encode(msgspec.structs.replace(manifest, locks=locks))
    before = _START.pack(MAGIC, VERSION, 0, len(head)) + head
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return before + nonce + AESGCM(key).encrypt(nonce, zlib.compress(content, 9), before)


def manifest_of(data: bytes) -> Manifest:
    """Read what is in clear; raises `NotAConfiguration`, `NewerConfiguration`."""
    return _parse(data)[0]


def open_sealed(data: bytes, password: str, user: str = "") -> bytes:
    """Give the content; raises `NotAConfiguration`, `NewerConfiguration`, `WrongConfigurationPassword`.

    Takes its time and memory, for each lock as much as a login: never on an event loop.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    manifest, end = _parse(data)
    for one in manifest.locks:
        opening = Opening(one.salt, one.time, one.memory_kib, one.lanes)
        try:
            key = AESGCM(_wrapping(Secret(opening, _made(opening, password), user))).decrypt(
                one.nonce, one.wrapped, _INFO
            )
        except InvalidTag:
            continue
        nonce, body = data[end : end + _NONCE_BYTES], data[end + _NONCE_BYTES :]
        try:
            packed = AESGCM(key).decrypt(nonce, body, data[:end])
        except (InvalidTag, ValueError):
            raise NotAConfiguration(problem=_("it is damaged, or was changed")) from None
        return _unpacked(packed)
    raise WrongConfigurationPassword


def secret_of_password(password: str) -> Secret:
    """Take a password that was typed, as costly as a login."""
    from argon2 import PasswordHasher

    like = PasswordHasher()
    opening = Opening(secrets.token_bytes(16), like.time_cost, like.memory_cost, like.parallelism)
    return Secret(opening, _made(opening, password))


def _parse(data: bytes) -> tuple[Manifest, int]:
    if len(data) > LARGEST_FILE:
        raise NotAConfiguration(problem=_("it is too large"))
    if len(data) < _START.size or not data.startswith(MAGIC):
        raise NotAConfiguration(problem=_("it does not begin like one"))
    _magic, version, _zero, length = _START.unpack_from(data)
    if version > VERSION:
        raise NewerConfiguration
    end = _START.size + length
    if length > LARGEST_HEAD or len(data) < end + _NONCE_BYTES:
        raise NotAConfiguration(problem=_("it is not whole"))
    try:
        found = msgspec.json.decode(data[_START.size : end], type=Manifest)
    except UNREADABLE:
        raise NotAConfiguration(problem=_("its head cannot be read")) from None
    if not 0 < len(found.locks) <= MOST_LOCKS or not all(map(_is_sane, found.locks)):
        raise NotAConfiguration(problem=_("its locks are none of ours"))
    return msgspec.structs.replace(found, name=_shown(found.name), firmware=_shown(found.firmware)), end


def _is_sane(lock: Lock) -> bool:
    return (
        8 <= len(lock.salt) <= 64
        and 0 < lock.time <= LARGEST_TIME
        and 0 < lock.lanes <= LARGEST_LANES
        and 8 * lock.lanes <= lock.memory_kib <= LARGEST_MEMORY >> 10
        and len(lock.nonce) == _NONCE_BYTES
        and len(lock.wrapped) == _KEY_BYTES + 16
    )


def _shown(text: str) -> str:
    return "".join(one for one in text if one.isprintable())[:63]


def _lock(secret: Secret, key: bytes) -> Lock:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return Lock(*secret.opening, nonce, AESGCM(_wrapping(secret)).encrypt(nonce, key, _INFO))


def _wrapping(secret: Secret) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY_BYTES, secret.opening.salt, _INFO + secret.user.encode()).derive(secret.made)


def _made(opening: Opening, password: str) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        password[:1024].encode("utf-8", "surrogatepass"),
        opening.salt,
        opening.time,
        opening.memory_kib,
        opening.lanes,
        _KEY_BYTES,
        Type.ID,
    )


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, LARGEST_CONTENT)
    except zlib.error:
        raise NotAConfiguration(problem=_("its content cannot be unpacked")) from None
    if not unpacking.eof:
        raise NotAConfiguration(problem=_("its content is not whole, or too large"))
    return content
