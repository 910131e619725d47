import pytest

from hal.admin.helper import ALLOWED
from hal.drivers.indicator.ledctl import LedCtl
from hal.errors import Offline
from hal.kinds.indicator import Light, Meaning
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.indicator import IndicatorContract

PATH = "disk/by-path/pci-0000:03:00.0-sas-phy2-lun-0"
IBPI = {"normal": Light.OFF, "rebuild": Light.BLINK, "failure": Light.STEADY, "locate": Light.FAST}


class LedCtlRig(Rig):
    def __init__(self, root):
        (root / PATH).parent.mkdir(parents=True)
        (root / "sdc").touch()
        (root / PATH).symlink_to(root / "sdc")
        self.root = root
        self.asked = []
        self.complaint = ""
        super().__init__(LedCtl("BAY3", Machine(dev=root, admin=self.admin), PATH))

    def admin(self, noun, verb, args):
        self.asked.append((f"{noun}.{verb}", args))
        if self.complaint:
            raise Offline(self.complaint)

    def lose(self):
        (self.root / PATH).unlink()

    def shines(self):
        verb, about = self.asked[-1]
        assert (verb, about["disk"]) == ("slot.light", "sdc")
        assert verb in ALLOWED["nightjar-hal"]
        return IBPI[about["lamp"]]


class TestLedCtl(IndicatorContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return LedCtlRig(tmp_path)


def test_what_ledctl_complains_of_is_the_reason(tmp_path):
    rig = LedCtlRig(tmp_path)
    rig.device.open()
    rig.complaint = "ledctl: /dev/sdc: device not supported"
    with pytest.raises(Offline, match="device not supported"):
        rig.device.show(meaning=Meaning.FAULT, holds=True)


@pytest.mark.parametrize("path", ["/etc/passwd", "../sda"])
def test_only_disks_of_this_machine_are_named(tmp_path, path):
    with pytest.raises(Offline, match="below /dev"):
        LedCtl("BAY3", Machine(dev=tmp_path), path).open()
