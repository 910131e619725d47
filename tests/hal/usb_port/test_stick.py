"""The USB port by its udev path: sticks as sysfs has them, told apart by hal-admin's own noun."""

import shutil
from pathlib import Path

import pytest

from hal.admin.job import Done
from hal.board import read_board_file
from hal.drivers.usb_port.stick import StickPort
from hal.errors import BadBoard, Offline
from tests.hal.blocks import GB, Blocks
from tests.hal.contracts.device import Rig
from tests.hal.contracts.usb_port import UsbPortContract
from tests.hal.rooted import Rooted

PORT = "pci-0000:00:14.0-usb-0:1"


class SysfsRig(Rig):
    """A port and the programs of the root helper: `blkid` tells what `volumes` say by node."""

    def __init__(self, tmp_path, *paths):
        self.blocks = Blocks(tmp_path)
        self.volumes = {}
        self.rooted = Rooted(self.blocks, self._said)
        super().__init__(StickPort("USB1", self.rooted.machine, paths))

    def _said(self, argv):
        match argv:
            case ["blkid", *_, node]:
                return Done(0, self.volumes.get(Path(node).name, b""), "")
            case ["umount", *_, place]:
                Path(place, "hello.txt").unlink(missing_ok=True)
                self.blocks.unmount()
        return Done(0, b"", "")

    def push(self, **more):
        self.blocks.stick("sdc", size=4000 * GB, **more)
        self.volumes["sdc1"] = b"ID_FS_LABEL_ENC=KEYS\nID_FS_TYPE=vfat\n"
        self.device.poll() if self.device.state.online else None
        return "KEYS"

    def mount(self, *, writing=False):
        place = self.rooted.nouns["stick"].mount(disk=self.device.state.disk, writing=writing)
        Path(place, "hello.txt").write_text("hello")
        self.device.poll()

    def pull(self):
        where = (self.blocks.root / "sys/block/sdc").resolve()
        self.blocks.remove("sdc")
        shutil.rmtree(where)
        self.blocks.unmount()
        self.device.poll()

    def lose(self):
        shutil.rmtree(self.blocks.root / "sys/block")


@pytest.fixture(params=[(PORT,), ()], ids=["named", "any"])
def rig(request, tmp_path):
    return SysfsRig(tmp_path, *request.param)


class TestStickPort(UsbPortContract):
    def test_its_serial_number_is_that_of_the_usb_device(self, rig):
        rig.push()
        rig.device.open()
        assert (rig.device.state.serial, rig.device.state.model) == ("4C53", "Ultra Fit")

    def test_what_is_on_a_stick_is_asked_once_and_again_when_it_is_another(self, rig):
        rig.push()
        rig.device.open()
        rig.device.poll()
        assert sum("blkid" in one for one in rig.rooted.asked) == 1
        rig.pull()
        rig.push()
        assert sum("blkid" in one for one in rig.rooted.asked) == 2

    def test_a_stick_without_a_name_is_called_by_its_model(self, rig):
        rig.push()
        rig.volumes["sdc1"] = b"ID_FS_TYPE=exfat\n"
        rig.device.open()
        assert rig.device.state.label == "Ultra Fit"

    def test_why_the_files_of_a_stick_cannot_be_read_is_told(self, rig):
        rig.blocks.stick("sdc", size=0, parts=0)
        rig.device.open()
        assert rig.device.state.occupied
        assert "card reader without a card" in rig.device.state.problem

    def test_a_disk_that_holds_the_system_is_no_stick(self, rig):
        rig.push()
        rig.blocks.mount("sdc1", "/")
        rig.device.open()
        assert not rig.device.state.occupied

    def test_while_the_root_helper_is_away_the_port_is_offline_with_its_words(self, rig):
        rig.push()
        rig.rooted.nouns["stick"].tell = _away
        with pytest.raises(Offline, match="hal-admin is away"):
            rig.device.open()

    def test_a_stick_that_is_pulled_while_it_is_asked_about_was_never_there(self, rig):
        rig.push()
        where = (rig.blocks.root / "sys/block/sdc").resolve()

        def pulled(**_arguments):
            shutil.rmtree(where)
            _away()

        rig.rooted.nouns["stick"].tell = pulled
        rig.device.open()
        assert (rig.device.state.online, rig.device.state.occupied) == (True, False)


def _away(**_arguments):
    raise Offline("hal-admin is away")


def test_a_stick_in_another_port_is_not_told(tmp_path):
    rig = SysfsRig(tmp_path, PORT)
    rig.push(port="2")
    rig.device.open()
    assert not rig.device.state.occupied


def test_where_any_port_will_do_the_stick_that_is_in_stays_the_one(tmp_path):
    rig = SysfsRig(tmp_path)
    rig.push(port="2")
    rig.device.open()
    rig.blocks.stick("sda", port="4", serial="LATER")
    rig.device.poll()
    assert rig.device.state.serial == "4C53"
    rig.pull()
    assert rig.device.state.serial == "LATER"


def test_a_disk_for_recording_at_usb_is_no_stick_where_any_port_will_do(tmp_path):
    rig = SysfsRig(tmp_path)
    rig.push()
    rig.blocks.name_partition("sdc1", "nightjar")
    rig.device.open()
    assert not rig.device.state.occupied


@pytest.mark.parametrize("path", ["usb1", "pci-0000:00:14.0-usb-0:1:1.0", "pci-0000:00:1f.2-ata-1", "../usb-0:1"])
def test_what_is_no_name_of_a_port_is_refused_in_a_board(tmp_path, path):
    file = tmp_path / "board.toml"
    device = f'[[device]]\nkind = "usb_port"\nname = "USB1"\ndriver = "stick"\npaths = ["{path}"]\n'
    file.write_text(f'id = "x"\ntitle = "X"\n{device}')
    with pytest.raises(BadBoard, match="paths"):
        read_board_file(file)
