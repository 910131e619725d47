"""What happens, as it happens, and what happened."""

import argparse
import sys
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.happened import Happened


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    one = verbs.add_parser("events", parents=[shared], help="tell what happens, until interrupted; list what happened")
    one.add_argument("--json", action="store_true", help="one JSON object a line")
    one.set_defaults(run=run)
    actions = one.add_subparsers(dest="action", metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list events, the newest first")
    listed.add_argument("--source", action="append", default=[], help="such as video-loss; may be repeated")
    listed.add_argument("--channel", type=int, action="append", default=[])
    listed.add_argument("--from", type=moment, dest="start", metavar="TIME")
    listed.add_argument("--to", type=moment, dest="end", metavar="TIME")
    listed.add_argument("--text", default="", help="only those with this in their words")
    listed.add_argument("--going-on", action="store_true", help="only those that have not ended")
    listed.add_argument("--most", type=int, default=100, help="how many (default 100)")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")
    listed.set_defaults(run=list_events)
    shown = actions.add_parser("show", parents=[shared], help="tell one event and what followed")
    shown.add_argument("event", type=int)
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(run=show)


def run(asked: argparse.Namespace) -> None:
    """Print every event but the status, which comes all the time."""
    import msgspec

    for event in owner(asked).events():
        if event.kind == "status":
            continue
        if asked.json:
            line = msgspec.json.encode(event).decode()
        else:
            words = event.data.get("words") or msgspec.json.encode(event.data).decode()
            line = f"{written(event.at_us)}  {event.kind:9} {words}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def list_events(asked: argparse.Namespace) -> None:
    """Print events page by page."""
    import msgspec

    left, before = max(asked.most, 0), None
    while left > 0:
        found = owner(asked).happened(
            sources=asked.source,
            channels=asked.channel,
            start_us=asked.start,
            end_us=asked.end,
            text=asked.text,
            going_on=asked.going_on,
            before=before,
            limit=min(left, 1000),
        )
        for one in found.events:
            print(msgspec.json.encode(one).decode() if asked.json else _told(one))
        left, before = left - len(found.events), found.before
        if before is None:
            return


def show(asked: argparse.Namespace) -> None:
    """Print one event."""
    from recorder.cli.output import print_json

    found = owner(asked).event(asked.event)
    if asked.json:
        print_json(found)
        return
    print(_told(found))
    for name, value in found.detail.items():
        print(f"  {name}: {value}")
    for one in found.reactions:
        print(f"  → {one.linkage}: {one.state} {one.words}".rstrip())


def _told(one: "Happened") -> str:
    end = "goes on" if one.end_us is None else f"to {written(one.end_us)}"
    times = f" ({one.count} times)" if one.count > 1 else ""
    return f"{one.id:6}  {written(one.begin_us)} {end}  {one.source}: {one.words}{times}"
