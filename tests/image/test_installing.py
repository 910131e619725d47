"""The installer's stick in a machine with an empty disk installs as a file on it says, and the recorder starts."""

import os
import tempfile
from pathlib import Path

import pytest

from buildroot_external.image.boot_loader import FRESH
from tests.image.machine import BUILT, DISK_MB, PATIENCE_S
from tests.image.mending import LAYOUT, SERIAL, Machine, make_bundle, make_installer, told

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
    assert "rauc.slot=A" in installed.said


def test_all_its_partitions_are_there(installed):
    for one in LAYOUT.partitions:
        assert f"PARTNAME={one.label}" in installed.said


def test_the_boot_loader_counts_its_first_try(installed):
    installed.kill()
    assert told(installed.system) == FRESH | {"A_TRY": "1"}
