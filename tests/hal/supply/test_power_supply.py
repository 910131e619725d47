import shutil

import pytest

from hal.drivers.supply.power_supply import KernelSupply
from hal.errors import Offline
from hal.kinds.supply import PowerSource
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.supply import SupplyContract


class Mains(Rig):
    lasts = False

    def __init__(self, root):
        self.folder = root / "class/power_supply/PSU1"
        self.folder.mkdir(parents=True)
        (self.folder / "type").write_text("Mains\n")
        self.plug(plugged=True)
        super().__init__(KernelSupply("PSU1", Machine(sys=root), supply="PSU1"))

    def plug(self, *, plugged):
        (self.folder / "online").write_text(f"{int(plugged)}\n")

    def lose(self):
        shutil.rmtree(self.folder)


@pytest.fixture
def rig(tmp_path):
    return Mains(tmp_path)


class TestMains(SupplyContract):
    pass


def test_a_battery_tells_its_charge(rig, tmp_path):
    for name, text in {"type": "Battery", "status": "Discharging", "capacity": "17", "capacity_level": "Low"}.items():
        (rig.folder / name).write_text(text + "\n")
    rig.device.open()
    state = rig.device.state
    assert (state.source, state.charge_percent, state.low_battery) == (PowerSource.BATTERY, 17, True)


@pytest.mark.parametrize("name", ["../../../etc", "", "a/b"])
def test_a_foreign_path_is_no_supply(tmp_path, name):
    with pytest.raises(Offline, match="knows no such supply"):
        KernelSupply("PSU", Machine(sys=tmp_path), supply=name).open()
