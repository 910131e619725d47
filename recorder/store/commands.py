"""`nightjar store`: make, look at, verify and mend recording disks; works without a running recorder."""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from recorder.client.clock import SystemClock
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.store.check import Report, check
from recorder.store.disk import Disk
from recorder.store.errors import BadDiskSize, Damaged, StoreError
from recorder.store.initialise import initialise_disk
from recorder.store.inspection import disks_below
from recorder.store.known_disks import FILE as DISKS_FILE
from recorder.store.known_disks import KnownDisks
from recorder.store.listing import Listing
from recorder.store.rebuild import rebuild_catalog, rebuild_index

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction  # pyright: ignore[reportPrivateUsage]

_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_FACTOR = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Unsound(StoreError):
    """A check found damage."""

    status = 500
    words = _("Faults found: {count}. What is whole still plays.")


def size(text: str) -> int:
    """Read a size such as 10G or 64M, in bytes; raises `argparse.ArgumentTypeError`."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(_("{text} is no size; write 10G, 500M …").format(text=text))
    return int(found[1]) * _FACTOR[found[2].upper()]


def add_arguments(
    verbs: "_SubParsersAction[ArgumentParser]", shared: argparse.ArgumentParser
) -> "_SubParsersAction[ArgumentParser]":
    """Name the verbs, and give where more are named; `shared` has --data."""
    noun = verbs.add_parser("store", parents=[shared], help="recording disks: make, list, check, mend")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    one = actions.add_parser("init", parents=[shared], help="make an empty directory or mount point a recording disk")
    one.add_argument("disk", help="a name below the instance's disks, or a path")
    one.add_argument("--size", type=size, default=10 << 30, help="all it may ever take: 10G (default), 500M …")
    one.add_argument("--block", type=size, default=64 << 20, help="size of its block files (default 64M)")
    one = actions.add_parser("list", parents=[shared], help="list the disks and what is recorded")
    one.add_argument("--json", action="store_true")
    one = actions.add_parser("check", parents=[shared], help="read everything and say what is whole; changes nothing")
    one.add_argument("disk", nargs="?", help="default: all")
    one.add_argument("--json", action="store_true")
    one = actions.add_parser("rebuild", parents=[shared], help="make the index anew from the catalogs")
    one.add_argument("--from-blocks", metavar="DISK", help="first make this disk's catalog anew from its blocks")
    for action in actions.choices.values():
        action.set_defaults(run=run)
    return actions


def run(asked: argparse.Namespace) -> None:
    """Carry out what was asked; raises `NightjarError`."""
    {"init": init, "list": list_disks, "check": check_disks, "rebuild": rebuild}[asked.action](asked)


def _place(instance: Instance, name: str) -> Path:
    return Path(name) if "/" in name else instance.disks / name


def init(asked: argparse.Namespace) -> None:
    """Make a disk."""
    place = _place(Instance(asked.data), asked.disk)
    if not place.name:
        raise BadDiskSize(problem=_("A disk needs a name."))
    number = initialise_disk(place, size_bytes=asked.size, block_bytes=asked.block, name=place.name)
    _say(_("{place} is a recording disk now ({id}).").format(place=place, id=number))


def list_disks(asked: argparse.Namespace) -> None:
    """List disks, and streams with their oldest and newest footage."""
    found = Listing.of(Instance(asked.data))
    if asked.json:
        _say(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    for line in found.lines():
        _say(line)


def check_disks(asked: argparse.Namespace) -> None:
    """Verify disks; raises `Unsound` where something is damaged."""
    instance = Instance(asked.data)
    places = [_place(instance, asked.disk)] if asked.disk else list(disks_below(instance.disks))
    reports: list[Report] = [check(place, _progress) for place in places]
    if asked.json:
        _say(msgspec.json.format(msgspec.json.encode(reports), indent=2).decode())
    else:
        for one in reports:
            words = _("{disk}: {blocks} blocks, {chunks} chunks, {samples} samples, {mb} MB are whole.")
            mb = one.bytes >> 20
            _say(words.format(disk=one.disk, blocks=one.blocks, chunks=one.chunks, samples=one.samples, mb=mb))
            for line in (*one.damage, *one.notes):
                _say(f"  {line}")
    faults = sum(len(one.damage) for one in reports)
    if faults:
        raise Unsound(count=faults)


def rebuild(asked: argparse.Namespace) -> None:
    """Make the index anew, and before it a catalog where one is named."""
    instance = Instance(asked.data)
    try:
        if asked.from_blocks:
            place = _place(instance, asked.from_blocks)
            after = KnownDisks(instance.state / DISKS_FILE).sequence_of(Disk(place, SystemClock()).peek())
            used = rebuild_catalog(place, lambda _name, done, count: _progress(done, count), after)
            _say(_("{place}: footage was found in {used} blocks.").format(place=place, used=used))
        names = rebuild_index(instance.disks, instance.index)
    except OSError as error:
        raise Damaged(what=_("A disk"), problem=error.strerror or str(error)) from error
    if names:
        _say(_("The index was made anew from {names}.").format(names=", ".join(names)))
    else:
        _say(_("The index was deleted; the running recorder makes it anew within seconds."))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty() and count:
        sys.stderr.write(f"\r{100 * done // count:3} %\r")
