import os
import shutil
import wave

import pytest

from hal.drivers.sound.alsa import AlsaSound
from hal.errors import BadAnswer, Offline, Unsupported
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.sound import CLIP, SoundContract, part
from tests.hal.programs import Programs

# The words of alsa-utils 1.2.8.
SAID = """\
Simple mixer control 'Master',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Limits: Playback 0 - 87
  Mono: Playback {raw} [{percent}%] [-0.75dB] [{switch}]
"""


class Player:
    """An aplay that takes as long as its samples."""

    def __init__(self, card, length_s):
        self.card, self.ends_s, self.status = card, card.now + length_s, 0
        self.killed = False

    def poll(self):
        over = self.killed or self.status or self.card.now >= self.ends_s
        return self.status if over else None

    def kill(self):
        self.killed = True

    def wait(self, timeout=None):
        assert self.killed or self.poll() is not None
        return self.status


class Card(Rig):
    def __init__(self, root):
        self.now = 0.0
        self.players, self.played = [], []
        self.folder = root / "asound/PCH"
        (self.folder / "pcm0p").mkdir(parents=True)
        self.percent, self.on = 70, True
        answers = {"amixer -c PCH sget Master": self.say}
        for percent in range(101):
            answers[f"amixer -c PCH sset Master {percent}%"] = lambda percent=percent: self.turn(percent)
        answers["amixer -c PCH sset Master mute"] = lambda: self.switch(on=False)
        answers["amixer -c PCH sset Master unmute"] = lambda: self.switch(on=True)
        self.programs = Programs(answers)
        super().__init__(
            AlsaSound(
                "OUT", Machine(proc=root, run=self.programs, start=self.start, monotonic_s=lambda: self.now), card="PCH"
            )
        )

    def start(self, argv, stdin):
        head, rate, channels = argv[:9], int(argv[argv.index("-r") + 1]), int(argv[argv.index("-c") + 1])
        assert head[:4] == ("aplay", "-q", "-D", "plughw:CARD=PCH")
        assert not self.players or self.players[-1].poll() is not None, "two at once"
        clip = os.read(stdin, 1 << 24)
        self.played.append((clip, rate, channels))
        self.players.append(Player(self, len(clip) / (2 * channels * rate)))
        return self.players[-1]

    def heard(self):
        return self.played

    def later(self, seconds):
        self.now += seconds

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

    def test_a_card_that_takes_no_sound_is_told(self, rig):
        rig.device.open()
        rig.device.load(part=part(CLIP), first=True)
        rig.device.play(rate_hz=8000)
        rig.players[-1].status = 1
        with pytest.raises(Offline, match="takes no sound"):
            rig.device.poll()
        assert not rig.device.state.playing


@pytest.mark.peer("aplay")
def test_the_aplay_of_alsa_takes_every_sample(tmp_path):
    """Its plugin `file` writes what a card would be given."""
    folder = tmp_path / "asound/PCH"
    (folder / "pcm0p").mkdir(parents=True)
    heard = tmp_path / "heard.wav"
    machine = Machine(proc=tmp_path, run=Card(tmp_path / "other").programs)
    device = AlsaSound("OUT", machine, card="PCH", output=f"file:{heard},wav")
    device.open()
    device.load(part=part(CLIP), first=True)
    device.play(rate_hz=8000)
    assert device._player.wait(20) == 0
    device.poll()
    assert not device.state.playing
    with wave.open(str(heard)) as found:
        assert (found.getframerate(), found.getnchannels(), found.getsampwidth()) == (8000, 1, 2)
        assert found.readframes(1 << 20)[: len(CLIP)] == CLIP
