"""One picture of a channel."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.files import write_file
from recorder.cli.moments import AHEAD_US, moment
from recorder.cli.stream_names import stream_name
from recorder.client.clock import SECOND_US
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("snapshot", parents=[shared], help="save one picture as JPEG")
    one.add_argument("--channel", type=int, required=True)
    one.add_argument("--stream", type=stream_name, default=StreamName.MAIN, choices=list(StreamName))
    one.add_argument("--at", type=moment, metavar="TIME", help="a recorded time; without it, now")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Ask for the picture and write it; where there is none of the very moment, say which one it is."""
    api, at_us = owner(asked), asked.at
    write_file(asked.file, api.snapshot(asked.channel, at_us, asked.stream))
    if at_us is None or asked.stream is StreamName.PICTURE:
        return
    if api.spans(asked.channel, max(0, at_us - SECOND_US), at_us + SECOND_US, asked.stream):
        return
    if api.spans(asked.channel, at_us, max(at_us + 1, time.time_ns() // 1000 + AHEAD_US), asked.stream):
        words = _("Nothing is recorded at this moment: this is the next picture after it.")
    else:
        words = _("Nothing is recorded at this moment: this is the last picture before it.")
    print(words, file=sys.stderr)
