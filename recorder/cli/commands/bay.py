"""The bays: what each disk says, making one ready for recording, and letting go of one before it is pulled."""

import argparse
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner, socket
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.store.commands import size

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import BayStatus

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,11}")
"""As long as the label of a file system may be."""
RESERVED = 50
"""One part in so many of a file system stays free: it needs some for itself."""


class HelperRefused(NightjarError):
    """The hardware service refused, or does not answer."""

    status = 409
    words = _("{why}.")


class NoBay(NightjarError):
    """There is no such bay, or nothing is in it."""

    status = 404
    words = _("Bay {bay}: {problem}. `nightjar bay list` shows them all.")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("bay", help="the bays, and the disks in them")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("list", parents=[shared], help="what is in each bay, and how it is")
    one.add_argument("--json", action="store_true")
    one = actions.add_parser("prepare", parents=[shared], help="make a disk ready for recording; ALL ON IT IS LOST")
    one.add_argument("bay")
    one.add_argument("--serial", required=True, help="the serial number of the disk, as `bay list` shows it")
    one.add_argument("--name", required=True, help="what it is called from now on, such as disk2")
    one.add_argument("--filesystem", choices=["xfs", "ext4"], default="xfs")
    one.add_argument("--size", type=size, help="what is used of it (default: all; of a simulated disk at most 10G)")
    one = actions.add_parser("release", parents=[shared], help="let go of a disk, so that it can be pulled")
    one.add_argument("bay")
    for action in actions.choices.values():
        action.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    from hal.client import HalUnavailable

    try:
        {"list": list_bays, "prepare": prepare, "release": release}[asked.action](asked)
    except HalUnavailable as error:
        raise HelperRefused(why=str(error)) from None


def list_bays(asked: argparse.Namespace) -> None:
    """Print them."""
    from recorder.cli.output import print_json

    with owner(asked) as api:
        bays = api.status().bays
    if asked.json:
        print_json(bays)
        return
    for one in bays:
        what = f"{one.model} {one.serial}" if one.occupied else _("empty")
        place = one.place or (_("not used for recording") if one.occupied else "")
        print(f"  {one.name:4} {what:40} {place:16} {one.fault or one.words}")


def prepare(asked: argparse.Namespace) -> None:
    """Partition, file system, mount, and the recorder's own files."""
    from hal.client.admin import AdminClient
    from recorder.store import initialise_disk
    from recorder.supervisor.place import BLOCK_BYTES, DISK_BYTES

    if not NAME.fullmatch(asked.name):
        raise HelperRefused(why=_("A disk's name has at most 12 letters, digits, - and _"))
    bay = _bay(asked)
    about: dict[str, Any] = {"serial": asked.serial, "label": asked.name, "filesystem": asked.filesystem}
    with AdminClient(socket(asked, "hal-admin"), timeout_s=600) as root:
        partition = root.ask("disk", "initialise", _progress, disk=bay.disk, **about)
        place = Path(root.ask("mount", "mount", disk=bay.disk, partition=partition, place=asked.name))
    free = shutil.disk_usage(place).free
    # A simulated disk is a directory of a laptop, which needs its space for itself.
    size_bytes = asked.size or (free - free // RESERVED if os.path.ismount(place) else min(free // 2, DISK_BYTES))
    size_bytes -= size_bytes % BLOCK_BYTES
    number = initialise_disk(place, size_bytes=size_bytes, block_bytes=BLOCK_BYTES, name=asked.name)
    print(_("{place} is a recording disk now ({id}).").format(place=place, id=number))


def release(asked: argparse.Namespace) -> None:
    """Take a disk out of use and let the kernel forget it."""
    from hal.client import HalClient
    from hal.client.admin import AdminClient

    bay = _bay(asked)
    if bay.place:
        with AdminClient(socket(asked, "hal-admin")) as root:
            root.ask("mount", "unmount", place=bay.place)
    with HalClient(socket(asked, "hal"), timeout_s=60) as hal:
        hal.call("bay", bay.name, "release")
    print(_("The disk in bay {bay} can be pulled now.").format(bay=bay.name))


def _bay(asked: argparse.Namespace) -> "BayStatus":
    with owner(asked) as api:
        found = next((one for one in api.status().bays if one.name == asked.bay), None)
    if found is None:
        raise NoBay(bay=asked.bay, problem=_("there is none of this name"))
    if not found.occupied:
        raise NoBay(bay=asked.bay, problem=_("it is empty"))
    return found


def _progress(percent: float, words: str) -> bool:
    print(f"{percent:3.0f} % {words}", file=sys.stderr)
    return True
