"""The address of the virtual front panel."""

import argparse
from typing import TYPE_CHECKING

from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


class NoPanel(NightjarError):
    """There is no front panel to open."""

    status = 503
    words = _("There is no front panel: Nightjar does not run in {data}, or its hardware is real.")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("panel", parents=[shared], help="print the address of the virtual front panel")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print an address that opens once."""
    import json

    from recorder.client.instance import Instance

    try:
        found = json.loads((Instance(asked.data).run / "panel.json").read_text())
    except OSError as error:
        raise NoPanel(data=asked.data) from error
    print(found["address"])
