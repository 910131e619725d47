"""`python -m tests.image`: build the twin's image where it is not there yet, and run the tests that boot it."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.machine import BUILT

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.image", description=__doc__)
    parser.add_argument("--rebuild", action="store_true", help="build it also where it is there")
    asked, words = parser.parse_known_args()
    if asked.rebuild or not (BUILT / "disk.img").exists():
        done = subprocess.run([sys.executable, "-m", "buildroot_external.twin"], check=False)
        if done.returncode:
            return done.returncode
    places = [] if any(Path(one.split("::")[0]).exists() for one in words) else [str(HERE)]
    return int(pytest.main([*places, "-p", "no:xdist", "--image", *words]))


if __name__ == "__main__":
    sys.exit(main())
