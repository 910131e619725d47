"""Pictures of the picture stream: list, save, take."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.files import write_file
from recorder.cli.moments import end_of, moment, written
from recorder.cli.output import print_list

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("picture", parents=[shared], help="list, save and take recorded pictures")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list the pictures of a channel")
    saved = actions.add_parser("save", parents=[shared], help="save the pictures of a time as files")
    for one in (listed, saved):
        one.add_argument("--channel", type=int, required=True)
        one.add_argument("--from", type=moment, dest="start", default=0, metavar="TIME")
        one.add_argument("--to", type=moment, dest="end", metavar="TIME")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=list_pictures)
    saved.add_argument("folder", type=Path)
    saved.set_defaults(run=save_pictures)
    taken = actions.add_parser("take", parents=[shared], help="take a picture and record it")
    taken.add_argument("--channel", type=int, required=True)
    taken.add_argument("--at", type=moment, metavar="TIME", help="of recorded time; without it, now")
    taken.set_defaults(run=take_picture)


def list_pictures(asked: argparse.Namespace) -> None:
    """List them, oldest first."""
    found = owner(asked).pictures(asked.channel, asked.start, end_of(asked))
    print_list(found, lambda one: f"{written(one.at_us)}  {one.bytes}", as_json=asked.json)


def save_pictures(asked: argparse.Namespace) -> None:
    """Save each as a file named by channel and time; the folder is made where it is not there."""
    ask = owner(asked)
    asked.folder.mkdir(parents=True, exist_ok=True)
    for one in ask.pictures(asked.channel, asked.start, end_of(asked)):
        path = asked.folder / f"ch{asked.channel}_{written(one.at_us).replace(':', '-')}.jpg"
        write_file(path, ask.picture(asked.channel, one.at_us))
        print(path)


def take_picture(asked: argparse.Namespace) -> None:
    """Take one and tell its time."""
    print(written(owner(asked).take_picture(asked.channel, asked.at).at_us))
