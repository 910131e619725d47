"""Arrays of disks: how they are, made of bays, made ready, paced, compared, their disks changed, taken apart."""

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from hal.client.sizes import size as words_of_size
from recorder.cli.connection import owner
from recorder.cli.following import follow, job_of
from recorder.client import disk_words
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.store.commands import size

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import ArrayStatus, BayStatus
    from recorder.client.api import ApiClient

TYPED = "its id, as `array list` shows it, or at least the first eight digits"


class BadDisk(NightjarError):
    """A disk of an array is named by its bay and the serial number on its label."""

    status = 422
    words = _("{told} names no disk: say BAY=SERIAL, as `nightjar bay list` shows them.")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("array", parents=[shared], help="disks that stand for each other")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("list", parents=[shared], help="the arrays, and how they are")
    one.add_argument("--json", action="store_true")
    one = actions.add_parser("create", parents=[shared], help="make an array of disks; ALL ON THEM IS LOST")
    one.add_argument("title", help="what it is called")
    one.add_argument("--level", required=True, choices=list(disk_words.LEVELS))
    one.add_argument("disks", nargs="+", metavar="BAY=SERIAL", help="a disk, by its bay and its serial number")
    one.add_argument("--spare", action="append", default=[], metavar="BAY=SERIAL", help="a disk that waits")
    one = actions.add_parser("add", parents=[shared], help="add a disk to an array; ALL ON IT IS LOST")
    one.add_argument("array")
    one.add_argument("disk", metavar="BAY=SERIAL", help="the disk, by its bay and its serial number")
    about = "a spare of this array (default), of all that share their spares, or more room for the array"
    one.add_argument("--use", choices=["spare", "shared_spare", "grow"], default="spare", help=about)
    about = "copy a disk of an array to another one, which takes its place; ALL ON THAT ONE IS LOST"
    one = actions.add_parser("replace", parents=[shared], help=about)
    one.add_argument("array")
    one.add_argument("old", metavar="BAY", help="the bay of the disk that is replaced")
    one.add_argument("disk", metavar="BAY=SERIAL", help="the disk in its place, by its bay and its serial number")
    one = actions.add_parser("remove", parents=[shared], help="take a spare or failed disk out of an array")
    one.add_argument("array")
    one.add_argument("disk", metavar="BAY=SERIAL", help="the disk, by its bay and its serial number")
    one = actions.add_parser("forget", parents=[shared], help="forget the disks of an array that were pulled")
    one.add_argument("array")
    one = actions.add_parser("prepare", parents=[shared], help="make an array ready for recording; ALL ON IT IS LOST")
    one.add_argument("array")
    one.add_argument("--id", required=True, help=TYPED)
    one.add_argument("--name", default="", help="what it is called from now on (default: the next free, such as disk2)")
    one.add_argument("--filesystem", choices=["xfs", "ext4"], default="xfs")
    one.add_argument("--size", type=size, default=0, help="what is used (default: all)")
    one = actions.add_parser("delete", parents=[shared], help="take an array apart; ALL ON IT IS LOST")
    one.add_argument("array")
    one.add_argument("--id", required=True, help=TYPED)
    one = actions.add_parser("pace", parents=[shared], help="who goes first while it is rebuilt")
    one.add_argument("array")
    one.add_argument("pace", choices=list(disk_words.PACES))
    one = actions.add_parser("verify", parents=[shared], help="compare what its disks hold; recording goes on")
    one.add_argument("array")
    for action in actions.choices.values():
        action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    with owner(asked) as api:
        match asked.action:
            case "create":
                disks, spares = _disks(asked.disks), _disks(asked.spare)
                _follow_bay(api, api.create_array(asked.title, asked.level, disks, spares)[0])
            case "add":
                ((bay, serial),) = _disks([asked.disk]).items()
                _follow_bay(api, api.add_to_array(asked.array, bay, serial, asked.use))
            case "replace":
                ((bay, serial),) = _disks([asked.disk]).items()
                _follow_bay(api, api.replace_in_array(asked.array, asked.old, bay, serial))
            case "remove":
                ((bay, serial),) = _disks([asked.disk]).items()
                _follow_bay(api, api.remove_from_array(asked.array, bay, serial))
            case "forget":
                api.forget_gone(asked.array)
            case "prepare":
                about: dict[str, Any] = {"name": asked.name, "filesystem": asked.filesystem, "size_bytes": asked.size}
                _follow_array(api, api.prepare_array(asked.array, asked.id, **about))
            case "delete":
                _follow_array(api, api.delete_array(asked.array, asked.id))
            case "pace":
                api.set_array_pace(asked.array, asked.pace)
            case "verify":
                api.verify_array(asked.array)
            case _:
                list_arrays(api, as_json=asked.json)


def list_arrays(api: "ApiClient", *, as_json: bool) -> None:
    """Print them."""
    from recorder.cli.output import print_json

    arrays = api.arrays()
    if as_json:
        print_json(arrays)
        return
    rows = {one.item: one.words for one in api.storage().rows if one.kind == "array"}
    for one in arrays:
        print(f"  {one.name:6} {one.title:16} {words_of_size(one.capacity_bytes):10} {one.place:12} {one.uuid}")
        print(f"         {disk_words.members(one)}: {rows.get(one.name, '')}")


def _follow_bay(api: "ApiClient", bay: "BayStatus") -> None:
    follow(bay.job, job_of(api.bays, bay.name), partial(api.cancel_bay_job, bay.name))


def _follow_array(api: "ApiClient", array: "ArrayStatus") -> None:
    follow(array.job, job_of(api.arrays, array.name), partial(api.cancel_array_job, array.name))


def _disks(told: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in told:
        bay, equals, serial = one.partition("=")
        if not bay or not equals or not serial or bay in found:
            raise BadDisk(told=one)
        found[bay] = serial
    return found
