"""A bay by its udev path: SATA, NVMe, virtio and USB connectors as sysfs has them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hal.drivers.bay.connector import ConnectorBay
from hal.errors import Refused
from hal.kernel.connector import paths_of
from tests.hal.blocks import Blocks
from tests.hal.contracts.bay import BayContract
from tests.hal.contracts.device import Rig
from tests.hal.rooted import Rooted


class SysfsRig(Rig):
    def __init__(self, tmp_path):
        self.blocks = Blocks(tmp_path)
        self.rooted = Rooted(self.blocks)
        self.scans = self.blocks.root / "sys/class/scsi_host/host5"
        self.scans.mkdir(parents=True)
        (self.scans / "scan").write_text("")
        self.now_s = 100.0
        machine = replace(self.rooted.machine, monotonic_s=lambda: self.now_s)
        device = ConnectorBay("1", machine, "pci-0000:00:1f.2-ata-5")
        super().__init__(device)
        device.poll_after = device.poll
        device.poll = self._poll

    def _poll(self):
        """Be the kernel: forget a disk that was deleted, find it at a scan; then look."""
        sda = self.blocks.root / "sys/block/sda"
        if sda.exists() and (sda / "device/delete").read_text() == "1":
            self.where = sda.resolve()
            sda.unlink()
        elif not sda.exists() and (self.scans / "scan").read_text() == "- - -":
            (self.where / "device/delete").write_text("")
            sda.symlink_to(self.where)
        self.device.poll_after()

    def push(self):
        if not (self.blocks.root / "sys/block/sdz").exists():
            self.blocks.disk("sdz", serial="OTHER", port="ata4")
        self.blocks.disk("sda", serial="WD-WCC4E1", port="ata5", parts=1)
        self.device.poll() if self.device.state.online else None
        return "WD-WCC4E1"

    def pull(self):
        self.blocks.remove("sda")
        self.device.poll()

    def write(self):
        self.blocks.write("sda")
        self.device.poll()

    def later(self, seconds):
        self.now_s += seconds
        self.device.poll()

    def prepare(self):
        self.blocks.name_partition("sda1", "nightjar")
        self.device.poll()

    def mount(self):
        self.blocks.mount("sda1", "/media/nightjar/disk1")
        self.device.poll()
        return "/media/nightjar/disk1"

    def lose(self):
        shutil.rmtree(self.blocks.root / "sys/block")


class TestConnectorBay(BayContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return SysfsRig(tmp_path)

    def test_the_disk_is_flushed_before_the_kernel_forgets_it(self, rig):
        rig.push()
        rig.device.open()
        rig.device.release()
        assert [one.split(" ")[:2] for one in rig.rooted.asked] == [["blockdev", "--flushbufs"]]

    def test_a_member_of_an_array_is_not_released(self, rig):
        rig.push()
        rig.blocks.array("md127", "raid1", ["sda", "sdz"])
        rig.device.open()
        with pytest.raises(Refused, match="md127"):
            rig.device.release()

    @pytest.mark.parametrize("name", ["", "nightjar2", "data", "NIGHTJAR"])
    def test_a_partition_of_another_name_is_not_ours(self, rig, name):
        rig.push()
        rig.blocks.name_partition("sda1", name)
        rig.device.open()
        assert not rig.device.state.prepared

    def test_one_of_several_partitions_is_not_ours(self, rig):
        rig.push()
        rig.blocks.partition("sda", 2)
        rig.blocks.name_partition("sda1", "nightjar")
        rig.device.open()
        assert not rig.device.state.prepared

    def test_the_disk_of_the_system_is_told_as_that(self, rig):
        rig.push()
        rig.blocks.mount("sda1", "/")
        rig.device.open()
        assert rig.device.state.system


PCI = "/sys/devices/pci0000:00/0000:00"


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (f"{PCI}:01.0/0000:01:00.0/nvme/nvme0/nvme0n1", "pci-0000:01:00.0-nvme-1"),
        (f"{PCI}:04.0/virtio1/block/vda", "pci-0000:00:04.0"),
        (f"{PCI}:05.0/virtio2/host2/target2:0:1/2:0:1:0/block/sdb", "pci-0000:00:05.0-scsi-0:0:1:0"),
        (
            f"{PCI}:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdc",
            "pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0",
        ),
        (
            "/sys/devices/platform/fe150000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/nvme/nvme0/nvme0n1",
            "platform-fe150000.pcie-pci-0000:01:00.0-nvme-1",
        ),
        (
            "/sys/devices/platform/fc000000.usb/xhci-hcd.0.auto/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda",
            "platform-fc000000.usb-usb-0:1:1.0-scsi-0:0:0:0",
        ),
    ],
)
def test_connectors_have_the_names_that_udev_gives_them(place, path):
    assert path in paths_of(Path(place))


def test_a_port_of_a_chip_is_named_by_the_chip(tmp_path):
    ata = tmp_path / "sys/devices/platform/fc800000.sata/ata3"
    (ata / "ata_port/ata3").mkdir(parents=True)
    (ata / "ata_port/ata3/port_no").write_text("1\n")
    assert "platform-fc800000.sata-ata-1" in paths_of(ata / "host2/target2:0:0/2:0:0:0/block/sda")


def test_what_hangs_at_no_bus_has_no_connector():
    assert paths_of(Path("/sys/devices/virtual/block/loop0")) == set()


def test_a_port_of_a_controller_is_known_by_the_controller_s_chip_wherever_that_sits(tmp_path):
    blocks = Blocks(tmp_path)
    place = blocks.disk("sda", port="ata7", pci="0000:04:00.0").resolve()
    controller = tmp_path / "sys/devices/pci0000:00/0000:04:00.0"
    (controller / "vendor").write_text("0x197b\n")
    (controller / "device").write_text("0x0585\n")
    assert {"pci-0000:04:00.0-ata-7", "chip-197b:0585-ata-7"} <= paths_of(place)
