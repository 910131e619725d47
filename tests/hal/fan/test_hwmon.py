import pytest

from hal.drivers.fan.hwmon import HwmonFan
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.fan import FanContract
from tests.hal.hwmon import HwmonTree


class HwmonRig(Rig):
    def __init__(self, root):
        self.tree = HwmonTree(root, "nct6775", pwm1=90, pwm1_enable=5, fan1_input=1400)
        super().__init__(HwmonFan("FAN1", Machine(sys=root), chip="nct6775"))

    def power_percent(self):
        return 100 * self.tree.get("pwm1") / 255

    def hold(self, *, held):
        self.tree.set("fan1_input", 0 if held else 1400)

    def lose(self):
        self.tree.unplug()


@pytest.fixture
def rig(tmp_path):
    return HwmonRig(tmp_path)


class TestHwmon(FanContract):
    pass


def test_we_take_control_and_give_it_back_at_full_speed(rig):
    rig.device.open()
    assert rig.tree.get("pwm1_enable") == 1
    rig.device.set_duty(percent=40)
    rig.device.close()
    assert (rig.tree.get("pwm1_enable"), rig.tree.get("pwm1")) == (0, 255)


def test_a_fan_is_never_driven_too_weakly_to_turn(rig):
    rig.device.open()
    rig.device.set_duty(percent=5)
    assert rig.device.state.duty_percent == 20
    rig.device.set_duty(percent=0)
    assert rig.power_percent() == 0


def test_a_fan_that_starts_slowly_is_not_called_stalled(rig):
    rig.device.open()
    rig.hold(held=True)
    rig.device.poll()
    rig.device.poll()
    assert not rig.device.state.stalled
    rig.hold(held=False)
    rig.device.poll()
    rig.hold(held=True)
    rig.device.poll()
    assert not rig.device.state.stalled


def test_a_fan_that_goes_away_is_closed_without_a_fuss(rig):
    rig.device.open()
    rig.tree.unplug()
    rig.device.close()
