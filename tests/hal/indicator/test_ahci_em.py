import pytest

from hal.drivers.indicator.ahci_em import AhciEm
from hal.errors import Offline
from hal.kinds.indicator import Light, Meaning
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.indicator import IndicatorContract

# notes/appliance.md §1.5, from ledmon's src/lib/ahci.c
GOLDEN = {"0": Light.OFF, "4718592": Light.BLINK, "4194304": Light.STEADY, "524288": Light.FAST}


def ahci(root, controller="0000:00:17.0", hosts=((2, 5), (3, 6)), supported="led sgpio"):
    """Make the part of /sys that a controller with so many (host, ata) ports has."""
    for number, (host, ata) in enumerate(hosts, 1):
        place = root / f"devices/pci0000:00/{controller}/ata{ata}/host{host}/scsi_host/host{host}"
        place.mkdir(parents=True)
        (place / "em_message").write_text("")
        (place / "em_message_supported").write_text(supported + "\n")
        hosts_of = root / "class/scsi_host"
        hosts_of.mkdir(parents=True, exist_ok=True)
        (hosts_of / f"host{host}").symlink_to(place)
        port = root / f"class/ata_port/ata{ata}"
        port.mkdir(parents=True)
        (port / "port_no").write_text(f"{number}\n")


class AhciRig(Rig):
    def __init__(self, root):
        ahci(root)
        self.slept = []
        self.root = root
        super().__init__(AhciEm("BAY2", Machine(sys=root, sleep_s=self.slept.append), "0000:00:17.0", 2))

    def lose(self):
        (self.root / "class/scsi_host/host3").unlink()

    def shines(self):
        return GOLDEN[(self.root / "class/scsi_host/host3/em_message").read_text()]


class TestAhciEm(IndicatorContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return AhciRig(tmp_path)


def test_messages_are_one_and_a_half_milliseconds_apart(tmp_path):
    rig = AhciRig(tmp_path)
    rig.device.open()
    rig.device.show(meaning=Meaning.LOCATE, holds=True)
    assert rig.slept == [0.0015, 0.0015]


def test_a_controller_without_lights_says_so(tmp_path):
    ahci(tmp_path, supported="")
    with pytest.raises(Offline, match="no lights"):
        AhciEm("BAY1", Machine(sys=tmp_path), "0000:00:17.0", 1).open()
