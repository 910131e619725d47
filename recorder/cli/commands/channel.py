"""Channels: add, list, change, trust, remove."""

import argparse
import sys
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.output import print_list
from recorder.client.errors import NotFound
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import Channel

FIELDS = ("name", "url", "sub_url", "user", "password", "transport", "certificate", "seat")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("channel", parents=[shared], help="add, list, change or remove channels")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    fresh = actions.add_parser("add", parents=[shared], help="add a camera by its RTSP address; it records at once")
    change = actions.add_parser("set", parents=[shared], help="change a channel")
    change.add_argument("number", type=int)
    for one in (fresh, change):
        needed = one is fresh
        one.add_argument("--name", required=needed)
        one.add_argument("--url", required=needed, help="the main stream: rtsp://host[:port]/path, or rtsps://")
        one.add_argument("--sub-url", help="the small stream that the wall shows")
        one.add_argument("--seat", type=int, metavar="PORT", help="a PoE port of this recorder: {address} in a URL")
        one.add_argument("--user")
        one.add_argument("--password", help="- reads it from standard input, where nobody else sees it")
        one.add_argument("--transport", choices=("auto", "tcp", "udp", "multicast"))
        one.add_argument("--certificate", help="the SHA-256 of the certificate to accept of an rtsps:// address")
    fresh.add_argument("--number", type=int, help="default: the lowest that is free")
    fresh.set_defaults(run=add_channel)
    change.set_defaults(run=change_channel)
    listed = actions.add_parser("list", parents=[shared], help="list the channels and how they are")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(run=list_channels)
    trusted = actions.add_parser(
        "trust", parents=[shared], help="accept the certificate that the camera shows now, instead of the one before"
    )
    trusted.add_argument("number", type=int)
    trusted.set_defaults(run=trust_certificate)
    gone = actions.add_parser("remove", parents=[shared], help="remove a channel; its footage stays")
    gone.add_argument("number", type=int)
    gone.set_defaults(run=remove_channel)


def _fields(asked: argparse.Namespace, names: tuple[str, ...]) -> dict[str, object]:
    found = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    if found.get("password") == "-":
        found["password"] = sys.stdin.readline().rstrip("\n")
    return found


def add_channel(asked: argparse.Namespace) -> None:
    """Add a channel and tell its number."""
    channel = owner(asked).add_channel(**_fields(asked, (*FIELDS, "number")))
    print(f"Channel {channel.number}: {channel.name}")


def change_channel(asked: argparse.Namespace) -> None:
    """Change the named fields of a channel."""
    channel = owner(asked).change_channel(asked.number, **_fields(asked, FIELDS))
    print(f"Channel {channel.number}: {channel.name}")


def trust_certificate(asked: argparse.Namespace) -> None:
    """Accept what the camera of a channel shows."""
    ask = owner(asked)
    shown = next((one.certificate for one in ask.channel(asked.number).streams if one.certificate), "")
    if not shown:
        raise NotFound(what=_("certificate of channel {number}").format(number=asked.number))
    ask.change_channel(asked.number, certificate=shown)
    print(f"Channel {asked.number}: {shown}")


def list_channels(asked: argparse.Namespace) -> None:
    """List the channels with the state of each stream."""
    print_list(owner(asked).channels(), _told, as_json=asked.json)


def _told(channel: "Channel") -> str:
    states = ", ".join(f"{one.stream.value} {one.state.value}" for one in channel.streams)
    return f"{channel.number:3}  {channel.name:24} {channel.mode:6} {states or 'not started'}"


def remove_channel(asked: argparse.Namespace) -> None:
    """Remove a channel."""
    owner(asked).remove_channel(asked.number)
