"""Disks made ready for real: a loop device with a file stands for the drive. Needs root; the guest runs it too."""

import os
import select
import shutil
import subprocess
import threading
from contextlib import suppress

import pytest

from hal.admin.disk import Disks
from hal.admin.guard import Guard
from hal.admin.job import JOB, Cancelled, Job
from hal.admin.mount import Mounts
from hal.errors import Refused
from hal.kernel.udev import BlockEvents
from hal.machine import Machine

TOOLS = ("losetup", "sfdisk", "wipefs", "blkid", "mkfs.xfs", "mkfs.ext4")
pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or any(shutil.which(tool) is None for tool in TOOLS), reason="needs root and loop devices"
)
SIZE = 400 << 20
"""XFS refuses less than 300 MB."""


def losetup(*words):
    return subprocess.run(["losetup", *words], check=True, capture_output=True, text=True).stdout.strip()


class Drive:
    def __init__(self, folder):
        image = folder / "drive.img"
        with image.open("wb") as file:
            file.truncate(SIZE)
        try:
            self.node = losetup("--show", "--partscan", "--find", str(image))
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("this machine gives no loop device")
        self.name = self.node.rpartition("/")[2]
        self.serial = "drive.img"


@pytest.fixture
def drive(tmp_path):
    found = Drive(tmp_path)
    yield found
    losetup("--detach", found.node)


@pytest.fixture
def guard():
    return Guard(Machine(), loops=True)


@pytest.mark.parametrize("filesystem", ["xfs", "ext4"])
def test_a_disk_is_made_ready_mounted_and_taken_out_of_use(drive, guard, tmp_path, filesystem):
    told = []
    JOB.set(Job(lambda percent, _words: told.append(percent)))
    disks, mounts = Disks(guard), Mounts(guard, tmp_path / "places")
    partition = disks.initialise(disk=drive.name, serial=drive.serial, label="nightjar-1", filesystem=filesystem)
    assert partition == f"{drive.name}p1"
    assert told == sorted(told)
    assert told[-1] == 100
    seen = subprocess.run(
        ["blkid", "-p", "-o", "export", f"/dev/{partition}"], capture_output=True, text=True, check=True
    )
    assert f"TYPE={filesystem}" in seen.stdout
    assert "LABEL=nightjar-1" in seen.stdout
    assert "PART_ENTRY_NAME=nightjar" in seen.stdout
    place = mounts.mount(disk=drive.name, partition=partition, place="one")
    try:
        assert guard.find(drive.name).mounts == (place,)
        with pytest.raises(Refused, match=f"in use at {place}"):
            disks.initialise(disk=drive.name, serial=drive.serial, label="x")
        with pytest.raises(Refused, match="in use already"):
            mounts.mount(disk=drive.name, partition=partition, place="one")
        (tmp_path / "places/one/footage").write_text("kept")
    finally:
        mounts.unmount(place="one")
    assert not (tmp_path / "places/one").exists()
    mounts.mount(disk=drive.name, partition=partition, place="two", read_only=True)
    try:
        assert (tmp_path / "places/two/footage").read_text() == "kept"
        with pytest.raises(OSError, match="Read-only"):
            (tmp_path / "places/two/footage").write_text("lost")
    finally:
        mounts.unmount(place="two")
    with pytest.raises(Refused, match="Nothing is mounted"):
        mounts.unmount(place="two")


def test_what_somebody_holds_is_refused_though_no_table_says_so(drive, guard):
    held = os.open(drive.node, os.O_RDONLY | os.O_EXCL)
    try:
        with pytest.raises(Refused, match="in use"):
            Disks(guard).initialise(disk=drive.name, serial=drive.serial, label="x")
    finally:
        os.close(held)


def test_a_cancelled_job_ends_its_program_and_frees_the_disk(drive, guard, tmp_path):
    slow = tmp_path / "started"

    def run(argv, given, patience_s):
        from hal.admin.job import run as real

        if argv[0].startswith("mkfs"):
            slow.touch()
            argv = ["sleep", "600"]
        return real(argv, given, patience_s)

    here = Job()
    JOB.set(here)
    stopper = threading.Thread(target=_cancel_when, args=(slow, here))
    stopper.start()
    with pytest.raises(Cancelled):
        Disks(guard, run).initialise(disk=drive.name, serial=drive.serial, label="x")
    stopper.join()
    JOB.set(None)
    assert Disks(guard).initialise(disk=drive.name, serial=drive.serial, label="x") == f"{drive.name}p1"


def _cancel_when(path, job):
    waited = threading.Event()
    for _ in range(6000):
        if path.exists():
            break
        waited.wait(0.01)
    job.cancelled.set()


def test_the_kernel_tells_that_a_disk_came(tmp_path):
    events = BlockEvents()
    events.open()
    try:
        assert not select.select([events.fileno()], [], [], 0)[0]
        one = Drive(tmp_path)
        losetup("--detach", one.node)
        assert select.select([events.fileno()], [], [], 60)[0]
        events.drain()
    finally:
        events.close()
    assert events.fileno() is None


def test_a_disk_full_of_foreign_signatures_is_made_ready(drive, guard):
    with suppress(subprocess.CalledProcessError):
        subprocess.run(["mkfs.ext4", "-q", "-F", drive.node], check=True, capture_output=True)
    JOB.set(None)
    partition = Disks(guard).initialise(disk=drive.name, serial=drive.serial, label="x", filesystem="xfs")
    seen = subprocess.run(["blkid", "-p", drive.node], capture_output=True, text=True, check=False).stdout
    assert "ext4" not in seen
    assert partition
