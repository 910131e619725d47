"""From pydantic's findings to our refusals: the field, what is wrong with it, and what would be allowed."""

from typing import Any

from pydantic import BaseModel, ValidationError

from recorder.client.words import _
from recorder.settings.errors import BadSetting, NotAllowed, OutOfRange, UnknownSetting
from recorder.settings.schema import plain_schema

_PROBLEMS = {
    "missing": _("It must be given."),
    "bool_parsing": _("It must be on or off."),
    "bool_type": _("It must be on or off."),
    "int_parsing": _("It must be a whole number."),
    "int_type": _("It must be a whole number."),
    "int_from_float": _("It must be a whole number."),
    "string_type": _("It must be a text."),
    "string_too_short": _("It is too short."),
    "string_too_long": _("It is too long."),
    "too_short": _("It has too few entries."),
    "too_long": _("It has too many entries."),
    "enum": _("There is no such choice."),
}
_RANGES = {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}


def refusal(model: type[BaseModel], error: ValidationError) -> BadSetting:
    """Give the error for the first thing that is wrong."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in found["loc"])
    title = _title(model, place)
    if found["type"] == "extra_forbidden":
        return UnknownSetting(field=place, title=title, problem="")
    context: dict[str, Any] = found.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, NotAllowed):
        problem, allowed = str(cause), cause.allowed
    else:
        problem = _("It is out of range.") if found["type"] in _RANGES else _PROBLEMS.get(found["type"], "")
        problem = problem or _("This is not a valid value.")
        allowed = allowed_text(schema_at(model, found["loc"]))
    kind = OutOfRange if allowed else BadSetting
    return kind(field=place, title=title, problem=problem, allowed=allowed)


def schema_at(model: type[BaseModel], place: tuple[str | int, ...]) -> dict[str, Any]:
    """The schema of a field, or of a part of one; empty where the path leads nowhere."""
    found: Any = plain_schema(model)
    for part in place:
        if not isinstance(found, dict):
            return {}
        found = found.get("items", {}) if isinstance(part, int) else found.get("properties", {}).get(part, {})
    return found if isinstance(found, dict) else {}


def allowed_text(schema: dict[str, Any]) -> str:
    """Say in words what a schema allows; empty where it says nothing of it."""
    unit = schema.get("x-unit", "")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return _("{low} to {high} {unit}").format(low=low, high=high, unit=unit).strip()
    if low is not None:
        return _("at least {low} {unit}").format(low=low, unit=unit).strip()
    if high is not None:
        return _("at most {high} {unit}").format(high=high, unit=unit).strip()
    if "enum" in schema:
        return ", ".join(str(one) for one in schema["enum"])
    for least, most, what in (
        ("minLength", "maxLength", _("characters")),
        ("minItems", "maxItems", _("entries")),
    ):
        if least in schema and schema[least] == schema.get(most):
            return f"{schema[least]} {what}"
        if least in schema and most in schema:
            return _("{low} to {high} {unit}").format(low=schema[least], high=schema[most], unit=what)
        if most in schema:
            return _("up to {high} {unit}").format(high=schema[most], unit=what)
    return ""


def _title(model: type[BaseModel], place: str) -> str:
    found = model.model_fields.get(place.partition(".")[0])
    # What is wrong with the fields together has no place of its own.
    return (found.title if found else None) or place or model.model_config.get("title") or ""
