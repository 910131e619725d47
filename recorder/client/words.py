"""The strings that people read, by gettext; keys are English."""

import gettext
from pathlib import Path

_catalog = gettext.translation("nightjar", Path(__file__).parent / "locale", fallback=True)


def _(text: str) -> str:
    """Give the text in the language of the installation."""
    return _catalog.gettext(text)


def counted(one: str, many: str, count: int, **filled: object) -> str:
    """Give the form of the language that fits a number, with `{count}` and the other names in it filled."""
    return _catalog.ngettext(one, many, count).format(count=count, **filled)


__all__ = ["_", "counted"]
