"""When something moved in a part of the picture, without looking at the footage again."""

import argparse
import time
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.client.clock import SECOND_US

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

DAY_US = 86_400 * SECOND_US


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("motion", parents=[shared], help="find when something moved in a part of the picture")
    one.add_argument("--channel", type=int, required=True)
    one.add_argument(
        "--region",
        default="",
        metavar="CELLS",
        help="column,row,width,height in a grid of 22 columns and 18 rows; more behind ';' (default: everywhere)",
    )
    one.add_argument("--from", type=moment, dest="start", metavar="TIME", help="default: a day before the end")
    one.add_argument("--to", type=moment, dest="end", metavar="TIME", help="ISO 8601, or microseconds since 1970")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print them, oldest first, and what was not analysed."""
    from recorder.cli.output import print_json

    end_us = asked.end if asked.end is not None else time.time_ns() // 1000
    start_us = asked.start if asked.start is not None else max(0, end_us - DAY_US)
    ask = owner(asked)
    found = ask.motion(asked.channel, start_us, end_us, asked.region)
    rows = [(one.start_us, one.end_us, "motion") for one in found.moved]
    at_us = start_us
    for one in found.analysed:
        rows.append((at_us, one.start_us, "not analysed"))
        at_us = one.end_us
    rows.append((at_us, end_us, "not analysed"))
    told = [
        {"start": written(begin), "end": written(end), "what": what} for begin, end, what in sorted(rows) if begin < end
    ]
    if not found.analysed:
        ask.channel(asked.channel)  # what was seen outlives its channel, so only now a missing one is a mistake
    if asked.json:
        print_json(told)
        return
    for one in told:
        print(*one.values(), sep="  ")
