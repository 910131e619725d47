"""The first password."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.errors import Invalid

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("setup", parents=[shared], help="set the administrator's first password")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Ask for a password twice at a terminal, or read it from standard input."""
    ask = owner(asked)
    if not ask.setup_state().needs_setup:
        raise Invalid(problem="The administrator's password is set already.")
    if sys.stdin.isatty():
        password = getpass.getpass("New password for admin: ")
        if getpass.getpass("Once more: ") != password:
            raise Invalid(problem="The two passwords differ. Nothing was changed.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    ask.set_up(password)
