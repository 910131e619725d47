"""Alarm inputs: how each is."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner

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
    from recorder.cli.output import print_json

    found = owner(asked).inputs()
    if asked.json:
        print_json(found)
        return
    for one in found:
        print(f"  {one.name:8} {one.words}{f'  ({one.title})' if one.title else ''}")
