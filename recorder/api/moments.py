"""Times as callers write them: ISO 8601 with its zone, or UTC in microseconds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from recorder.client.clock import LATEST_US
from recorder.client.words import _

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In a query an unescaped "+" arrives as a space.
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")


def parse(value: Any) -> int:
    """Read a time; raises ValueError with words."""
    if isinstance(value, bool):
        raise ValueError(_("This is no time."))  # noqa: TRY004 - pydantic takes a ValueError
    if isinstance(value, str):
        text = value.strip()
        value = int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else _iso(text)
    if not isinstance(value, int) or not 0 <= value <= LATEST_US:
        raise ValueError(_("This is no time between 1970 and 2200."))
    return value


def _iso(text: str) -> int:
    try:
        found = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text))
    except ValueError:
        raise ValueError(_("This is neither ISO 8601 nor microseconds since 1970.")) from None
    if found.tzinfo is None:
        raise ValueError(_("The time must name its zone, as in 2030-01-31T12:00:00Z."))
    return (found - EPOCH) // timedelta(microseconds=1)


Moment = Annotated[
    int,
    BeforeValidator(parse),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}],
            "description": "UTC in microseconds, or ISO 8601 with its zone",
        }
    ),
]
"""A time in microseconds of UTC."""
