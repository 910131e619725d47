import shutil

import pytest

from hal.drivers.sound.alsa import AlsaSound
from hal.errors import BadAnswer, Offline, Unsupported
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.sound import SoundContract
from tests.hal.programs import Programs

# The words of alsa-utils 1.2.8.
SAID = """\
Simple mixer control 'Master',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Limits: Playback 0 - 87
  Mono: Playback {raw} [{percent}%] [-0.75dB] [{switch}]
"""


class Card(Rig):
    def __init__(self, root):
        self.folder = root / "asound/PCH"
        (self.folder / "pcm0p").mkdir(parents=True)
        self.percent, self.on = 70, True
        answers = {"amixer -c PCH sget Master": self.say}
        for percent in range(101):
            answers[f"amixer -c PCH sset Master {percent}%"] = lambda percent=percent: self.turn(percent)
        answers["amixer -c PCH sset Master mute"] = lambda: self.switch(on=False)
        answers["amixer -c PCH sset Master unmute"] = lambda: self.switch(on=True)
        self.programs = Programs(answers)
        super().__init__(AlsaSound("OUT", Machine(proc=root, run=self.programs), card="PCH"))

    def say(self):
        return SAID.format(raw=self.percent * 87 // 100, percent=self.percent, switch="on" if self.on else "off")

    def turn(self, percent):
        self.percent = percent
        return self.say()

    def switch(self, *, on):
        self.on = on
        return self.say()

    def loud(self):
        return self.percent, self.on

    def lose(self):
        shutil.rmtree(self.folder)


@pytest.fixture
def rig(tmp_path):
    return Card(tmp_path)


class TestAlsa(SoundContract):
    def test_what_the_card_can_do_is_told(self, rig):
        rig.device.open()
        assert (rig.device.state.plays, rig.device.state.hears) == (True, False)

    def test_a_card_without_the_control_plays_as_loud_as_it_does(self, rig):
        rig.programs.answers.clear()
        rig.device.open()
        assert (rig.device.state.volume_percent, rig.device.state.muted) == (100, False)
        with pytest.raises(Unsupported, match="no control Master"):
            rig.device.set_volume(percent=10)

    def test_words_without_a_volume_are_told_with_their_bytes(self, rig):
        rig.programs.answers["amixer -c PCH sget Master"] = "Mono: Playback 3 [900%]"
        with pytest.raises(BadAnswer, match="no volume"):
            rig.device.open()

    def test_a_card_that_is_pulled_is_told(self, rig):
        rig.device.open()
        rig.lose()
        with pytest.raises(Offline, match="gone"):
            rig.device.poll()
