"""What the schema of a page says about its fields, read with suspicion: what is not understood is shown, not changed.

The schemas are those of `recorder.settings.schema` (docs/design/settings.md): JSON schema without references, with
`x-order`, `x-unit`, `x-choices`, `x-widget`, `x-group`, `x-hint`, `x-nothing`, `x-restart` and
`readOnly`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gui.toolkit.select import Option

MOST_FIELDS = 200
MOST_CHOICES = 2000
DEEPEST = 8
LONGEST_WORDS = 400
ITEM_OF, ITEMS_OF = "item-of", "items-of"
LONGEST_TEXT = 4096


class Kind(StrEnum):
    """How a field is shown."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105
    ZONE = "zone"
    WHOLE = "whole"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    CHANNEL = "channel"
    """One channel, or 0 for none."""
    CHANNELS = "channels"
    CHANNEL_SET = "channel_set"
    """Some channels, or `all`, which takes in those to come."""
    SET = "set"
    """Some of the choices, or `all`."""
    WEEKDAY = "weekday"
    DAY = "day"
    """A day of the week, or holidays."""
    DAYS = "days"
    WEEK = "week"
    CELLS = "cells"
    ITEM = "item"
    """One of another page's items, which `page` names."""
    ITEMS = "items"
    """Several of them."""
    WORDS = "words"
    """What the recorder says of itself; nobody sets it."""
    UNKNOWN = "unknown"
    """Shown as it is; changed elsewhere."""


@dataclass(frozen=True)
class Field:
    """One setting of a page. Ranges are inclusive."""

    name: str
    title: str
    kind: Kind
    order: float = 0
    hint: str = ""
    group: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    shortest: int = 0
    longest: int = LONGEST_TEXT
    choices: tuple[Option, ...] = ()
    restart: bool = False
    read_only: bool = False
    required: bool = False
    default: Any = None
    widget: str = ""
    page: str = ""
    nothing: str = ""
    """What it means that nothing is chosen."""

    @property
    def range_words(self) -> str:
        """The allowed range as people write it; "" where there is none."""
        unit = f" {self.unit}" if self.unit else ""
        match self.low, self.high:
            case None, None:
                return ""
            case low, None:
                return f"≥ {low:g}{unit}"
            case None, high:
                return f"≤ {high:g}{unit}"
            case low, high:
                return f"{low:g} to {high:g}{unit}"


def fields_of(schema: Any, read_only: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """Give the fields of a schema in their order; whatever it is, never raises."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return ()
    required = schema.get("required")
    required = {one for one in required if isinstance(one, str)} if isinstance(required, list) else set[str]()
    found = [
        _field(str(name), one, required, read_only)
        for name, one in list(properties.items())[:MOST_FIELDS]
        if isinstance(one, Mapping)
    ]
    return tuple(sorted(found, key=lambda field: field.order))


def _field(name: str, schema: Mapping[str, Any], required: set[str], read_only: tuple[str, ...]) -> Field:
    schema = _plain(schema)
    kind = _kind(schema)
    low, high = _number(schema, "minimum"), _number(schema, "maximum")
    whole = kind is Kind.WHOLE
    if (edge := _number(schema, "exclusiveMinimum")) is not None and low is None:
        low = math.floor(edge) + 1 if whole else edge
    if (edge := _number(schema, "exclusiveMaximum")) is not None and high is None:
        high = math.ceil(edge) - 1 if whole else edge
    return Field(
        name=name,
        title=_words(schema, "title") or name.replace("_", " ").capitalize(),
        kind=kind,
        order=_number(schema, "x-order") or 0,
        hint=_words(schema, "x-hint"),
        nothing=_words(schema, "x-nothing"),
        group=_words(schema, "x-group"),
        unit=_words(schema, "x-unit"),
        low=low,
        high=high,
        shortest=_length(schema, "minLength", 0),
        longest=_length(schema, "maxLength", LONGEST_TEXT),
        choices=_choices(schema),
        restart=schema.get("x-restart") is True,
        read_only=schema.get("readOnly") is True or name in read_only,
        required=name in required,
        default=schema.get("default"),
        widget=_words(schema, "x-widget"),
        page=_offered(schema),
    )


def pages_offered(schema: Any) -> tuple[str, ...]:
    """Give the pages whose items a form offers to choose from."""
    return tuple(dict.fromkeys(one.page for one in fields_of(schema) if one.page))


def _offered(schema: Mapping[str, Any]) -> str:
    """The page behind a widget such as `items-of:alarm-output`."""
    widget = schema.get("x-widget")
    kind, _colon, page = widget.partition(":") if isinstance(widget, str) else ("", "", "")
    return page if kind in {ITEM_OF, ITEMS_OF} else ""


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take "this or nothing" for this."""
    either = schema.get("anyOf")
    if not isinstance(either, list):
        return schema
    some = [one for one in either if isinstance(one, Mapping) and one.get("type") != "null"]
    if len(some) != 1:
        return schema
    return {**some[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _kind(schema: Mapping[str, Any]) -> Kind:
    if schema.get("x-told") is True:
        return Kind.WORDS
    widget, kind = schema.get("x-widget"), schema.get("type")
    match widget.partition(":")[0] if isinstance(widget, str) else None, kind:
        case "item-of", "string":
            return Kind.ITEM
        case "items-of", "array":
            return Kind.ITEMS
        case "channel-set", None:
            return Kind.CHANNEL_SET
        case "set", None:
            return Kind.SET
        case "week-grid", "object":
            return Kind.WEEK
        case "motion-grid", "string":
            return Kind.CELLS
        case "channel", "integer":
            return Kind.CHANNEL
        case "channels", "array":
            return Kind.CHANNELS
        case "day", "integer":
            return Kind.DAY
        case "days", "array":
            return Kind.DAYS
        case "weekday", "integer":
            return Kind.WEEKDAY
        case "zone", "string":
            return Kind.ZONE
        case _:
            pass
    if isinstance(schema.get("enum"), list):
        return Kind.CHOICE
    match kind:
        case "string":
            return Kind.SECRET if widget == "secret" or schema.get("format") == "password" else Kind.TEXT
        case "integer":
            return Kind.WHOLE
        case "number":
            return Kind.NUMBER
        case "boolean":
            return Kind.SWITCH
        case _:
            return Kind.UNKNOWN


def _choices(schema: Mapping[str, Any]) -> tuple[Option, ...]:
    titles = schema.get("x-choices")
    titles = titles if isinstance(titles, Mapping) else {}
    values = schema.get("enum")
    if not isinstance(values, list):
        # A week's types stand deep within it, in the order that counts; titles alone come sorted. One without a title
        # is not meant here.
        known = _enum_below(schema) or list(titles)
        values = [one for one in known if not titles or str(one) in titles]
    return tuple(
        Option(value, str(titles.get(str(value), value))[:LONGEST_WORDS])
        for value in values[:MOST_CHOICES]
        if isinstance(value, str | int | float)
    )


def _enum_below(schema: Any, depth: int = 0) -> list[Any] | None:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    found = schema.get("enum")
    if isinstance(found, list):
        return found
    properties = schema.get("properties")
    below = [schema.get("items"), *(properties.values() if isinstance(properties, Mapping) else ())]
    return next((one for part in below if (one := _enum_below(part, depth + 1))), None)


def _words(schema: Mapping[str, Any], name: str) -> str:
    found = schema.get(name)
    return found[:LONGEST_WORDS] if isinstance(found, str) else ""


def _number(schema: Mapping[str, Any], name: str) -> float | None:
    found = schema.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if math.isfinite(found) else None


def _length(schema: Mapping[str, Any], name: str, default: int) -> int:
    found = schema.get(name)
    if isinstance(found, bool) or not isinstance(found, int):
        return default
    return max(0, min(found, LONGEST_TEXT))
