"""Sets up the net of cameras at the ports of this board, once a start: `python -m hal.network.cameras`.

It is what the board's file says, and nothing else: for systemd-networkd the bridge and its ports, for dnsmasq the net.
A plan of the owner's has files of the same names in /etc, which go before these.
"""

import argparse
import ipaddress
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hal.board import DeviceEntry, described, entry_of
from hal.detection import detect
from hal.errors import HalError
from hal.machine import Machine
from hal.network import dnsmasq
from hal.network.networkd import camera_files
from hal.network.plan import CameraNetPlan

KIND, DRIVER = "camera_net", "dnsmasq"
log = logging.getLogger("cameras")


def camera_net(boards: Path, machine: Machine) -> DeviceEntry | None:
    """Find the camera net of the board that this machine is; None where it has none. Raises `BadBoard`."""
    devices = described(detect(machine, boards).folder / "board.toml").device
    found = next((one for one in devices if (one.get("kind"), one.get("driver")) == (KIND, DRIVER)), None)
    return entry_of(found) if found is not None else None


def set_up(options: Mapping[str, Any], network: Path, settings: Path) -> None:
    """Write what networkd and dnsmasq are to do."""
    interface, net = options["interface"], options["net"]
    network.mkdir(parents=True, exist_ok=True)
    for name, text in camera_files(CameraNetPlan(interface, net, options["ports"])).items():
        (network / name).write_text(text)
    words = dnsmasq.settings(interface, ipaddress.IPv4Interface(net), Path(options["hosts"]), Path(options["leases"]))
    settings.write_text(words)


def main() -> None:
    """Do it where the board has such ports."""
    parser = argparse.ArgumentParser(prog="hal.network.cameras", description=__doc__)
    parser.add_argument("--boards", type=Path, required=True, help="the folder of all boards")
    parser.add_argument("--network", type=Path, required=True, help="the folder of networkd's files")
    parser.add_argument("--settings", type=Path, required=True, help="the file that dnsmasq reads")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        found = camera_net(asked.boards, Machine())
        if found is None:
            log.info("this board has no ports for cameras")
            return
        set_up(found.options, asked.network, asked.settings)
    except (HalError, ValueError) as error:
        sys.exit(f"cameras: {error}")


if __name__ == "__main__":
    main()
