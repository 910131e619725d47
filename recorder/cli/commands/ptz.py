"""Domes: turn a channel's camera, and send it to presets."""

import argparse
import time
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

AGAIN_S = 1.0
"""A move is asked for again at this pace; a dome that nobody asks stops after two seconds."""
AXES = ("pan", "tilt", "zoom", "focus", "iris")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    actions = verbs.add_parser("ptz", parents=[shared], help="turn a camera").add_subparsers(
        dest="action", required=True
    )

    def named(name: str, words: str) -> argparse.ArgumentParser:
        one = actions.add_parser(name, parents=[shared], help=words)
        one.add_argument("channel", type=int)
        one.set_defaults(run=run)
        return one

    named("show", "what its dome can do, and where it looks").add_argument("--json", action="store_true")
    moved = named("move", "move for a time, at shares of full speed from -1 to 1")
    for axis in AXES:
        moved.add_argument(f"--{axis}", type=float, default=0.0)
    moved.add_argument("--seconds", type=float, default=1.0)
    named("stop", "stop all that moves")
    named("goto", "go to a preset").add_argument("number", type=int)
    named("set", "keep where it looks as a preset").add_argument("number", type=int)
    named("clear", "forget a preset").add_argument("number", type=int)
    called = named("name", "give a preset a name; none forgets it")
    called.add_argument("number", type=int)
    called.add_argument("name", nargs="?", default="")
    done = named("do", "one of its other actions, as `show` lists them")
    done.add_argument("what")
    done.add_argument("number", type=int, nargs="?", default=0)
    done.add_argument("second", type=int, nargs="?", default=0)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    api = owner(asked)
    match asked.action:
        case "show":
            _show(asked)
        case "move":
            _move(asked)
        case "stop":
            api.stop_dome(asked.channel)
        case "goto":
            api.call_preset(asked.channel, asked.number)
        case "set":
            api.set_preset(asked.channel, asked.number)
        case "name":
            api.name_preset(asked.channel, asked.number, asked.name)
        case "clear":
            api.clear_preset(asked.channel, asked.number)
        case _:
            api.dome_action(asked.channel, asked.what, asked.number, asked.second)


def _show(asked: argparse.Namespace) -> None:
    from recorder.cli.output import print_json

    found = owner(asked).dome(asked.channel)
    if asked.json:
        print_json(found)
        return
    how = (_("moves") if found.moving else _("still")) if found.online else found.reason
    print(f"{found.line} {found.address} {found.protocol}: {how}")
    if found.pan_degrees is not None and found.tilt_degrees is not None and found.zoom is not None:
        looks = _("looks at {pan:.1f}°, {tilt:.1f}°, zoom {zoom:.0%}")
        print("  " + looks.format(pan=found.pan_degrees, tilt=found.tilt_degrees, zoom=found.zoom))
    print(_("  presets 1 to {count}").format(count=found.presets))
    for one in found.preset_names:
        print(f"  {one.number:3} {one.name}")
    print("  " + " ".join(found.actions))


def _move(asked: argparse.Namespace) -> None:
    """Move, ask again as long as it lasts, and stop whatever comes between."""
    api = owner(asked)
    shares = {axis: getattr(asked, axis) for axis in AXES}
    until = time.monotonic() + asked.seconds
    try:
        while (left := until - time.monotonic()) > 0:
            api.move_dome(asked.channel, **shares)
            time.sleep(min(AGAIN_S, left))
    finally:
        api.stop_dome(asked.channel)
