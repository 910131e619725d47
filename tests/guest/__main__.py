"""`python -m tests.guest`: build the guest's image, run its tests, cut its power, or look around in it."""

import argparse
import random
import sys
import time
from pathlib import Path

import pytest

from buildroot_external.image.tool import CannotBuild
from tests.guest import campaign
from tests.guest.guest import Guest
from tests.guest.image import KEPT, Image

HERE = Path(__file__).parent
MACHINES = 3
"""A guest takes 0.6 of a core: it waits for its disks, and for what its clock says."""


def build() -> int:
    """Make the image where it is not kept yet."""
    began = time.monotonic()
    try:
        image = Image.ready()
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{image.place} is ready ({time.monotonic() - began:.0f} s)", flush=True)
    return 0


def shell() -> int:
    """Run each line of the input in a fresh guest."""
    with Guest.boot() as guest:
        print(f"up after {guest.boot_s:.0f} s", file=sys.stderr, flush=True)
        for line in sys.stdin:
            print(guest.run(line, check=False), end="", flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.guest", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="make what the guest boots, as root")
    test = verbs.add_parser("test", help="run the tests that need the guest; further words are for pytest")
    test.add_argument("--machines", type=int, default=MACHINES, help="how many guests run side by side")
    verbs.add_parser("shell", help="run the lines of standard input in a fresh guest")
    cut = verbs.add_parser("cuts", help="cut the power by the thousand")
    cut.add_argument("--replays", type=int, default=1000)
    every = [*campaign.SCENES]
    cut.add_argument("--scenes", nargs="+", choices=every, default=every, help="what is filmed for replays")
    cut.add_argument("--kills", type=int, default=20, help="of the whole machine, each with a boot")
    cut.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    cut.add_argument(
        "--place", type=Path, default=KEPT, help="where films and cuts lie; in memory they are made at once"
    )
    cut.add_argument("--out", type=Path, default=None, help="write the summary here too")
    asked, words = parser.parse_known_args()
    if status := build():
        return status
    match asked.verb:
        case "test":
            places = [] if any(Path(one.split("::")[0]).exists() for one in words) else [str(HERE)]
            # All tests of a process share one boot; a file stays with one of them.
            dealt = ("-n", str(asked.machines), "--dist", "loadfile", "--no-loadscope-reorder")
            return int(pytest.main([*places, *(dealt if asked.machines > 1 else ()), "--guest", *words]))
        case "cuts":
            return campaign.run(asked.scenes, asked.replays, asked.kills, asked.seed, asked.place, asked.out)
        case "shell":
            return shell()
    return 0


if __name__ == "__main__":
    sys.exit(main())
