"""Which footage there is, and which is missing."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import end_of, moment, written
from recorder.cli.stream_names import stream_name
from recorder.client.stream import StreamName

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

ALL_TIME_US = 0


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    for name, told in (("spans", "list the footage of a channel"), ("gaps", "list what is missing, and why")):
        one = verbs.add_parser(name, parents=[shared], help=told)
        one.add_argument("--channel", type=int, required=True)
        one.add_argument("--stream", type=stream_name, default=StreamName.MAIN, choices=list(StreamName))
        one.add_argument("--from", type=moment, dest="start", default=ALL_TIME_US, metavar="TIME")
        one.add_argument("--to", type=moment, dest="end", metavar="TIME", help="ISO 8601, or microseconds since 1970")
        one.add_argument("--json", action="store_true")
        one.set_defaults(run=run, what=name)


def run(asked: argparse.Namespace) -> None:
    """Print them, oldest first."""
    from recorder.cli.output import print_json

    end = end_of(asked)
    ask = owner(asked)
    if asked.what == "spans":
        found = [
            {"start": written(one.start_us), "end": written(one.end_us), "type": one.type, "bytes": one.bytes}
            | ({} if one.frames == "all" else {"frames": one.frames})
            for one in ask.spans(asked.channel, asked.start, end, asked.stream)
        ]
    else:
        found = [
            {"start": written(one.start_us), "end": written(one.end_us), "reason": one.reason}
            for one in ask.gaps(asked.channel, asked.start, end, asked.stream)
        ]
    if not found:
        ask.channel(asked.channel)  # footage outlives its channel, so only now a missing one is a mistake
    if asked.json:
        print_json(found)
        return
    for one in found:
        print(*one.values(), sep="  ")
