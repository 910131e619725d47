"""Secrets as a type of setting: sealed at rest, a mask everywhere else (architecture §5)."""

from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from recorder.client.answers import MASK
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.errors import NotAllowed

LONGEST = 128


class Seal(Protocol):
    """What seals and unseals texts; `recorder.sealing.Sealer` does."""

    def seal(self, text: str) -> str:
        """Turn a secret into a text that may be stored."""
        ...

    def unseal(self, sealed: str) -> str:
        """Give back the secret."""
        ...


class Secret:
    """A text that nobody reads back. Written out it is a mask, or sealed where a `Seal` is in the context."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself, for the one who logs in with it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Secret({self.masked!r})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """What may be shown of it."""
        return MASK if self._text else ""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _parse,
            serialization=core_schema.plain_serializer_function_ser_schema(_write, info_arg=True, when_used="always"),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "password", "maxLength": LONGEST, "x-widget": "secret"}


def _parse(value: Any, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise NotAllowed(_("It must be a text."))
    seal = _seal(info.context)
    if seal is not None:
        try:
            return Secret(seal.unseal(value))
        except NightjarError as error:  # sealed by another device: the field falls back, the page stays
            raise NotAllowed(str(error)) from error
    if len(value) > LONGEST or not value.isprintable():
        allowed = _("up to {count} printable characters").format(count=LONGEST)
        raise NotAllowed(_("This cannot be a password."), allowed)
    if value == MASK:
        raise NotAllowed(_("This is only the mask of a password."))
    return Secret(value)


def _write(secret: Secret, info: SerializationInfo) -> str:
    seal = _seal(info.context)
    return secret.masked if seal is None else seal.seal(secret.reveal())


def _seal(context: Any) -> Seal | None:
    return context.get("seal") if isinstance(context, dict) else None
