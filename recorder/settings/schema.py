"""The JSON schema from which forms are built: references resolved, fields in order, what is missing here left out."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from recorder.settings.machine import Machine
from recorder.settings.page import Page, needing, system_owned, told
from recorder.settings.scope import Capability


def form_schema(page: type[Page], machine: Machine) -> dict[str, Any]:
    """Give the schema of a page as this machine can have it.

    Every property has `title` and `x-order`; `x-unit`, `x-choices` (value: title), `x-widget`, `x-group`, `x-hint`,
    `x-restart` and `x-lowering` where declared; `readOnly` where the operating system looks after it, or nobody
    sets it.
    """
    found = plain_schema(page)
    properties: dict[str, Any] = found["properties"]
    for name in needing(page, missing(machine)):
        del properties[name]
    found["properties"] = properties = {name: properties[name] for name in page.form_order(list(properties))}
    for order, one in enumerate(properties.values()):
        one["x-order"] = order
    for name in (*told(page), *(system_owned(page) if machine.system_owned else ())):
        properties[name]["readOnly"] = True
    return found


def missing(machine: Machine) -> frozenset[Capability]:
    """The capabilities that a machine lacks."""
    return frozenset(Capability) - machine.capabilities


def plain_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Give a model's schema without references, so that a form needs no resolver. Our models are no trees."""
    described = _described(model)
    definitions: dict[str, Any] = described.get("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, list):
            return [resolve(one) for one in part]
        if not isinstance(part, dict):
            return part
        here = {name: resolve(one) for name, one in part.items() if name != "$ref"}
        if "$ref" in part:
            target: Any = definitions[part["$ref"].rpartition("/")[2]]
            return {**resolve(target), **here}
        return here

    return resolve({name: one for name, one in described.items() if name != "$defs"})


@cache
def _described(model: type[BaseModel]) -> dict[str, Any]:
    """Give a model's schema, which nobody changes. Making it takes ten milliseconds, and a refusal asks for it too."""
    return model.model_json_schema()
