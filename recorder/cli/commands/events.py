"""What happens, as it happens."""

import argparse
import sys
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import written

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("events", parents=[shared], help="tell what happens, until interrupted")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print every event but the status, which comes all the time."""
    import msgspec

    for event in owner(asked).events():
        if event.kind == "status":
            continue
        if asked.json:
            line = msgspec.json.encode(event).decode()
        else:
            words = event.data.get("words") or msgspec.json.encode(event.data).decode()
            line = f"{written(event.at_us)}  {event.kind:9} {words}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
