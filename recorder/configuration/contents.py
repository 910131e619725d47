"""What a sealed configuration holds: all that an owner set, and what users log in with. Secrets in it are in clear.

A secret within a document stands as `{"$secret": text}`: at rest it is sealed with the key of its device, which goes
nowhere (C3).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from recorder.client.errors import UNREADABLE
from recorder.client.words import _
from recorder.configuration.sealed import NewerConfiguration, NotAConfiguration
from recorder.configuration.web_certificate import WebCertificate
from recorder.sealing import PREFIX, Unreadable
from recorder.settings.secret import Seal
from recorder.store.carried_key import EvidenceKey

FORMAT = 1
SECRET = "$secret"  # noqa: S105 - a mark
DEEPEST = 64
"""Levels of lists and objects in a document: far more than any page has."""
MOST_DOCUMENTS = 50_000
MOST_USERS = 10_000
MOST_VOICES = 200
LARGEST_EVENTS = 8 << 20
LARGEST_AUDIT = 4 << 20
Name = Annotated[str, Meta(max_length=64)]
Text = Annotated[str, Meta(max_length=4096)]


class Document(msgspec.Struct, frozen=True):
    """The values of a settings page as stored, but for its secrets."""

    page: Name
    item: Annotated[str, Meta(max_length=255)]
    version: Annotated[int, Meta(ge=1, lt=1 << 16)]
    body: dict[str, Any]


class Credential(msgspec.Struct, frozen=True):
    """A user's password, as a record."""

    name: Name
    record: Text
    set_us: int
    must_change: int = 0
    weak: int = 0


class Question(msgspec.Struct, frozen=True):
    """A user's questions, and the record of all answers."""

    user: Name
    asked: Text
    record: Text


class ScreenLock(msgspec.Struct, frozen=True):
    """What a user draws or types at the screen, as a record."""

    user: Name
    kind: Name
    record: Text


class SecondFactor(msgspec.Struct, frozen=True):
    """The secret of a user's authenticator, and the last step that was used."""

    user: Name
    secret: Text
    step: int


class RecoveryCode(msgspec.Struct, frozen=True):
    """A one-time code, as a hash."""

    user: Name
    hash: Name
    made_us: int


class ApiKey(msgspec.Struct, frozen=True):
    """A key for a program, as a hash."""

    id: Name
    hash: Name
    user: Name
    title: Text
    scope: Text
    made_us: int
    ends_us: int


class PoolKey(msgspec.Struct, frozen=True):
    """What opens an encrypted pool, written as its owner wrote it down."""

    recovery_key: Annotated[str, Meta(max_length=128)]
    pool: Annotated[int, Meta(ge=0, lt=1 << 16)] | None = None


TABLES: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "credential": ("credentials", Credential),
    "question": ("questions", Question),
    "screen_lock": ("screen_locks", ScreenLock),
    "second_factor": ("second_factors", SecondFactor),
    "recovery_code": ("recovery_codes", RecoveryCode),
    "api_key": ("api_keys", ApiKey),
}
"""The tables of `accounts.db` that are carried: the field of `Contents`, and what a row is; its fields are columns."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    format: int = FORMAT
    recorder: Annotated[str, Meta(pattern="^([0-9a-f]{16})?$")] = ""
    boot: Annotated[int, Meta(ge=0, lt=1 << 32)] = 0
    documents: Annotated[tuple[Document, ...], Meta(max_length=MOST_DOCUMENTS)] = ()
    credentials: Annotated[tuple[Credential, ...], Meta(max_length=MOST_USERS)] = ()
    questions: Annotated[tuple[Question, ...], Meta(max_length=MOST_USERS)] = ()
    screen_locks: Annotated[tuple[ScreenLock, ...], Meta(max_length=MOST_USERS)] = ()
    second_factors: Annotated[tuple[SecondFactor, ...], Meta(max_length=MOST_USERS)] = ()
    recovery_codes: Annotated[tuple[RecoveryCode, ...], Meta(max_length=10 * MOST_USERS)] = ()
    api_keys: Annotated[tuple[ApiKey, ...], Meta(max_length=10 * MOST_USERS)] = ()
    pool_keys: Annotated[tuple[PoolKey, ...], Meta(max_length=1000)] = ()
    evidence: EvidenceKey | None = None
    web: WebCertificate | None = None
    events: Annotated[bytes, Meta(max_length=LARGEST_EVENTS)] = b""
    """As `recorder.events.carried` packs them."""
    audit: Annotated[bytes, Meta(max_length=LARGEST_AUDIT)] = b""
    """As `recorder.settings.carried_audit` packs it."""
    voices: Annotated[dict[Name, bytes], Meta(max_length=MOST_VOICES)] = {}

    def tables(self) -> Iterator[tuple[str, Sequence[msgspec.Struct]]]:
        """Give the rows of each table."""
        for table, (field, _kind) in TABLES.items():
            yield table, getattr(self, field)


class _Begin(msgspec.Struct):
    format: int


def write(contents: Contents) -> bytes:
    """Give them as JSON."""
    return msgspec.json.encode(contents)


def read(data: bytes) -> Contents:
    """Read JSON; raises `NotAConfiguration`, `NewerConfiguration`."""
    try:
        if msgspec.json.decode(data, type=_Begin).format > FORMAT:
            raise NewerConfiguration
        return msgspec.json.decode(data, type=Contents)
    except UNREADABLE as error:
        raise NotAConfiguration(problem=_("its content cannot be read ({error})").format(error=error)) from None


def opened(value: Any, seal: Seal) -> Any:
    """Give a stored value with its secrets in clear; one that another device sealed is left out."""

    def clear(one: Any) -> Any:
        if not isinstance(one, str) or not one.startswith(PREFIX):
            return one
        try:
            return {SECRET: seal.unseal(one)}
        except Unreadable:
            return ""

    return _walk(value, clear)


def closed(value: Any, seal: Seal) -> Any:
    """Give a value as it is stored on this device: its secrets sealed, and nothing else that looks sealed.

    Raises `NotAConfiguration` where it is nested without end: what could not be read again would stop every start.
    """

    def shut(one: Any) -> Any:
        if isinstance(one, dict) and one.keys() == {SECRET}:
            text = one[SECRET]
            return seal.seal(text) if isinstance(text, str) else ""
        return "" if isinstance(one, str) and one.startswith(PREFIX) else one

    return _walk(value, shut)


def _walk(value: Any, change: Callable[[Any], Any], level: int = 0) -> Any:
    if level > DEEPEST:
        raise NotAConfiguration(problem=_("a document of it is nested too deeply"))
    changed = change(value)
    if changed is not value:
        return changed
    if isinstance(value, dict):
        return {name: _walk(one, change, level + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_walk(one, change, level + 1) for one in value]
    return value
