from pathlib import Path

import pytest

from hal.drivers.buzzer.evdev import TAG, EvdevBuzzer
from hal.kernel.input import EV_SND, SND_TONE
from hal.kinds.buzzer import Sound
from hal.machine import Machine
from tests.hal.contracts.buzzer import BuzzerContract, BuzzerTime
from tests.hal.contracts.device import Rig


class Beeper:
    """A beeper of the kernel: the last tone is what sounds."""

    def __init__(self):
        self.sent = []
        self.gone = False

    def send(self, event):
        if self.gone:
            raise OSError(19, "No such device")
        assert (event.type, event.code) == (EV_SND, SND_TONE)
        self.sent.append(event.packed())

    def close(self):
        pass


class BeeperRig(BuzzerTime, Rig):
    def __init__(self):
        BuzzerTime.__init__(self)
        self.beeper = Beeper()
        self.gone = False
        machine = Machine(monotonic_s=self.machine_s, input_nodes=self.tagged, open_sound=lambda _path: self.beeper)
        Rig.__init__(self, EvdevBuzzer("BUZZER", machine))

    def tagged(self, tag):
        assert tag == TAG
        return [] if self.gone else [Path("/dev/input/event5")]

    def lose(self):
        self.gone = True

    def hz(self):
        return int.from_bytes(self.beeper.sent[-1][20:], "little")


class TestEvdevBuzzer(BuzzerContract):
    @pytest.fixture
    def rig(self):
        return BeeperRig()


def test_the_kernel_gets_its_own_bytes():
    rig = BeeperRig()
    rig.device.open()
    rig.device.play(sound=Sound.ALARM)
    # time 0, EV_SND 0x12, SND_TONE 2, 2700 Hz
    assert rig.beeper.sent[-1] == bytes(16) + bytes.fromhex("12000200 8c0a0000")


def test_a_beeper_that_is_gone_can_be_closed():
    rig = BeeperRig()
    rig.device.open()
    rig.device.play(sound=Sound.ALARM)
    rig.beeper.gone = True
    rig.device.close()
    assert rig.device.state.sounds == frozenset()
