"""The disk check: e2fsck judges real file systems, repairs only what was wanted, and drives tell of themselves."""

import os
import shutil
import subprocess

import pytest

from hal.admin.job import Done, run
from hal.rescue.check import check, file_system
from tests.hal.blocks import Blocks
from tests.hal.rescue.scripted import Scripted, own_disk

pytestmark = pytest.mark.peer("image programs")
WORN = (
    '{"smartctl":{"exit_status":8},"smart_status":{"passed":false},"power_on_time":{"hours":20000},'
    '"ata_smart_attributes":{"table":[]}}'
)


@pytest.fixture
def whole(tmp_path):
    place = tmp_path / "whole"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", place, "16M"], check=True)
    return place


def broken(whole, place):
    """A file system whose tables of inodes and bitmaps are noise."""
    shutil.copy(whole, place)
    with place.open("r+b") as file:
        file.seek(40 * 1024)
        file.write(os.urandom(200 * 1024))
    return place


def test_a_whole_file_system_is_whole(whole):
    assert file_system(str(whole), run, thorough=False).words == "it is whole."


def test_a_broken_one_is_not_touched_before_that_is_wanted(whole, tmp_path):
    place = broken(whole, tmp_path / "broken")
    assert file_system(str(place), run, thorough=False).broken
    mended = file_system(str(place), run, thorough=True)
    assert mended.words == "it was damaged a little, and is whole again."
    assert file_system(str(place), run, thorough=False).words == "it is whole."


def test_what_is_no_file_system_is_told(tmp_path):
    place = tmp_path / "noise"
    place.write_bytes(os.urandom(1 << 20))
    told = file_system(str(place), run, thorough=True)
    assert "cannot be repaired" in told.words


def test_both_file_systems_are_looked_at_and_no_disk_of_recordings_is_written(tmp_path, whole):
    blocks = Blocks(tmp_path)
    own = own_disk(blocks)
    shutil.copy(whole, own.nodes["config"])
    broken(whole, own.nodes["data"])
    blocks.disk("sdb", serial="REC", parts=1, port="ata7")
    blocks.name_partition("sdb1", "nightjar")
    asked = []

    class Smart:
        def health(self, *, disk, wake):
            asked.append(disk)
            return WORN if disk == "sdb" else '{"smartctl":{"exit_status":2}}'

    programs = []

    def noted(argv, given=b"", patience_s=60.0):
        programs.append(argv)
        return run(argv, given, patience_s)

    talk = Scripted(1)
    check(talk, blocks.machine, own, Smart(), noted)
    assert "Settings: it is whole." in talk.all
    assert "Events and log: it is damaged." in talk.all
    assert "REC (recordings): Replace it now" in talk.all
    assert asked == ["sda", "sdb"]
    assert not any("sdb" in word for argv in programs for word in argv)
    talk = Scripted(0)
    check(talk, blocks.machine, own, Smart(), noted)
    assert "Events and log: it was damaged a little, and is whole again." in talk.all


def test_a_program_that_is_missing_is_told_and_ends_nothing(tmp_path):
    own = own_disk(Blocks(tmp_path))
    talk = Scripted()

    class Smart:
        def health(self, *, disk, wake):
            del disk, wake
            return ""

    check(talk, Blocks(tmp_path / "other").machine, own, Smart(), lambda *_all: Done(8, b"", ""))
    assert "cannot be repaired" in talk.all
