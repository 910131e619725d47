"""The repository holds what was meant to be in it: nothing that a program left in its folder."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST = 2 << 20
"""The largest picture of the documentation has 1.2 MB."""
TOP = {
    ".ci",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "NOTICE",
    "README.md",
    "board",
    "buildroot_external",
    "docs",
    "gui",
    "hal",
    "pyproject.toml",
    "recorder",
    "requirements.lock",
    "rootfs",
    "tests",
}


@pytest.fixture(scope="module")
def kept():
    """Give the files that the repository keeps."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("an archive of the sources, no repository")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [Path(name) for name in listed.decode().split("\0") if name]


def test_the_top_folder_holds_the_houses_rooms_and_no_file_that_was_left_there(kept):
    assert {path.parts[0] for path in kept} - TOP == set()


def test_no_file_is_as_large_as_footage(kept):
    there = [path for path in kept if (ROOT / path).is_file() and not (ROOT / path).is_symlink()]
    assert len(there) > 2000
    assert [str(path) for path in there if (ROOT / path).stat().st_size > LARGEST] == []
