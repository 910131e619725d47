"""Which disks the installer offers, what it says is on them, and which it never takes."""

import pytest

from hal.admin.job import Done
from hal.errors import Refused
from hal.rescue.target import INSTALLER, by_serial, targets, typed_back
from tests.hal.blocks import GB, Blocks
from tests.hal.rescue.scripted import divide

LEAST = 3 * GB


@pytest.fixture
def blocks(tmp_path):
    return Blocks(tmp_path)


def found(blocks, kinds=None):
    def run(argv, _given=b"", _patience_s=0.0):
        told = (kinds or {}).get(argv[-1].rpartition("/")[2], b"")
        return Done(0 if told else 2, told, "")

    return {one.disk.name: one for one in targets(blocks.machine, LEAST, run)}


def test_the_installer_s_own_stick_is_never_offered(blocks):
    blocks.disk("sda", serial="S1")
    blocks.stick("sdb", parts=2)
    blocks.name_partition("sdb2", INSTALLER)
    assert list(found(blocks)) == ["sda"]


def test_an_empty_disk_is_free_and_its_label_is_shown(blocks):
    blocks.disk("sda", serial="S3Z8NB0K", size=120 * GB)
    (one,) = found(blocks).values()
    assert (one.holds, one.refusal, one.recorder) == ((), "", False)
    assert one.shown == "WDC WD40PURX-64G, S3Z8NB0K, 120 GB"


def test_what_would_be_lost_is_told(blocks):
    blocks.disk("sda", serial="REC", parts=1, port="ata1")
    blocks.name_partition("sda1", "nightjar")
    blocks.disk("sdb", serial="WIN", parts=3, port="ata2")
    blocks.disk("sdc", serial="RAID", port="ata3")
    blocks.disk("sdd", serial="SYS", port="ata4")
    divide(blocks, "sdd")
    blocks.disk("sde", serial="TWO", port="ata6")
    told = found(blocks, {"sdc": b"ID_FS_TYPE=linux_raid_member\n", "sde": b"ID_FS_TYPE=ext4\n"})
    assert told["sda"].holds == ("RECORDINGS of a recorder, which would be lost",)
    assert told["sdb"].holds == ("3 partitions of something else",)
    assert told["sdc"].holds == ("a part of an array of disks",)
    assert told["sde"].holds == ("data without partitions (ext4)",)
    assert told["sdd"].holds == ("Nightjar with its settings, which would be lost",)
    assert told["sdd"].recorder
    assert not any(told[name].recorder for name in ("sda", "sdb", "sdc", "sde"))


def test_what_cannot_be_taken_says_why(blocks):
    blocks.disk("sda", serial="SMALL", size=2 * GB, port="ata1")
    blocks.disk("sdb", serial="", port="ata2")
    path = blocks.disk("sdc", serial="LOCKED", port="ata3")
    (path / "ro").write_text("1\n")
    blocks.disk("sdd", serial="BUSY", parts=1, port="ata4")
    blocks.mount("sdd1", "/mnt")
    blocks.disk("sde", serial="GONE", size=0, port="ata6")
    told = found(blocks)
    assert "too small, it must have 3.0 GB" in told["sda"].refusal
    assert "no serial number" in told["sdb"].refusal
    assert "only be read" in told["sdc"].refusal
    assert "in use" in told["sdd"].refusal
    assert "sde" not in told


def test_a_disk_is_chosen_by_its_whole_serial_number_alone(blocks):
    blocks.disk("sda", serial="S3Z8NB0K", port="ata1")
    blocks.disk("sdb", serial="S3Z8NB0L", port="ata2")
    all_ = list(found(blocks).values())
    assert by_serial(all_, "S3Z8NB0L").disk.name == "sdb"
    for wrong in ("", "S3Z8NB0", "sdb", "/dev/sdb", "../sdb", "s3z8nb0l", "S3Z8NB0L\n"):
        with pytest.raises(Refused, match="No disk has the serial number"):
            by_serial(all_, wrong)


def test_two_disks_of_one_serial_number_are_told_apart_by_nobody(blocks):
    blocks.disk("sda", serial="0123456789", port="ata1")
    blocks.disk("sdb", serial="0123456789", port="ata2")
    with pytest.raises(Refused, match="More than one disk"):
        by_serial(list(found(blocks).values()), "0123456789")


def test_a_disk_that_cannot_be_taken_is_not_by_a_file_either(blocks):
    blocks.disk("sda", serial="SMALL", size=2 * GB)
    with pytest.raises(Refused, match="too small"):
        by_serial(list(found(blocks).values()), "SMALL")


def test_who_types_looked_at_the_label(blocks):
    blocks.disk("sda", serial="S3Z8NB0K")
    (one,) = found(blocks).values()
    assert typed_back(one, "nb0k")
    for wrong in ("", "B0K", "S3Z8", "S3Z8NB0K "):
        assert not typed_back(one, wrong)
