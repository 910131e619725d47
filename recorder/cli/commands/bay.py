"""The bays: what each disk says, its light, its self-test, making it ready, letting go of it before it is pulled."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner
from recorder.cli.following import follow
from recorder.client.words import _
from recorder.store.commands import size

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import BayJob
    from recorder.client.api import ApiClient


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("bay", help="the bays, and the disks in them")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("list", parents=[shared], help="what is in each bay, and how it is")
    one.add_argument("--json", action="store_true")
    one = actions.add_parser("locate", parents=[shared], help="let the light of a bay blink, so that it is found")
    one.add_argument("bay")
    one.add_argument("--off", action="store_true")
    one = actions.add_parser("test", parents=[shared], help="have a drive test itself; recording goes on")
    one.add_argument("bay")
    one.add_argument("--extended", action="store_true", help="the whole surface, which takes hours")
    one.add_argument("--stop", action="store_true", help="give up the test that runs")
    one = actions.add_parser("prepare", parents=[shared], help="make a disk ready for recording; ALL ON IT IS LOST")
    one.add_argument("bay")
    one.add_argument("--serial", required=True, help="the serial number of the disk, as `bay list` shows it")
    one.add_argument("--name", default="", help="what it is called from now on (default: the next free, such as disk2)")
    one.add_argument("--filesystem", choices=["xfs", "ext4"], default="xfs")
    one.add_argument(
        "--size", type=size, default=0, help="what is used (default: all; of a simulated disk at most 10G)"
    )
    one = actions.add_parser("release", parents=[shared], help="let go of a disk, so that it can be pulled")
    one.add_argument("bay")
    for action in actions.choices.values():
        action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    with owner(asked) as api:
        match asked.action:
            case "locate":
                api.locate_bay(asked.bay, on=not asked.off)
            case "test" if asked.stop:
                api.stop_disk_test(asked.bay)
            case "test":
                api.test_disk(asked.bay, extended=asked.extended)
            case "prepare":
                about: dict[str, Any] = {"name": asked.name, "filesystem": asked.filesystem, "size_bytes": asked.size}
                began = api.prepare_disk(asked.bay, asked.serial, **about)
                follow(began.job, partial(_job, api, asked.bay), partial(api.cancel_bay_job, asked.bay))
            case "release":
                began = api.release_disk(asked.bay)
                follow(began.job, partial(_job, api, asked.bay), partial(api.cancel_bay_job, asked.bay))
            case _:
                list_bays(api, as_json=asked.json)


def list_bays(api: "ApiClient", *, as_json: bool) -> None:
    """Print them."""
    from recorder.cli.output import print_json

    bays = api.bays()
    if as_json:
        print_json(bays)
        return
    for one in bays:
        what = f"{one.model} {one.serial}" if one.occupied else _("empty")
        place = one.place or (_("not used for recording") if one.occupied else "")
        print(f"  {one.name:4} {what:40} {place:16} {one.fault or one.words}")


def _job(api: "ApiClient", bay: str) -> "BayJob | None":
    return next((one.job for one in api.bays() if one.name == bay), None)
