"""How complete recordings are, hour by hour (P-INSP-01, P-INSP-02, P-INSP-03)."""

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.stream_names import stream_name
from recorder.client.answers import Day, Hour, Wholeness
from recorder.client.clock import SECOND_US
from recorder.client.stream import StreamName

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

SIGNS = {Wholeness.COMPLETE: "#", Wholeness.INCOMPLETE: "!", Wholeness.OVERWRITTEN: "o", Wholeness.NOT_DUE: "."}
LONGEST = 31


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    told = "say how complete recordings are: # complete, ! incomplete, o overwritten since, . not due"
    one = verbs.add_parser("completeness", parents=[shared], help=told, description=told)
    one.add_argument("--channel", type=int, action="append", help="default: all; may be given again")
    one.add_argument("--stream", type=stream_name, default=StreamName.MAIN, choices=list(StreamName))
    one.add_argument("--day", type=_day, help="a day as 2026-11-26, or today (default)")
    one.add_argument("--days", type=int, default=1, metavar="COUNT", help="so many days from that one on, 31 at most")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def _day(text: str) -> date | None:
    if text == "today":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-26") from None


def run(asked: argparse.Namespace) -> None:
    """Print a line for each channel and day, and below it what is missing and why."""
    from recorder.cli.output import print_json

    ask = owner(asked)
    first = asked.day or _today(ask.status().time_us, ask.status().zone)
    channels = asked.channel or [one.number for one in ask.channels()]
    if not channels:
        return
    days = ask.completeness(channels, first, min(max(asked.days, 1), LONGEST), stream=asked.stream, hours=True)
    if asked.json:
        print_json([_whole(one) for one in days])
        return
    for one in days:
        print(f"{one.channel:4}  {one.date}  {''.join(SIGNS[hour.state] for hour in one.hours)}  {_words(one)}")


def _today(now_us: int, zone: str) -> date:
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(now_us / SECOND_US, UTC).astimezone(ZoneInfo(zone)).date()


def _words(one: Hour) -> str:
    parts = [f"{reason} {_length(length_us)}" for reason, length_us in sorted(one.missing_us.items())]
    if one.overwritten_us:
        parts.append(f"overwritten {_length(one.overwritten_us)}")
    return ", ".join(parts) or one.state.value.replace("_", " ")


def _length(length_us: int) -> str:
    seconds = round(length_us / SECOND_US)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _whole(one: Day) -> dict[str, object]:
    return {"channel": one.channel, "day": one.date, **_figures(one), "hours": [_figures(hour) for hour in one.hours]}


def _figures(one: Hour) -> dict[str, object]:
    return {
        "start_us": one.start_us,
        "end_us": one.end_us,
        "state": one.state.value,
        "due_s": one.due_us / SECOND_US,
        "recorded_s": one.recorded_us / SECOND_US,
        "overwritten_s": one.overwritten_us / SECOND_US,
        "missing_s": {reason: length_us / SECOND_US for reason, length_us in one.missing_us.items()},
    }
