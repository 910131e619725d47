"""One picture of a channel."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.files import write_file
from recorder.cli.moments import moment
from recorder.client.stream import StreamName

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("snapshot", parents=[shared], help="save one picture as JPEG")
    one.add_argument("--channel", type=int, required=True)
    one.add_argument("--stream", type=StreamName, default=StreamName.MAIN, choices=list(StreamName))
    one.add_argument("--at", type=moment, metavar="TIME", help="a recorded time; without it, now")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Ask for the picture and write it."""
    write_file(asked.file, owner(asked).snapshot(asked.channel, asked.at, asked.stream))
