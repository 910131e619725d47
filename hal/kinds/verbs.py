"""What can be asked of a device: a kind's methods that are marked, with arguments checked by their annotations."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

import msgspec

from hal.errors import BadRequest

Method = TypeVar("Method", bound=Callable[..., Any])
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Verb:
    """One thing to ask. A destructive one loses data or power and is written to the audit."""

    name: str
    arguments: type[msgspec.Struct]
    destructive: bool
    patience_s: float
    gesture: bool


@dataclass(frozen=True)
class _Mark:
    destructive: bool
    patience_s: float
    gesture: bool


def verb(*, destructive: bool = False, patience_s: float = PATIENCE_S) -> Callable[[Method], Method]:
    """Mark a kind's method as something that clients may ask. All its arguments are passed by name and annotated."""
    return _marker(_Mark(destructive, patience_s, gesture=False))


def gesture(method: Method) -> Method:
    """Mark a simulator's method as what a hand does to the hardware: plug, pull, press. Real drivers have none."""
    return _marker(_Mark(destructive=False, patience_s=PATIENCE_S, gesture=True))(method)


def _marker(mark: _Mark) -> Callable[[Method], Method]:
    def marked(method: Method) -> Method:
        method.__hal_mark__ = mark  # type: ignore[attr-defined]
        return method

    return marked


@lru_cache(maxsize=256)
def verbs_of(device: type) -> dict[str, Verb]:
    """List what can be asked of a class of devices, by name; gestures included."""
    found: dict[str, Verb] = {}
    for owner in reversed(device.__mro__):
        for name, method in vars(owner).items():
            mark = getattr(method, "__hal_mark__", None)
            if isinstance(mark, _Mark):
                found[name] = Verb(name, _arguments(method), mark.destructive, mark.patience_s, mark.gesture)
    return found


def checked(verb: Verb, arguments: object) -> dict[str, Any]:
    """Give the arguments in the verb's types; raises `BadRequest` with the field."""
    try:
        taken = msgspec.convert(arguments, verb.arguments)
    except msgspec.ValidationError as error:
        raise BadRequest(f"{verb.name}: {error}") from None
    return msgspec.structs.asdict(taken)


def _arguments(method: Callable[..., Any]) -> type[msgspec.Struct]:
    hints = get_type_hints(method, include_extras=True)
    fields: list[Any] = []
    for argument in list(inspect.signature(method).parameters.values())[1:]:
        field = (argument.name, hints[argument.name])
        fields.append(field if argument.default is argument.empty else (*field, argument.default))
    return msgspec.defstruct(method.__name__, fields, frozen=True, forbid_unknown_fields=True, kw_only=True)
