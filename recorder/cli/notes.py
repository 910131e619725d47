"""What locks and tags have in common on the command line: what a new one is put on, and which are listed."""

import argparse

from recorder.cli.moments import moment
from recorder.cli.stream_names import stream_name
from recorder.client.stream import StreamName


def name_streams(fresh: argparse.ArgumentParser) -> None:
    """Name what a new one is put on."""
    fresh.add_argument("--channel", type=int, required=True)
    fresh.add_argument("--stream", type=stream_name, choices=list(StreamName), help="default: all of the channel's")


def name_search(listed: argparse.ArgumentParser) -> None:
    """Name which are listed, and how."""
    listed.add_argument("--channel", type=int, action="append", default=[])
    listed.add_argument("--from", type=moment, dest="start", metavar="TIME")
    listed.add_argument("--to", type=moment, dest="end", metavar="TIME")
    listed.add_argument("--json", action="store_true")
