"""What the kernel's bridge says of its ports (ip, bridge and ethtool of iproute2 and ethtool, in JSON)."""

import json
from typing import Any, cast

from hal.errors import BadAnswer, Offline
from hal.machine import Machine
from hal.network.dnsmasq import MAC

PATIENCE_S = 3.0
MOST_MACS = 32
"""MACs taken from one port: behind a camera there is one, behind a switch some; more is a flood."""


def ask(machine: Machine, *argv: str) -> list[dict[str, Any]]:
    """Run a program that answers with a JSON list; raises `Offline` with its complaint, `BadAnswer`."""
    ended = machine.run(argv, PATIENCE_S)
    if ended.status:
        raise Offline(f"{argv[0]} says: {ended.complaint[:200]}")
    try:
        told = json.loads(ended.output or b"[]")
    except ValueError:
        raise BadAnswer(f"{argv[0]} spoke otherwise", ended.output) from None
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in cast("list[object]", told)):
        raise BadAnswer(f"{argv[0]} spoke otherwise", ended.output)
    return cast("list[dict[str, Any]]", told)


def line_speed(machine: Machine, interface: str) -> tuple[int, bool]:
    """Speed in Mbit/s and whether both ways at once; 0 without a link, or where an interface has no speed."""
    folder = machine.sys / "class/net" / interface
    try:
        return max(0, int((folder / "speed").read_text())), (folder / "duplex").read_text().strip() == "full"
    except (OSError, ValueError):
        return 0, False


def macs_behind(machine: Machine, interface: str) -> tuple[str, ...]:
    """MACs the bridge learned at a port: not its own, not multicast."""
    learned = [
        str(entry.get("mac", ""))
        for entry in ask(machine, "bridge", "-j", "fdb", "show", "dev", interface)
        if entry.get("state") not in {"permanent", "static"} and "self" not in entry.get("flags", [])
    ]
    return tuple(sorted({mac for mac in learned if MAC.fullmatch(mac) and not int(mac[:2], 16) & 1}))[:MOST_MACS]
