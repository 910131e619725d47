"""What the machine underneath is made of, how it is, and a new network that is tried before it is kept."""

import argparse
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from recorder.cli import network_test
from recorder.cli.connection import owner, socket
from recorder.cli.passwords import typed
from recorder.client.errors import NightjarError
from recorder.client.numbers import numbers
from recorder.client.words import _

if TYPE_CHECKING:
    from hal.client import DeviceState, Inventory
    from recorder.cli.verbs import Verbs

LARGEST_PLAN = 65536
"""A plan is some hundred bytes; hal-admin reads no longer line."""
COMMON = {"name", "online", "reason", "kind"}


class BadPlan(NightjarError):
    """The file of a network plan cannot be read."""

    status = 422
    words = _("{path} is no plan of a network: {why}.")


class HardwareSilent(NightjarError):
    """The hardware service did not answer, or refused."""

    status = 503
    words = _("{why}.")


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("hardware", parents=[shared], help="the devices of this machine, and how they are")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)
    actions = one.add_subparsers(dest="action")
    about = "set the network up anew; it is as before again unless keep-network follows in time"
    trial = actions.add_parser("try-network", parents=[shared], help=about)
    trial.add_argument("plan", type=Path, help="a file of JSON: docs/guide/network.md")
    trial.add_argument("--within", type=int, default=60, help="seconds until it is undone (default: 60)")
    actions.add_parser("keep-network", parents=[shared], help="keep the network that is being tried")
    actions.add_parser("undo-network", parents=[shared], help="go back to the network before, at once")
    for action in actions.choices.values():
        action.set_defaults(run=network)
    network_test.add(actions, shared)
    about = "give the password of an external PoE switch; it is asked for, and kept sealed"
    switch = actions.add_parser("login", parents=[shared], help=about)
    switch.add_argument("supply", help="its name in the list of devices")
    switch.add_argument("--user", default="", help="the user of SNMP version 3; without one, version 2c is spoken")
    switch.set_defaults(run=login)
    about = "have the ports of a PoE switch in the network driven; its password is asked for, and kept sealed"
    new = actions.add_parser("add-switch", parents=[shared], help=about)
    new.add_argument("supply", help="what it is called from now on")
    new.add_argument("host", help="its address")
    new.add_argument("--user", default="", help="the user of SNMP version 3; without one, version 2c is spoken")
    new.add_argument("--ports", type=numbers, default=[], help="those that feed cameras, such as 1-8,12 (default: all)")
    new.add_argument("--watts", type=float, help="what it can give (default: what it says itself)")
    new.add_argument("--udp-port", type=int, default=161)
    new.set_defaults(run=add_switch)
    about = "have the inputs and relays of an alarm box by Modbus, in the network or at a serial line"
    box = actions.add_parser("add-box", parents=[shared], help=about)
    box.add_argument("box", help="what it is called from now on")
    box.add_argument("host", nargs="?", default="", help="its address in the network")
    box.add_argument("--line", default="", help="the serial line it is at, such as ttyUSB0")
    box.add_argument("--baud", type=int, default=9600, help="the speed of that line (default: 9600)")
    box.add_argument("--parity", choices=["N", "E", "O"], default="N", help="none, even or odd (default: N)")
    box.add_argument("--stop-bits", type=int, choices=[1, 2], default=1)
    box.add_argument("--inputs", type=int, default=8, help="how many it has (default: 8)")
    box.add_argument("--outputs", type=int, default=0, help="how many relays it has (default: 0)")
    box.add_argument("--unit", type=int, default=1, help="its number at a line or gateway (default: 1)")
    box.add_argument("--port", type=int, default=502)
    box.set_defaults(run=add_box)
    gone = actions.add_parser("remove-box", parents=[shared], help="have an alarm box no more that was added")
    gone.add_argument("box")
    gone.set_defaults(run=remove_box)
    old = actions.add_parser("remove-switch", parents=[shared], help="drive a switch no more that was added")
    old.add_argument("supply")
    old.set_defaults(run=remove_switch)


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


def network(asked: argparse.Namespace) -> None:
    """Try a network, keep it, or go back."""
    from hal.client import HalUnavailable
    from hal.client.admin import AdminClient

    verbs = {"try-network": "attempt", "keep-network": "confirm", "undo-network": "undo"}
    about: dict[str, Any] = {}
    if asked.action == "try-network":
        about = {"plan": _plan(asked.plan), "within_s": asked.within}
    try:
        with AdminClient(socket(asked, "hal-admin")) as root:
            root.ask("network", verbs[asked.action], **about)
    except HalUnavailable as error:
        raise HardwareSilent(why=str(error).rstrip(".")) from None
    if about:
        words = _("The network is set up. Connect to it, and say `nightjar hardware keep-network` within {seconds} s.")
        print(words.format(seconds=asked.within))


def login(asked: argparse.Namespace) -> None:
    """Ask for passwords and hand them to the hardware service: no command line and no log ever has them."""
    from hal.client import HalClient, HalUnavailable

    told = _passwords(asked.user)
    try:
        with HalClient(socket(asked, "hal")) as hal:
            hal.call("poe_supply", asked.supply, "set_login", login=told)
    except HalUnavailable as error:
        raise HardwareSilent(why=str(error).rstrip(".")) from None
    print(_("{supply} is logged in at with that from now on.").format(supply=asked.supply))


def _passwords(user: str) -> dict[str, str]:
    if not user:
        return {"user": "", "community": typed(_("Community: "))}
    return {
        "user": user,
        "auth_key": typed(_("Password: ")),
        "privacy_key": typed(_("Key of the encryption, or empty: ")),
    }


def add_switch(asked: argparse.Namespace) -> None:
    """Add a switch, which must answer now; raises `NightjarError`."""
    about = {"ports": asked.ports, "udp_port": asked.udp_port, **_passwords(asked.user)}
    about |= {"watts": asked.watts} if asked.watts else {}
    with owner(asked) as api:
        added = next(one for one in api.add_switch(asked.supply, asked.host, **about) if one.name == asked.supply)
    print(_("{supply}: {count} ports. {words}").format(supply=added.name, count=len(added.ports), words=added.words))


def remove_switch(asked: argparse.Namespace) -> None:
    """Remove one that was added; raises `NightjarError`."""
    with owner(asked) as api:
        api.remove_switch(asked.supply)


def add_box(asked: argparse.Namespace) -> None:
    """Add an alarm box, which must answer now; raises `NightjarError`."""
    words = ("port", "unit", "inputs", "outputs", "line", "baud", "parity", "stop_bits")
    about = {word: getattr(asked, word) for word in words}
    with owner(asked) as api:
        api.add_box(asked.box, asked.host, **about)
        told = [*api.inputs(), *api.outputs()]
    names = ", ".join(one.name for one in told if one.box == asked.box)
    print(_("{box} answers: {names}.").format(box=asked.box, names=names))


def remove_box(asked: argparse.Namespace) -> None:
    """Remove one that was added; raises `NightjarError`."""
    with owner(asked) as api:
        api.remove_box(asked.box)


def _plan(path: Path) -> dict[str, Any]:
    """Read a plan; what it says is checked by who carries it out. Raises `BadPlan`."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST_PLAN), type=dict[str, Any])
    except OSError as error:
        raise BadPlan(path=path, why=error.strerror) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadPlan(path=path, why=error) from None


def _about(what: "Inventory") -> str:
    words = [what.model or what.driver]
    if what.unproven:
        words.append(_("never tried with the real hardware"))
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
