"""Settings documents in HTTP: revisions as entity tags, and the schema of a change for the OpenAPI."""

import re
from typing import Any

from recorder.client import answers
from recorder.client.errors import Invalid
from recorder.client.words import _
from recorder.control.channels import MOST_CHANNELS
from recorder.settings.page import Page
from recorder.settings.schema import plain_schema
from recorder.settings.settings import Settings, Stored

_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')


def revision_of(if_match: str | None) -> int | None:
    """Read an If-Match header (RFC 9110 §13.1.1) with one tag; None where any revision will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if not found:
        raise Invalid(problem=_('If-Match must be a revision in quotes, as in "12".'))
    return int(found[1])


def document(settings: Settings, stored: Stored[Any]) -> answers.Document:
    """Tell of a page's values, secrets masked."""
    page = type(stored.values)
    return answers.Document(
        page.about.name, stored.item, stored.revision, settings.shown(stored.values), tuple(settings.read_only(page))
    )


def body_schema(page: type[Page], *, number: bool = False) -> dict[str, Any]:
    """Describe the body of a change: any of the page's fields. `number` adds the wished number of a new channel."""
    schema = plain_schema(page)
    properties = dict(schema["properties"])
    if number:
        properties["number"] = {"type": "integer", "minimum": 1, "maximum": MOST_CHANNELS, "title": _("Channel")}
    body: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if number:
        body["required"] = schema.get("required", [])
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}
