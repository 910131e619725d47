"""A reset of everything by its flag, as a machine starts: the first root clears both partitions, recordings stay."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from buildroot_external.image.layout import MIB
from buildroot_external.image.tool import run
from tests.guest.disk import Disk
from tests.image.machine import BUILT
from tests.image.mending import LAYOUT, Machine, make_bundle, make_stick, put

FOOTAGE_BYTES = 64 << 20
LEFT = "What the owner set goes.\n"


@pytest.fixture(scope="module")
def started():
    """A machine that started with the flag in its configuration, and its recording disk as it was before."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="reset.") as name:
        place = Path(name)
        make_bundle(place)
        one = Machine(place, make_stick([], place / "stick.disk"))
        write(one.system, "kernel-a", place / "kernel.img")
        write(one.system, "system-a", place / "system.img")
        (place / "left").write_text(LEFT)
        (place / "flag").write_text("everything\n")
        for label in ("config", "data"):
            put(one.system, label, place / "left", "left")
            debugfs(one.system, label, "mkdir recorder")
            put(one.system, label, place / "left", "recorder/.hidden")
        put(one.system, "config", place / "flag", "recorder/reset")
        disk = Disk(one, "footage", FOOTAGE_BYTES)
        disk.path.write_bytes(os.urandom(FOOTAGE_BYTES))
        before = digest(disk.path)
        one.left_in.append(disk)
        with one:
            yield one, disk, before


@pytest.mark.covers("D-MNT-13")
def test_the_first_root_takes_everything_and_the_system_starts(started):
    one, _disk, _before = started
    assert "rauc.slot=A" in one.said
    one.kill()
    for label in ("config", "data"):
        # The machine was switched off as it stood: what its journal holds is done first, as at its next start.
        subprocess.run(["e2fsck", "-fy", volume(one.system, label)], check=False, capture_output=True)
        assert names(one.system, label, "/") <= {"lost+found", "recorder"}, label
        assert names(one.system, label, "/recorder") == set(), label


def test_not_a_bit_of_the_recording_disk_is_another(started):
    _one, disk, before = started
    assert digest(disk.path) == before


def write(disk: Path, label: str, source: Path) -> None:
    """Write a file over the begin of a partition."""
    run("dd", f"if={source}", f"of={disk}", "bs=1M", f"seek={LAYOUT[label].start_mb}", "conv=notrunc,sparse")


def volume(disk: Path, label: str) -> str:
    return f"{disk}?offset={LAYOUT[label].start_mb * MIB}"


def debugfs(disk: Path, label: str, words: str) -> str:
    return run("debugfs", "-w", "-R", words, volume(disk, label))


def names(disk: Path, label: str, folder: str) -> set[str]:
    """What lies in a folder; nothing where there is none."""
    lines = debugfs(disk, label, f"ls -p {folder}").splitlines()
    return {line.split("/")[5] for line in lines if line.count("/") >= 6} - {".", ".."}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
