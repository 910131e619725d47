"""The names that an owner gives to a dome's presets: one text, `1 Gate, 7 Car park`, that people can read and type."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed

LONGEST_NAME = 40
"""It fits a line of the panel that turns the dome."""
LONGEST_NAMES = 4096
"""Room for a hundred presets with long names, or all 255 with short ones."""
MOST_PRESETS = 255
_ENTRY = re.compile(r"(\d{1,3})\s+(\S.*)")


def read(text: str) -> dict[int, str]:
    """Give the names by number; raises `NotAllowed`."""
    found: dict[int, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        matched = _ENTRY.fullmatch(entry)
        number = int(matched[1]) if matched else 0
        if matched is None or not 1 <= number <= MOST_PRESETS:
            raise NotAllowed(
                _("{entry} is no number with a name.").format(entry=entry), _("such as: 1 Gate, 7 Car park")
            )
        if number in found:
            raise NotAllowed(_("Preset {number} has two names.").format(number=number), _("one name for each"))
        if len(matched[2]) > LONGEST_NAME or not matched[2].isprintable():
            raise NotAllowed(
                _("The name of preset {number} is too long, or cannot be shown.").format(number=number),
                _("at most {most} printable characters").format(most=LONGEST_NAME),
            )
        found[number] = matched[2]
    return found


def written(names: Mapping[int, str]) -> str:
    """Give the text for names, by number."""
    return ", ".join(f"{number} {names[number]}" for number in sorted(names))


def renamed(text: str, number: int, name: str) -> str:
    """Give the text with another name for a preset; an empty one forgets it. Raises `NotAllowed`."""
    name = name.strip()
    if "," in name:
        raise NotAllowed(_("The name of a preset has no comma."), _("a name without a comma"))
    names = {one: known for one, known in read(text).items() if one != number}
    return written(names | {number: name} if name else names)


PresetNames = Annotated[str, AfterValidator(lambda text: written(read(text)))]
