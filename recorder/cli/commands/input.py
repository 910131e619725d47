"""Alarm inputs: how each is."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.output import print_list, terminal_line

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    actions = verbs.add_parser("input", parents=[shared], help="the alarm inputs").add_subparsers(
        dest="action", required=True
    )
    one = actions.add_parser("list", parents=[shared], help="how each is")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=list_inputs)


def list_inputs(asked: argparse.Namespace) -> None:
    """Print them."""
    print_list(owner(asked).inputs(), terminal_line, as_json=asked.json)
