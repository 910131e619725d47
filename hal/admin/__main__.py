"""Start the root helper: `python -m hal.admin --socket PATH --audit FILE`; `--world DIR` for simulated disks alone."""

import argparse
import asyncio
import logging
import pwd
import signal
from pathlib import Path

from hal.admin.array import Arrays
from hal.admin.audit import Audit
from hal.admin.clock import Clocks
from hal.admin.disk import Disks
from hal.admin.firewall import Firewalls
from hal.admin.firmware import INBOX, VAULT, Firmwares
from hal.admin.guard import Guard
from hal.admin.helper import Helper
from hal.admin.mount import PLACES, Mounts
from hal.admin.network import Networks
from hal.admin.power import Power
from hal.admin.service import Services
from hal.admin.simulated import simulated_nouns
from hal.admin.simulated_firmware import SimulatedFirmwares
from hal.admin.slot import Slots
from hal.admin.stick import PLACES as STICKS
from hal.admin.stick import Sticks
from hal.machine import Machine
from hal.simulated.pocket import Pocket
from hal.simulated.rack import Rack


def real_nouns(
    machine: Machine,
    places: Path,
    owner: tuple[int, int] | None = None,
    *,
    sticks: Path = STICKS,
    loops: bool = False,
    updates: tuple[Path, Path] = (INBOX, VAULT),
) -> dict[str, object]:
    """What is asked of this machine; `owner` gets the recording disks, `sticks` is where those of USB are mounted.

    `updates` are the inbox of firmware and its vault.
    """
    guard = Guard(machine, loops=loops)
    networks = Networks(machine)
    networks.begin()
    return {
        "disk": Disks(guard),
        "mount": Mounts(guard, places, owner),
        "stick": Sticks(guard, sticks),
        "array": Arrays(guard),
        "slot": Slots(guard),
        "power": Power(),
        "clock": Clocks(machine),
        "network": networks,
        "firewall": Firewalls(),
        "service": Services(),
        "firmware": Firmwares(machine, *updates),
    }


def simulated(world: Path, audit: Path, socket: Path) -> Helper:
    """The helper of a laptop: it touches nothing but the simulated disks and sticks of a data directory."""
    nouns = simulated_nouns(Rack(world), Pocket(world), run=socket.parent)
    nouns["firmware"] = SimulatedFirmwares(world)
    return Helper(nouns, Audit(audit, lasting=False))


async def serve(helper: Helper, socket: Path) -> None:
    """Serve until SIGTERM."""
    task = asyncio.ensure_future(helper.serve(socket, lambda: print("ready", flush=True)))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    socket.unlink(missing_ok=True)


def _user(name: str) -> tuple[int, int]:
    """Give the numbers of a user and of its group."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise argparse.ArgumentTypeError(f"there is no user {name}") from None
    return found.pw_uid, found.pw_gid


def main() -> None:
    """Serve this machine, or a simulated one."""
    parser = argparse.ArgumentParser(prog="hal-admin", description="The few things that need root")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--audit", type=Path, required=True)
    parser.add_argument("--places", type=Path, default=PLACES, help="the folder below which disks are mounted")
    parser.add_argument("--sticks", type=Path, default=STICKS, help="the folder below which USB sticks are mounted")
    parser.add_argument("--updates", type=Path, default=INBOX, help="the folder into which firmware is copied")
    parser.add_argument("--vault", type=Path, default=VAULT, help="where root keeps it")
    parser.add_argument("--owner", type=_user, help="the user whose recording disks are, with its group")
    parser.add_argument("--world", type=Path, help="touch nothing but the simulated disks of this data directory")
    parser.add_argument("--loops", action="store_true", help="loop devices with a file count as disks, for tests")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    if asked.world is not None:
        helper = simulated(asked.world, asked.audit, asked.socket)
    else:
        updates = (asked.updates, asked.vault)
        nouns = real_nouns(
            Machine(), asked.places, asked.owner, sticks=asked.sticks, loops=asked.loops, updates=updates
        )
        helper = Helper(nouns, Audit(asked.audit, lasting=True))
    asyncio.run(serve(helper, asked.socket))


if __name__ == "__main__":
    main()
