"""How a command gets a password: asked twice at a terminal, else one line of standard input; never an argument."""

import getpass
import sys

from recorder.client.errors import Invalid


def new_password(name: str) -> str:
    """Give a new password for a user; raises `Invalid` where the two typings differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass(f"New password for {name}: ")
    if getpass.getpass("Once more: ") != password:
        raise Invalid(problem="The two passwords differ. Nothing was changed.")
    return password


def typed(words: str) -> str:
    """Ask for a password that is known already."""
    return getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
