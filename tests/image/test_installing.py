"""The installer's stick in a machine with an empty disk installs as a file on it says, and the recorder starts."""

import os
import tempfile
from pathlib import Path

import pytest

from tests.image.machine import BUILT, DISK_MB, PATIENCE_S
from tests.image.mending import SERIAL, Machine, make_bundle, make_installer

ANSWERS = f'disk = "{SERIAL}"\nthen = "restart"\n'


class Empty(Machine):
    """Nobody presses a key."""

    def lead(self) -> None:
        self._await(b"The file is read from the stick", PATIENCE_S)
        self.picture("installer.png")
        self._await(rb"is installed on[\s\S]*and\s+was\s+read\s+back", PATIENCE_S)
        self.picture("installer-done.png")


@pytest.fixture(scope="module")
def installed():
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="install.") as name:
        place = Path(name)
        stick = make_installer(make_bundle(place), place / "stick.disk", ANSWERS)
        one = Empty(place, stick)
        os.truncate(one.system, 0)
        os.truncate(one.system, DISK_MB << 20)
        with one:
            yield one


def test_the_disk_that_was_empty_starts_by_itself(installed):
    assert "rauc.slot=A" in installed.run("cat /proc/cmdline")
    assert "ext4" in installed.run("findmnt --noheadings /config")


def test_the_last_partition_grows_to_the_end_of_the_disk(installed):
    told = installed.shell.poll(
        "findmnt --noheadings --bytes -o SIZE /var", until=lambda told: told.strip().isdecimal(), timeout_s=PATIENCE_S
    )
    assert int(told) > 2 << 30


def test_the_boot_loader_and_the_rescue_system_are_there(installed):
    sizes = installed.run("lsblk --noheadings --output PARTLABEL,FSTYPE /dev/vda")
    for label in ("esp", "env", "kernel-a", "system-a", "rescue", "config", "data"):
        assert label in sizes
