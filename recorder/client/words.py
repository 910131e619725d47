"""The strings that people read, by gettext; keys are English."""

import gettext
from pathlib import Path

_catalog = gettext.translation("nightjar", Path(__file__).parent / "locale", fallback=True)


def _(text: str) -> str:
    """Give the text in the language of the installation."""
    return _catalog.gettext(text)


__all__ = ["_"]
