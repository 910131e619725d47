"""What happens, as it happens, what happened, and what people do with alarms."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.client.happened import AlarmState

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.happened import Happened

STATES = [one.value for one in AlarmState]


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
    listed.add_argument(
        "--state", action="append", default=[], choices=STATES, help="only alarms in it; may be repeated"
    )
    listed.add_argument("--pinned", action="store_true", help="only those that are pinned")
    listed.add_argument("--grouped", action="store_true", help="of each group only the newest")
    listed.add_argument("--most", type=int, default=100, help="how many (default 100)")
    listed.add_argument("--json", action="store_true", help="one JSON object a line")
    listed.set_defaults(run=list_events)
    shown = actions.add_parser("show", parents=[shared], help="tell one event and what followed")
    shown.add_argument("event", type=int)
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(run=show)
    _add_deeds(actions, shared)


def _add_deeds(actions: "Verbs", shared: argparse.ArgumentParser) -> None:
    handled = actions.add_parser("handle", parents=[shared], help="acknowledge an alarm, close it, write to it, pin it")
    handled.add_argument("event", type=int)
    handled.add_argument(
        "--state", choices=STATES[1:], help="default: progress, unless it is only pinned or written to"
    )
    handled.add_argument("--pin", action=argparse.BooleanOptionalAction, help="a pinned event stays however old")
    handled.add_argument("--comment", default="", metavar="WORDS")
    handled.add_argument("--group", action="store_true", help="the same with all of its group that wait")
    handled.set_defaults(run=handle)
    clip = actions.add_parser("clip", parents=[shared], help="export the footage of an event")
    clip.add_argument("event", type=int)
    clip.add_argument("--pre", type=int, default=10, metavar="SECONDS")
    clip.add_argument("--post", type=int, default=10, metavar="SECONDS")
    clip.add_argument("--to", metavar="FOLDER", help="default: where exports go")
    clip.set_defaults(run=take_clip)
    written_out = actions.add_parser("csv", parents=[shared], help="write all events as CSV")
    written_out.add_argument("file", help="where to; - is the terminal")
    written_out.set_defaults(run=write_csv)


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
            states=[AlarmState(one) for one in asked.state],
            pinned=asked.pinned,
            grouped=asked.grouped,
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
    if found.instructions:
        print(f"  to do: {found.instructions}")
    if found.handled_us is not None:
        print(f"  {found.state} by {found.handled_by} at {written(found.handled_us)}")
    for said in found.comments:
        print(f"  {written(said.at_us)} {said.who}: {said.words}")
    for name, value in found.detail.items():
        print(f"  {name}: {value}")
    for one in found.reactions:
        print(f"  → {one.linkage}: {one.state} {one.words}".rstrip())


def handle(asked: argparse.Namespace) -> None:
    """Do what was asked for, and tell how the event is now."""
    api = owner(asked)
    if asked.comment:
        api.comment(asked.event, asked.comment)
    if asked.state is not None or asked.pin is not None:
        state = AlarmState(asked.state) if asked.state else None
        api.handle(asked.event, state=state, pinned=asked.pin, whole_group=asked.group)
    elif not asked.comment:
        api.acknowledge(asked.event, whole_group=asked.group)
    print(_told(api.event(asked.event)))


def take_clip(asked: argparse.Namespace) -> None:
    """Begin the export, and say its number."""
    folder = None if asked.to is None else Path(asked.to).resolve()
    job = owner(asked).clip(asked.event, pre_s=asked.pre, post_s=asked.post, directory=folder)
    print(f"export {job.id} of channels {', '.join(map(str, job.channels))} has begun")


def write_csv(asked: argparse.Namespace) -> None:
    """Write the list."""
    if asked.file == "-":
        owner(asked).export_events(sys.stdout.buffer)
        return
    with Path(asked.file).open("wb") as into:
        owner(asked).export_events(into)


def _told(one: "Happened") -> str:
    end = "goes on" if one.end_us is None else f"to {written(one.end_us)}"
    times = f" ({one.count} times)" if one.count > 1 else ""
    state = f" [{one.state}]" if one.state else ""
    alike = f" (and {one.alike - 1} more)" if one.alike > 1 else ""
    return f"{one.id:6}  {written(one.begin_us)} {end}  {one.source}: {one.words}{times}{alike}{state}"
