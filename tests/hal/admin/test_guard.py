"""Which disks may be worked on: never the system's, never one in use, never one whose serial was not typed back."""

from pathlib import Path

import pytest

from hal.admin.guard import Guard
from hal.errors import BadRequest, Refused
from hal.kernel.block import disks
from tests.hal.blocks import Blocks


@pytest.fixture
def blocks(tmp_path):
    return Blocks(tmp_path)


def test_a_disk_that_nothing_uses_may_be_worked_on_by_its_serial(blocks):
    blocks.disk("sda", serial="WD-WCC4E1", parts=1)
    found = Guard(blocks.machine).expendable("sda", "WD-WCC4E1")
    assert (found.name, found.serial, found.partitions) == ("sda", "WD-WCC4E1", ("sda1",))
    assert found.size_bytes == 4000 * 10**9
    assert (found.model, found.firmware, found.rotational) == ("WDC WD40PURX-64G", "80.0", True)


@pytest.mark.parametrize("typed", ["", "WD-WCC4E", "wd-wcc4e1", "WD-WCC4E1 ", "sda"])
def test_another_serial_is_refused(blocks, typed):
    blocks.disk("sda", serial="WD-WCC4E1")
    with pytest.raises(Refused, match="not the serial number of sda"):
        Guard(blocks.machine).expendable("sda", typed)


def test_a_disk_without_a_serial_is_refused(blocks):
    blocks.disk("sda", serial="")
    with pytest.raises(Refused, match="no serial"):
        Guard(blocks.machine).expendable("sda", "")


@pytest.mark.parametrize("place", ["/", "/boot/efi", "/usr", "/config", "/var/lib"])
def test_the_disk_of_the_system_is_refused(blocks, place):
    blocks.disk("sda", parts=2)
    blocks.mount("sda2", place)
    with pytest.raises(Refused, match="recorder's own system"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


UNIT = Path(__file__).parents[3] / "rootfs/usr/lib/systemd/system/nightjar-hal-admin.service"


@pytest.mark.covers("D-PWR-03", "D-STO-02")
def test_a_recording_disk_is_no_disk_of_the_system_where_an_image_mounts_it(blocks):
    """Else none would be written again after a restart, nor let go of."""
    words = UNIT.read_text().split()
    places = Path(words[words.index("--places") + 1])
    for name, port in (("sda", "ata1"), ("sdb", "ata2"), ("sdc", "ata3")):
        blocks.disk(name, port=port, parts=2)
    blocks.mount("sda1", f"{places}/disk1")
    blocks.mount("sdb1", str(places))
    blocks.mount("sdc1", f"{places}/disk2")
    blocks.mount("sdc2", "/var/lib/nightjar")
    assert [one.system for one in disks(blocks.machine)] == [False, True, True]
    with pytest.raises(Refused, match=f"in use at {places}/disk1"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


def test_a_disk_that_is_swapped_to_is_refused(blocks):
    blocks.disk("sda", parts=1)
    blocks.swap("sda1")
    with pytest.raises(Refused, match="recorder's own system"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


def test_a_system_on_a_mapping_of_a_partition_is_seen(blocks):
    blocks.disk("sda", parts=1)
    part = blocks.root / "sys/class/block/sda1"
    mapping = blocks.root / "sys/devices/virtual/block/dm-0"
    blocks._device(mapping, "253:0")
    (part / "holders/dm-0").symlink_to(mapping)
    blocks.mount("dm-0", "/")
    with pytest.raises(Refused, match="recorder's own system"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


def test_a_mounted_disk_is_refused_with_its_place(blocks):
    blocks.disk("sda", parts=1)
    blocks.mount("sda1", "/media/nightjar/Two words")
    with pytest.raises(Refused, match="in use at /media/nightjar/Two words"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


def test_a_member_of_an_array_is_refused(blocks):
    for name, port in (("sda", "ata1"), ("sdb", "ata2")):
        blocks.disk(name, port=port)
    blocks.array("md127", "raid1", ["sda", "sdb"])
    with pytest.raises(Refused, match="sda belongs to md127"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


def test_a_disk_that_can_only_be_read_is_refused(blocks):
    (blocks.disk("sda") / "ro").write_text("1\n")
    with pytest.raises(Refused, match="only be read"):
        Guard(blocks.machine).expendable("sda", "S3RIAL")


NO_DISKS = ["sdb", "../sda", "sda1", "", "SDA", "sda/../sda", "dm-0", "md127", "loop0", "\0", "a" * 99]


@pytest.mark.parametrize("name", NO_DISKS)
def test_only_names_of_disks_that_the_kernel_lists_are_found(blocks, name):
    for one, port in (("sda", "ata1"), ("sdc", "ata2")):
        blocks.disk(one, port=port, parts=1)
    blocks.array("md127", "raid1", ["sda", "sdc"])
    with pytest.raises(BadRequest, match="There is no disk"):
        Guard(blocks.machine).find(name)


def test_a_disk_is_worked_on_by_one_job_at_a_time(blocks):
    blocks.disk("sda")
    guard = Guard(blocks.machine)
    found = guard.find("sda")
    with guard.alone(found), pytest.raises(Refused, match="being worked on"), guard.alone(found):
        pass
    with guard.alone(found):
        pass


def test_nonsense_in_the_kernels_tables_hides_no_disk(blocks):
    blocks.disk("sda")
    (blocks.root / "proc/self/mountinfo").write_bytes(b"\xff\xfe garbage\n36 35\n - - -\n")
    (blocks.root / "proc/swaps").write_bytes(b"\xff\n\xff\n")
    assert [one.name for one in disks(blocks.machine)] == ["sda"]
