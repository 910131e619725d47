"""Start a recorder."""

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

MOST_CAMERAS = 64
"""Beyond these one computer does little else than to be cameras."""
MOST_GB = 1 << 20


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    one = verbs.add_parser("run", parents=[shared], help="run the recorder with simulated hardware")
    one.add_argument("--headless", action="store_true", help="no window; look with `nightjar screenshot`")
    one.add_argument(
        "--cameras", type=_cameras, default=0, metavar="N", help="simulated cameras (default: %(default)s)"
    )
    told = "size of the recording disk that the first run makes (default: %(default)s)"
    one.add_argument("--disk-gb", type=_gigabytes, default=10, metavar="GB", help=told)
    one.set_defaults(run=run)


def _cameras(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_CAMERAS):
        raise argparse.ArgumentTypeError(f"it is 0 to {MOST_CAMERAS}")
    return int(text)


def _gigabytes(text: str) -> float:
    with suppress(ValueError):
        if 1 <= (found := float(text)) <= MOST_GB:
            return found
    raise argparse.ArgumentTypeError("it is a number of GB, at least 1")


def run(asked: argparse.Namespace) -> None:
    """Run until a signal comes or the window is closed."""
    from recorder.client.instance import Instance, private_directory
    from recorder.supervisor import house, place

    instance = Instance(asked.data)
    private_directory(instance.data)
    with place.only_one(instance):
        place.log_to(instance)
        place.first_disk(instance, int(asked.disk_gb * (1 << 30)))
        options = house.Options(asked.data, headless=asked.headless, cameras=asked.cameras)
        house.run(house.House(options, announce=lambda line: print(line, flush=True)))
