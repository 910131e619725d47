"""What every buzzer promises."""

from hal.kinds.buzzer import PATTERNS, Sound
from hal.machine import Machine
from hal.simulated.buzzer import SimulatedBuzzer
from tests.hal.contracts.device import DeviceContract, SimulatedRig

SHORT = [sound for sound in Sound if not PATTERNS[sound].goes_on]


class BuzzerContract(DeviceContract):
    """Its rig's `hz()` is what an ear would hear; `listen(seconds)` gives the tones of a time, as (start, Hz)."""

    examples = {"play": {"sound": Sound.ALARM}, "silence": {}}  # noqa: RUF012

    def test_a_short_sound_is_heard_once(self, rig):
        rig.device.open()
        for sound in SHORT:
            rig.device.play(sound=sound)
            heard = [hz for _at, hz in rig.listen(10)]
            assert heard == [*(tone.hz for tone in PATTERNS[sound].tones), 0]
            assert rig.device.wanted_s is None

    def test_an_alarm_is_a_short_tone_every_ten_seconds_until_it_is_silenced(self, rig):
        rig.device.open()
        rig.device.play(sound=Sound.ALARM)
        heard = [(round(at, 2), hz) for at, hz in rig.listen(20.1)]
        assert heard == [(0.0, 2700), (0.2, 0), (10.0, 2700), (10.2, 0), (20.0, 2700)]
        rig.device.silence()
        assert (rig.hz(), rig.device.state.tone_hz, rig.device.wanted_s) == (0, 0, None)

    def test_of_two_that_go_on_the_most_urgent_is_heard_and_then_the_other(self, rig):
        rig.device.open()
        rig.device.play(sound=Sound.ALARM)
        rig.device.play(sound=Sound.WARNING)
        assert rig.hz() == 2700
        assert rig.device.state.sounds == {Sound.ALARM, Sound.WARNING}
        rig.device.silence(sound=Sound.ALARM)
        assert rig.hz() == 2000
        assert rig.device.state.sounds == {Sound.WARNING}

    def test_a_key_is_heard_in_between(self, rig):
        rig.device.open()
        rig.device.play(sound=Sound.FAULT)
        rig.device.play(sound=Sound.KEY)
        assert [hz for _at, hz in rig.listen(0.1)] == [2700, 2000]

    def test_a_buzzer_falls_silent_with_us(self, rig):
        rig.device.open()
        rig.device.play(sound=Sound.ALARM)
        rig.device.close()
        assert rig.hz() == 0
        rig.device.open()
        assert (rig.hz(), rig.device.state.sounds) == (0, frozenset())


class BuzzerTime:
    """A clock for a buzzer, and an ear."""

    def __init__(self):
        self.now_s = 100.0
        self.machine_s = lambda: self.now_s

    def listen(self, seconds):
        begin_s, heard = self.now_s, [(0.0, self.hz())]
        while self.device.wanted_s is not None and self.device.wanted_s <= begin_s + seconds:
            self.now_s = self.device.wanted_s
            self.device.poll()
            if self.hz() != heard[-1][1]:
                heard.append((self.now_s - begin_s, self.hz()))
        self.now_s = begin_s + seconds
        return heard


class Simulated(BuzzerTime, SimulatedRig):
    def __init__(self):
        BuzzerTime.__init__(self)
        SimulatedRig.__init__(self, SimulatedBuzzer("BUZZER", Machine(monotonic_s=self.machine_s)))

    def hz(self):
        return self.device.hz
