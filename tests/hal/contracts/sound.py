"""What every sound card promises."""

import base64
import hashlib

import pytest

from hal.errors import BadRequest, Unsupported
from hal.kinds.sound import LARGEST_CLIP, PART_BYTES
from hal.machine import Machine
from hal.simulated.sound import SimulatedSound
from tests.hal.contracts.device import DeviceContract, SimulatedRig

CLIP = bytes(range(256)) * 125  # 2 s at 8000 Hz


def part(data):
    return base64.b64encode(data).decode()


class SoundContract(DeviceContract):
    """Its rig's `loud()` is the control's volume in percent, and whether it plays at all.

    `heard()` is what came out until now: clip, hertz and channels for each time; `later(s)` lets time pass.
    """

    examples = {  # noqa: RUF012
        "set_volume": {"percent": 50},
        "mute": {"muted": True},
        "load": {"part": "", "first": True},
        "play": {"rate_hz": 8000},
        "stop": {},
    }

    def test_the_volume_is_set(self, rig):
        rig.device.open()
        assert rig.device.state.plays
        rig.device.set_volume(percent=40)
        assert rig.loud() == (40, True)
        assert rig.told[-1].volume_percent == 40

    def test_a_muted_card_is_silent_until_it_plays_again(self, rig):
        rig.device.open()
        rig.device.mute(muted=True)
        assert rig.loud()[1] is False
        assert rig.told[-1].muted
        rig.device.mute(muted=False)
        assert rig.loud()[1] is True

    def test_a_clip_is_played_as_it_was_loaded_and_is_over_after_its_length(self, rig):
        rig.device.open()
        rig.device.load(part=part(b"something else"), first=True)
        rig.device.load(part=part(CLIP[:999]), first=True)
        rig.device.load(part=part(CLIP[999:]))
        rig.device.play(rate_hz=8000)
        assert rig.heard() == [(CLIP, 8000, 1)]
        assert rig.told[-1].playing
        assert rig.told[-1].clip == hashlib.sha256(CLIP).hexdigest()
        rig.later(1)
        rig.device.poll()
        assert rig.device.state.playing
        rig.later(2)
        rig.device.poll()
        assert not rig.told[-1].playing

    def test_a_clip_is_repeated_as_often_as_was_asked(self, rig):
        rig.device.open()
        rig.device.load(part=part(CLIP), first=True)
        rig.device.play(rate_hz=16_000, channels=2, times=3)
        for _each in range(20):
            rig.later(0.25)
            rig.device.poll()
        assert rig.heard() == [(CLIP, 16_000, 2)] * 3
        assert not rig.device.state.playing

    def test_what_plays_is_over_when_somebody_stops_it(self, rig):
        rig.device.open()
        rig.device.load(part=part(CLIP), first=True)
        rig.device.play(rate_hz=8000, times=100)
        rig.device.stop()
        assert not rig.told[-1].playing
        before = rig.heard()
        rig.later(60)
        rig.device.poll()
        assert rig.heard() == before

    def test_a_clip_is_played_once_and_a_broken_one_not_at_all(self, rig):
        rig.device.open()
        rig.device.load(part=part(CLIP), first=True)
        rig.device.play(rate_hz=8000)
        with pytest.raises(BadRequest, match="no whole clip"):
            rig.device.play(rate_hz=8000)
        rig.device.load(part=part(b"odd"), first=True)
        with pytest.raises(BadRequest, match="no whole clip"):
            rig.device.play(rate_hz=8000)
        with pytest.raises(BadRequest, match="no base64"):
            rig.device.load(part="%%%", first=True)

    def test_a_clip_that_never_ends_takes_no_memory(self, rig):
        rig.device.open()
        whole = part(bytes(PART_BYTES))
        for _each in range(LARGEST_CLIP // PART_BYTES):
            rig.device.load(part=whole)
        with pytest.raises(BadRequest, match="at most"):
            rig.device.load(part=whole)
        with pytest.raises(BadRequest, match="no whole clip"):
            rig.device.play(rate_hz=8000)

    def test_a_card_that_only_hears_says_so(self, rig):
        rig.device.open()
        rig.device.change(plays=False)
        rig.device.load(part=part(CLIP), first=True)
        with pytest.raises(Unsupported, match="does not play"):
            rig.device.play(rate_hz=8000)


class Simulated(SimulatedRig):
    def __init__(self):
        self.now = 0.0
        super().__init__(SimulatedSound("OUT", Machine(monotonic_s=lambda: self.now)))

    def loud(self):
        return self.device.state.volume_percent, not self.device.state.muted

    def heard(self):
        return [(clip, rate, channels) for clip, rate, channels, times in self.device.heard for _each in range(times)]

    def later(self, seconds):
        self.now += seconds
