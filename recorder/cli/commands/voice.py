"""Voice files: what the recorder says when something happens."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    actions = verbs.add_parser("voice", parents=[shared], help="voice files").add_subparsers(
        dest="action", required=True
    )
    one = actions.add_parser("add", parents=[shared], help="give the recorder a WAV file to say")
    one.add_argument("name", help="small letters, digits, - and _")
    one.add_argument("file", type=Path)
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`, `OSError`."""
    taken = owner(asked).put_voice(asked.name, asked.file.read_bytes())
    print(f"{taken.name}: {taken.length_s:.1f} s")
