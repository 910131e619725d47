"""Outputs: alarm contacts and the switched 12 V, by hand."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.output import print_list, terminal_line

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    actions = verbs.add_parser("output", parents=[shared], help="the alarm outputs").add_subparsers(
        dest="action", required=True
    )
    one = actions.add_parser("list", parents=[shared], help="how each is")
    one.add_argument("--json", action="store_true")
    for name, words in (("on", "switch on"), ("off", "switch off"), ("toggle", "switch the other way")):
        actions.add_parser(name, parents=[shared], help=words).add_argument("output")
    actions.add_parser("reset", parents=[shared], help="switch off all but those that are set to be always on")
    one = actions.add_parser("pulse", parents=[shared], help="switch on for a time")
    one.add_argument("output")
    one.add_argument("seconds", type=float)
    for action in actions.choices.values():
        action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    api = owner(asked)
    match asked.action:
        case "list":
            found = api.outputs()
        case "reset":
            found = api.reset_outputs()
        case "toggle":
            found = [api.toggle_output(asked.output)]
        case "pulse":
            found = [api.pulse_output(asked.output, asked.seconds)]
        case _:
            found = [api.switch_output(asked.output, closed=asked.action == "on")]
    print_list(found, terminal_line, as_json=asked.action == "list" and asked.json)
