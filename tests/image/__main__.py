"""`python -m tests.image`: build the twin's image where it is not there as it would be today, and boot it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.boots import BOOTS

HERE = Path(__file__).parent


def main() -> int:
    words = sys.argv[1:]
    done = subprocess.run([sys.executable, "-m", "buildroot_external.twin", "--no-bundle"], check=False)
    if done.returncode:
        return done.returncode
    places = [] if any(Path(one.split("::")[0]).exists() for one in words) else [str(HERE / name) for name in BOOTS]
    # The whole of it is waiting for one machine: a test that takes long is ended by its own patience, in words.
    return int(pytest.main([*places, "-p", "no:xdist", "--image", "--durations", "20", *words]))


if __name__ == "__main__":
    sys.exit(main())
