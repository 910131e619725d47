import pytest

from hal.drivers.power.systemd import SystemdPower
from hal.errors import Offline
from hal.kinds.power import Going
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.power import PowerContract
from tests.hal.programs import Programs

GO = "systemctl --no-ask-password "


class Systemd(Rig):
    def __init__(self):
        self.programs = Programs({"systemctl --version": "systemd 252", GO + "poweroff": "", GO + "reboot": ""})
        super().__init__(SystemdPower("SYSTEM", Machine(run=self.programs)))

    def asked(self):
        return self.programs.asked[-1].removeprefix(GO) if self.programs.asked[-1].startswith(GO) else ""

    def lose(self):
        self.programs.gone = True


@pytest.fixture
def rig():
    return Systemd()


class TestSystemd(PowerContract):
    def test_a_system_that_refuses_is_told(self, rig):
        rig.device.open()
        del rig.programs.answers[GO + "reboot"]
        with pytest.raises(Offline, match="refused to reboot: no"):
            rig.device.restart()
        assert rig.device.state.going is Going.NOWHERE
