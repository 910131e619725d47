"""What the machine underneath is made of, how it is, and one word to it."""

import argparse
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from typing import TYPE_CHECKING

from recorder.cli.connection import socket
from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from hal.client import DeviceState, Inventory
    from recorder.cli.verbs import Verbs

COMMON = {"name", "online", "reason", "kind"}


class HardwareSilent(NightjarError):
    """The hardware service did not answer, or refused."""

    status = 503
    words = _("{why}.")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("hardware", parents=[shared], help="the devices of this machine, and how they are")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Print it, for people or as JSON with `inventory` and `devices`."""
    from hal.client import HalClient, HalUnavailable
    from recorder.cli.output import print_json

    try:
        with HalClient(socket(asked, "hal")) as hal:
            inventory, devices = hal.inventory(), hal.devices()
    except HalUnavailable as error:
        raise HardwareSilent(why=str(error)) from None
    if asked.json:
        print_json({"inventory": inventory, "devices": devices})
        return
    for what, state in zip(inventory, devices, strict=True):
        print(f"  {what.kind:18} {what.name:10} {_about(what):24} {_how(state)}")


def _about(what: "Inventory") -> str:
    words = [what.model or what.driver]
    if what.unproven:
        words.append(_("unproven"))
    return ", ".join(words)


def _how(state: "DeviceState") -> str:
    if not state.online:
        return _("offline: {reason}").format(reason=state.reason)
    told = {name: value for name, value in asdict(state).items() if name not in COMMON}
    return ", ".join(f"{name} {_word(value)}" for name, value in told.items() if _word(value))


def _word(value: object) -> str:
    """One value on a line; nothing for what is empty or has parts of its own."""
    if value is None or isinstance(value, dict | list | tuple):
        return ""
    if isinstance(value, AbstractSet):
        return " and ".join(sorted(map(str, value)))
    return str(value)
