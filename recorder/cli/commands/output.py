"""Outputs: alarm contacts and the switched 12 V, by hand."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import Output


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    actions = verbs.add_parser("output", help="the alarm outputs").add_subparsers(dest="action", required=True)
    one = actions.add_parser("list", parents=[shared], help="how each is")
    one.add_argument("--json", action="store_true")
    for name, words in (("on", "switch on"), ("off", "switch off"), ("toggle", "switch the other way")):
        actions.add_parser(name, parents=[shared], help=words).add_argument("output")
    one = actions.add_parser("pulse", parents=[shared], help="switch on for a time")
    one.add_argument("output")
    one.add_argument("seconds", type=float)
    for action in actions.choices.values():
        action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    from recorder.cli.output import print_json

    api = owner(asked)
    match asked.action:
        case "list":
            found = api.outputs()
        case "toggle":
            found = [api.toggle_output(asked.output)]
        case "pulse":
            found = [api.pulse_output(asked.output, asked.seconds)]
        case _:
            found = [api.switch_output(asked.output, closed=asked.action == "on")]
    if asked.action == "list" and asked.json:
        print_json(found)
        return
    for one in found:
        print(f"  {one.name:8} {_how(one)}")


def _how(one: "Output") -> str:
    if not one.online:
        return _("does not work: {reason}").format(reason=one.reason)
    if one.timed:
        return _("on, and goes off by itself")
    return _("on") if one.closed else _("off")
