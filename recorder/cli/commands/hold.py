"""Locks: keep footage from being overwritten, list, change, release."""

import argparse
import time
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.cli.notes import name_search, name_streams
from recorder.cli.output import print_list
from recorder.client.answers import Hold, HoldKind

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

DAY_US = 86_400_000_000


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser(
        "hold", parents=[shared], help="lock footage against being overwritten, list and release locks"
    )
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    fresh = actions.add_parser("add", parents=[shared], help="lock a stretch of a channel")
    name_streams(fresh)
    fresh.add_argument("--from", type=moment, required=True, dest="start", metavar="TIME")
    fresh.add_argument("--to", type=moment, required=True, dest="end", metavar="TIME")
    fresh.add_argument("--reason", required=True)
    fresh.add_argument("--evidence", action="store_true", help="it is evidence of an alarm")
    fresh.set_defaults(run=add_hold)
    change = actions.add_parser("set", parents=[shared], help="let a lock expire at another time")
    change.add_argument("hold")
    change.set_defaults(run=change_hold)
    for one in (fresh, change):
        ends = one.add_mutually_exclusive_group(required=one is change)
        ends.add_argument("--expires", type=moment, metavar="TIME", help="ends by itself then")
        ends.add_argument("--days", type=int, help="ends by itself after so many days from now")
        ends.add_argument("--never", action="store_true", help="holds until it is released")
    listed = actions.add_parser("list", parents=[shared], help="list locks, oldest footage first")
    name_search(listed)
    listed.add_argument("--all", action="store_true", help="those that were released or have expired, too")
    listed.set_defaults(run=list_holds)
    ended = actions.add_parser("release", parents=[shared], help="end a lock")
    ended.add_argument("hold")
    ended.add_argument("--reason", required=True)
    ended.set_defaults(run=release_hold)


def _expires(asked: argparse.Namespace) -> int | None:
    if asked.days is not None:
        return time.time_ns() // 1000 + asked.days * DAY_US
    return asked.expires


def _told(one: Hold) -> str:
    until = written(one.expires_us) if one.expires_us else "until released"
    what = f"{one.channel}/{one.stream or 'all'}"
    over = f"  released by {one.released_by}: {one.release_reason}" if one.released_us else ""
    when = f"{written(one.start_us)}  {written(one.end_us)}"
    return f"{one.id}  {what}  {when}  {one.kind}  {until}  {one.owner}: {one.reason}{over}"


def add_hold(asked: argparse.Namespace) -> None:
    """Lock footage and tell the lock."""
    what = (asked.channel, asked.start, asked.end, asked.reason)
    kind = HoldKind.EVIDENCE if asked.evidence else HoldKind.LOCK
    print(_told(owner(asked).add_hold(*what, stream=asked.stream, expires_us=_expires(asked), kind=kind)))


def change_hold(asked: argparse.Namespace) -> None:
    """Change when a lock ends."""
    print(_told(owner(asked).change_hold(asked.hold, _expires(asked))))


def list_holds(asked: argparse.Namespace) -> None:
    """List locks."""
    print_list(owner(asked).holds(asked.channel, asked.start, asked.end, over=asked.all), _told, as_json=asked.json)


def release_hold(asked: argparse.Namespace) -> None:
    """Release a lock."""
    print(_told(owner(asked).release_hold(asked.hold, asked.reason)))
