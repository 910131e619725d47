"""A recovery key as somebody types it: never an argument, because those are seen by every process of the machine."""

import getpass
import sys

from recorder.client.words import _


def typed_key() -> str:
    """Ask at the terminal, or read a line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(_("Recovery key: "))
    return sys.stdin.readline()
