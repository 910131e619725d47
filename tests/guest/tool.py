"""Programs that build the guest's image: run, and told of when they fail."""

import subprocess
from pathlib import Path


class CannotBuild(Exception):
    """A step of the image failed; the words hold what the program said."""


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a program and give what it said; raises `CannotBuild`."""
    done = subprocess.run(list(map(str, words)), check=False, capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        raise CannotBuild(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def download(folder: Path, package: str) -> Path:
    """Fetch a Debian package into a new folder; gives its path."""
    folder.mkdir()
    run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package, cwd=folder)
    return next(folder.glob("*.deb"))
