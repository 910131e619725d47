"""The audit: list, export, check, clear."""

import argparse
import sys
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.client.errors import Invalid, NightjarError

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("audit", parents=[shared], help="see who changed what; export, check or clear it")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list changes, the newest first")
    listed.add_argument("--from", type=moment, dest="start", metavar="TIME")
    listed.add_argument("--to", type=moment, dest="end", metavar="TIME")
    listed.add_argument("--who", default="")
    listed.add_argument("--page", default="")
    listed.add_argument("--text", default="", help="anywhere in the row")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(run=list_rows)
    exported = actions.add_parser("export", parents=[shared], help="write all of it as CSV to standard output")
    exported.set_defaults(run=export)
    checked = actions.add_parser("check", parents=[shared], help="see whether all of it is as it was written")
    checked.set_defaults(run=check)
    cleared = actions.add_parser("clear", parents=[shared], help="clear it; that it was cleared stays on record")
    cleared.add_argument("--yes", action="store_true", help="do it; what is cleared cannot be brought back")
    cleared.set_defaults(run=clear)


def list_rows(asked: argparse.Namespace) -> None:
    """List rows."""
    when = {name: value for name in ("start", "end") if (value := getattr(asked, name)) is not None}
    for one in owner(asked).audit(who=asked.who, page=asked.page, text=asked.text, limit=asked.limit, **when):
        place = " ".join(part for part in (one.page, one.item, one.field) if part)
        print(f"{one.number:6}  {written(one.at_us)}  {one.who} ({one.source})  {place}: {one.old} -> {one.new}")


def export(asked: argparse.Namespace) -> None:
    """Write CSV."""
    owner(asked).export_audit(sys.stdout.buffer)
    sys.stdout.buffer.flush()


def check(asked: argparse.Namespace) -> None:
    """Say how the audit stands; raises `Broken`."""
    found = owner(asked).check_audit()
    if found.broken_at is not None:
        raise Broken(number=found.broken_at)
    print(f"{found.rows} rows, all as they were written. Last chain: {found.chain or 'none yet'}")


def clear(asked: argparse.Namespace) -> None:
    """Clear it; raises `Invalid` unless it was meant."""
    if not asked.yes:
        raise Invalid(problem="What is cleared cannot be brought back. Export it first, then add --yes.")
    owner(asked).clear_audit()


class Broken(NightjarError):
    """A row is not as it was written."""

    status = 409
    words = "The audit was changed behind the recorder's back: row {number} does not follow from those before it."
