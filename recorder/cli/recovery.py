"""A recovery key as somebody types it: never an argument, because those are seen by every process of the machine."""

from recorder.cli.passwords import typed
from recorder.client.words import _


def typed_key() -> str:
    """Ask at the terminal, or read a line of standard input."""
    return typed(_("Recovery key: "))
