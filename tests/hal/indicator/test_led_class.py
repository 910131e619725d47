import errno
from pathlib import Path

import pytest

from hal.drivers.indicator.led_class import LedClass
from hal.errors import Offline
from hal.kinds.indicator import Colour, Light, Meaning, Shown
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.indicator import SHOWS, IndicatorContract


class FakeLeds:
    """A tree of /sys/class/leds."""

    def __init__(self, root, *names):
        self.root = root / "class/leds"
        for name in names:
            place = self.root / name
            place.mkdir(parents=True)
            for file, text in {
                "brightness": "0",
                "max_brightness": "255",
                "trigger": "[none] timer",
                "delay_on": "",
                "delay_off": "",
            }.items():
                (place / file).write_text(text)

    def seen(self, name):
        """How a LED shines: steady, dark, or its period."""
        place = self.root / name
        if (place / "trigger").read_text() == "timer":
            return int((place / "delay_on").read_text()) + int((place / "delay_off").read_text())
        return int((place / "brightness").read_text())


LIGHTS = {0: Light.OFF, 255: Light.STEADY, 4000: Light.SLOW, 1000: Light.BLINK, 250: Light.FAST}


class LedRig(Rig):
    def __init__(self, root):
        self.leds = FakeLeds(root, "bay1:amber:status")
        super().__init__(LedClass("BAY1", Machine(sys=root), {Colour.AMBER: "bay1:amber:status"}, SHOWS))

    def lose(self):
        self.leds.root.rename(self.leds.root.with_name("gone"))

    def shines(self):
        return LIGHTS[self.leds.seen("bay1:amber:status")]


class TestLedClass(IndicatorContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return LedRig(tmp_path)


def test_a_light_of_two_colours_shows_one_at_a_time(tmp_path):
    """V-HW-10: solid red is too hot, one blink a second a fan, one in four seconds a supply, blue is found here."""
    leds = FakeLeds(tmp_path, "info:red:fault", "info:blue:locate")
    shows = (
        Shown(Meaning.LOCATE, Light.STEADY, Colour.BLUE),
        Shown(Meaning.FAULT, Light.SLOW, Colour.RED),
    )
    names = {Colour.RED: "info:red:fault", Colour.BLUE: "info:blue:locate"}
    info = LedClass("INFO", Machine(sys=tmp_path), names, shows)
    info.open()
    info.show(meaning=Meaning.FAULT, holds=True)
    assert (leds.seen("info:red:fault"), leds.seen("info:blue:locate")) == (4000, 0)
    info.show(meaning=Meaning.LOCATE, holds=True)
    assert (leds.seen("info:red:fault"), leds.seen("info:blue:locate")) == (0, 255)


def test_a_light_that_is_on_while_all_is_well_goes_on_without_us(tmp_path):
    leds = FakeLeds(tmp_path, "front:blue:power")
    shows = (Shown(Meaning.POWER, Light.STEADY, Colour.BLUE),)
    power = LedClass("POWER", Machine(sys=tmp_path), {Colour.BLUE: "front:blue:power"}, shows, Light.STEADY)
    power.open()
    power.close()
    assert leds.seen("front:blue:power") == 255


def test_a_light_whose_kernel_cannot_blink_shines_without_a_pause(tmp_path, monkeypatch):
    leds, write = FakeLeds(tmp_path, "red:alarm"), Path.write_text

    def refuse(place, text, *rest):
        if (place.name, text) == ("trigger", "timer"):
            raise OSError(errno.EINVAL, "Invalid argument")
        return write(place, text, *rest)

    monkeypatch.setattr(Path, "write_text", refuse)
    shows = (Shown(Meaning.ALARM, Light.FAST, Colour.RED),)
    light = LedClass("ALARM", Machine(sys=tmp_path), {Colour.RED: "red:alarm"}, shows)
    light.open()
    light.show(meaning=Meaning.ALARM, holds=True)
    assert leds.seen("red:alarm") == 255
    light.show(meaning=Meaning.ALARM, holds=False)
    assert leds.seen("red:alarm") == 0


def test_files_of_a_timer_are_written_as_soon_as_they_are_ours(tmp_path, monkeypatch):
    leds, write, refused = FakeLeds(tmp_path, "red:alarm"), Path.write_text, []

    def not_yet(place, text, *rest):
        if place.name == "delay_on" and len(refused) < 3:
            refused.append(text)
            raise PermissionError(errno.EACCES, "Permission denied")
        return write(place, text, *rest)

    monkeypatch.setattr(Path, "write_text", not_yet)
    slept = []
    shows = (Shown(Meaning.ALARM, Light.FAST, Colour.RED),)
    light = LedClass("ALARM", Machine(sys=tmp_path, sleep_s=slept.append), {Colour.RED: "red:alarm"}, shows)
    light.open()
    light.show(meaning=Meaning.ALARM, holds=True)
    assert leds.seen("red:alarm") == 250
    assert len(slept) == len(refused) == 3


def test_a_colour_without_a_led_is_told(tmp_path):
    FakeLeds(tmp_path, "a")
    light = LedClass("X", Machine(sys=tmp_path), {Colour.RED: "a"}, SHOWS)
    with pytest.raises(Offline, match="amber"):
        light.open()
