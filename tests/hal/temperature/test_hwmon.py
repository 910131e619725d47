import pytest

from hal.drivers.temperature.hwmon import HwmonTemperature
from hal.errors import BadAnswer, Offline
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.temperature import TemperatureContract
from tests.hal.hwmon import HwmonTree


class HwmonRig(Rig):
    def __init__(self, root, **options):
        self.tree = HwmonTree(root, "coretemp", temp2_input=31000, temp2_max=80000, temp2_crit=95000)
        super().__init__(HwmonTemperature("CPU", Machine(sys=root), chip="coretemp", channel=2, **options))

    def heat(self, celsius):
        self.tree.set("temp2_input", round(celsius * 1000))

    def lose(self):
        self.tree.unplug()


@pytest.fixture
def rig(tmp_path):
    return HwmonRig(tmp_path)


class TestHwmon(TemperatureContract):
    pass


def test_the_boards_limits_win_over_the_chips(tmp_path):
    rig = HwmonRig(tmp_path, high_celsius=60.0)
    rig.device.open()
    assert (rig.device.state.high_celsius, rig.device.state.critical_celsius) == (60, 95)


def test_limits_that_a_chip_never_set_are_not_believed(rig):
    rig.tree.set("temp2_max", 0)
    rig.tree.set("temp2_crit", 65261850)  # a blank register of a NVMe drive
    rig.device.open()
    assert (rig.device.state.high_celsius, rig.device.state.critical_celsius) == (80, 95)


@pytest.mark.parametrize("told", ["-128000", "255000", "N/A", ""])
def test_nonsense_is_not_taken_for_a_temperature(rig, told):
    rig.tree.set("temp2_input", told)
    with pytest.raises(BadAnswer):
        rig.device.open()


def test_a_sensor_that_is_not_connected_says_so(rig):
    rig.device.open()
    rig.tree.set("temp2_fault", 1)
    with pytest.raises(Offline, match="broken or not connected"):
        rig.device.poll()
