"""The bays: what each disk says, its light, its self-test, making it ready, letting go of it; which places are bays."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner
from recorder.cli.following import follow, job_of
from recorder.cli.output import print_list
from recorder.client.words import _
from recorder.store.commands import size

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import BayStatus, DiskPlace
    from recorder.client.api import ApiClient


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("bay", parents=[shared], help="the bays, and the disks in them")
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
    actions.add_parser("places", parents=[shared], help="the places for disks that this machine has")
    one = actions.add_parser("add", parents=[shared], help="say that a place for a disk is a bay")
    one.add_argument("bay", help="what it is called from now on, such as the number on its front")
    one.add_argument("path", help="the place, as `bay places` shows it")
    one = actions.add_parser("remove", parents=[shared], help="take that back; the disk stays as it is")
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
                follow(began.job, job_of(api.bays, asked.bay), partial(api.cancel_bay_job, asked.bay))
            case "release":
                began = api.release_disk(asked.bay)
                follow(began.job, job_of(api.bays, asked.bay), partial(api.cancel_bay_job, asked.bay))
            case "places":
                _list_places(api.disk_places())
            case "add":
                _list_places(api.add_bay(asked.bay, asked.path))
            case "remove":
                _list_places(api.remove_bay(asked.bay))
            case _:
                list_bays(api, as_json=asked.json)


def list_bays(api: "ApiClient", *, as_json: bool) -> None:
    """Print them."""
    print_list(api.bays(), _told, as_json=as_json)


def _told(one: "BayStatus") -> str:
    what = f"{one.model} {one.serial}" if one.occupied else _("empty")
    place = one.place or (_("not used for recording") if one.occupied else "")
    return f"  {one.name:4} {what:40} {place:16} {one.fault or one.words}"


def _list_places(places: "list[DiskPlace]") -> None:
    for one in places:
        what = f"{one.disk} {one.serial}".strip() or _("empty")
        print(f"  {one.bay or '-':16} {one.path:36} {one.words:32} {what}")
