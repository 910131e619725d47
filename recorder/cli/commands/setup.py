"""The first password."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.passwords import new_password
from recorder.client.errors import Invalid

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("setup", parents=[shared], help="set the administrator's first password")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Ask for a password and set it."""
    ask = owner(asked)
    if not ask.setup_state().needs_setup:
        raise Invalid(problem="The administrator's password is set already.")
    codes = ask.set_up(new_password("admin")).recovery_codes
    print("One-time codes for the day the password is forgotten. Print them and keep them apart from the recorder:")
    print(*codes, sep="\n")
