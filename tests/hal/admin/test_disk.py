"""Making a disk ready on kernels that do not do what it needs: refused in words, and where that shows, in time."""

import pytest

from hal.admin import disk
from hal.admin.disk import Disks
from hal.admin.guard import Guard
from hal.admin.job import Done
from hal.errors import Refused
from tests.hal.blocks import Blocks


class Kernel:
    """Programs and a kernel that answers them; without `reads_tables` it knows only partitions that it is told."""

    def __init__(self, root, *, reads_tables):
        self.blocks = Blocks(root)
        self.sda = self.blocks.disk("sda")
        self.reads_tables = reads_tables
        self.ran = []

    def run(self, argv, _given=b"", _patience_s=60.0):
        self.ran.append(argv[0])
        match argv:
            case ["partx", *_]:
                self.blocks.partition("sda", 1)
            case ["sfdisk", "--quiet", "--part-label", *_, name]:
                self.written = name
            case ["blockdev", "--rereadpt", *_]:
                if self.reads_tables:
                    self.blocks.name_partition("sda1", self.written)
        return Done(0, b"", "")

    def initialise(self):
        self.guard = Guard(self.blocks.machine)
        return Disks(self.guard, self.run).initialise(disk="sda", serial="S3RIAL", label="disk1")


def test_a_disk_is_ready_when_the_kernel_knows_its_partition_by_name(tmp_path):
    kernel = Kernel(tmp_path, reads_tables=True)
    assert kernel.initialise() == "sda1"
    assert kernel.guard.is_fresh(kernel.guard.find("sda"))


def test_a_kernel_that_reads_no_gpt_tables_is_named_as_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "APPEARS_S", 0.0)
    with pytest.raises(Refused, match=r"what the partition of sda is called.*CONFIG_EFI_PARTITION"):
        (kernel := Kernel(tmp_path, reads_tables=False)).initialise()
    assert not kernel.guard.is_fresh(kernel.guard.find("sda"))


@pytest.mark.parametrize(("attribute", "value"), [("loop/partscan", "0"), ("ext_range", "1")])
def test_a_disk_that_can_have_no_partitions_is_refused_before_anything_is_lost(tmp_path, attribute, value):
    kernel = Kernel(tmp_path, reads_tables=True)
    place = kernel.sda / attribute
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"{value}\n")
    with pytest.raises(Refused, match=r"no partitions on sda.*losetup --partscan"):
        kernel.initialise()
    assert kernel.ran == []
