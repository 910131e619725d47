"""The log: changes, logins and what happened, as one list; and the same as CSV."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.client.log import Level, LogType

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

ASKED = ("start", "end", "types", "level", "who", "address", "text")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("log", parents=[shared], help="see what was changed and what happened, or export it")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list entries, the newest first")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(run=list_entries)
    exported = actions.add_parser("export", parents=[shared], help="write entries as CSV to standard output")
    exported.set_defaults(run=export)
    for one in (listed, exported):
        one.add_argument("--from", type=moment, dest="start", metavar="TIME")
        one.add_argument("--to", type=moment, dest="end", metavar="TIME")
        one.add_argument("--types", metavar="TYPE,…", help=", ".join(LogType))
        one.add_argument("--level", choices=[level.value for level in Level], help="the mildest that is wanted")
        one.add_argument("--who")
        one.add_argument("--address", help="where it was done from")
        one.add_argument("--text", help="anywhere in the entry")


def list_entries(asked: argparse.Namespace) -> None:
    """List entries."""
    for one in owner(asked).log(limit=asked.limit, **_wanted(asked)).entries:
        who = f"  {one.who} ({one.address})" if one.who else ""
        print(f"{written(one.at_us)}  {one.level:7}  {one.type:10}{who}  {one.title} {one.item}: {one.words}")


def export(asked: argparse.Namespace) -> None:
    """Write CSV."""
    owner(asked).export_log(sys.stdout.buffer, **_wanted(asked))
    sys.stdout.buffer.flush()


def _wanted(asked: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name in ASKED if (value := getattr(asked, name)) is not None}
