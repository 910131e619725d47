"""Programs that build the image: run, and told of when they fail."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path


class CannotBuild(Exception):
    """A step of the image failed; the words hold what the program said."""


def run(*words: str | Path, cwd: Path | None = None, said: str | None = None) -> str:
    """Run a program that hears `said`, and give what it said; raises `CannotBuild`."""
    done = subprocess.run(list(map(str, words)), check=False, capture_output=True, text=True, cwd=cwd, input=said)
    if done.returncode:
        raise CannotBuild(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def need(programs: Iterable[str], packages: str) -> None:
    """Raise `CannotBuild` with the packages of Debian that bring what is missing."""
    if missing := [one for one in programs if shutil.which(one) is None]:
        raise CannotBuild(f"{', '.join(missing)} not found: apt-get install {packages}")
