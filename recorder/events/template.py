"""Texts with `{names}` that are filled from an event, each value made harmless for where it goes."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from recorder.client.words import _
from recorder.events.occurrence import Occurrence
from recorder.settings.errors import NotAllowed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = ("event", "source", "title", "item", "part", "channel", "words", "time", "state", "recorder")
_NAME = re.compile(r"\{([a-z_]{1,32})\}")


def checked(text: str) -> str:
    """Read a template; raises `NotAllowed` where it names what there is not."""
    for name in _NAME.findall(text):
        if name not in NAMES:
            allowed = ", ".join(f"{{{one}}}" for one in NAMES)
            raise NotAllowed(_("There is nothing named {name}.").format(name=name), allowed)
    return text


def values(occurrence: Occurrence, recorder: str, *, over: bool = False) -> dict[str, str | int]:
    """What an event gives to a template."""
    at = EPOCH + timedelta(microseconds=occurrence.begin_us)
    return {
        "event": occurrence.id,
        "source": occurrence.key.source,
        "title": occurrence.rule.about.title,
        "item": occurrence.key.item,
        "part": occurrence.key.part,
        "channel": occurrence.channel,
        "words": occurrence.words,
        "time": at.isoformat(timespec="milliseconds"),
        "state": "off" if over else "on",
        "recorder": recorder,
    }


def filled(text: str, given: Mapping[str, str | int], harmless: Callable[[str], str]) -> str:
    """Put values in, once: what stands in a value is not looked at again."""
    return _NAME.sub(lambda found: harmless(str(given.get(found[1], ""))), text)


def in_json(text: str) -> str:
    """Make a text harmless between the quotes of a JSON string."""
    return json.dumps(text)[1:-1]
