"""What is weak of the recorder's accounts and settings, and where it is mended."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("security", parents=[shared], help="what is open, weak or sent in clear, as on its page")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print it, for people or as JSON."""
    from recorder.cli.output import print_json

    found = owner(asked).security()
    if asked.json:
        print_json(found)
        return
    print(found.words)
    for card in found.cards:
        print(f"  {'!' if card.tone.trouble else ' '} {card.label}: {card.words}")
