"""Texts that people type: printable, without control characters, without space around them."""

from typing import Annotated

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed


def _printable(text: str) -> str:
    if not text.isprintable():
        raise NotAllowed(_("It contains characters that cannot be shown."), _("printable characters"))
    if text != text.strip():
        raise NotAllowed(_("It begins or ends with a space."), _("no space at the begin or end"))
    return text


Printable = Annotated[str, AfterValidator(_printable)]
