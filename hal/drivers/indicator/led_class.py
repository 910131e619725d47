"""Lights of the kernel's LED class; blinking is done by its timer trigger, so that it goes on while we do not.

Facts: Documentation/leds/leds-class.rst and ledtrig-timer; writing a trigger comes before its delays, and `none`
before a brightness that shall stay.
"""

import errno
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from hal.errors import Offline
from hal.kinds.indicator import PERIOD_S, Colour, Indicator, Light, Shown
from hal.machine import Machine

OURS_S = 2.0
"""How long udev may take to give us a timer's files, which are there once one is set (73-nightjar-devices.rules)."""
LOOK_S = 0.01
LedName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:.-]+\Z")]


class LedClass(Indicator):
    """One light, made of one LED of the kernel or of several in different colours."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        leds: dict[Colour, LedName],
        shows: tuple[Shown, ...],
        rest: Light = Light.OFF,
        group: str = "front",
    ) -> None:
        super().__init__(name, shows, rest, group)
        self._machine = machine
        self._leds = {colour: machine.sys / "class/leds" / led for colour, led in leds.items()}

    def open(self) -> None:
        """Find the LEDs and shine as told."""
        for one in {shown.colour for shown in self._shows} - set(self._leds):
            raise Offline(f"the board names no LED that is {one}")
        for place in self._leds.values():
            if not (place / "brightness").exists():
                raise Offline(f"the kernel has no LED {place.name}")
        self.light_up()

    def close(self) -> None:
        """Go back to rest."""
        self.rest()

    def shine(self, light: Light, colour: Colour) -> None:
        """Have the kernel do it."""
        for other, place in self._leds.items():
            self._set(place, light if other is colour else Light.OFF)

    def _set(self, place: Path, light: Light) -> None:
        # Without ledtrig-timer what should blink shines: better than an alarm that is not seen.
        if light in PERIOD_S and _has_a_timer(place):
            half_ms = str(round(PERIOD_S[light] * 500))
            self._write_given(place / "delay_on", half_ms)
            self._write_given(place / "delay_off", half_ms)
            return
        (place / "trigger").write_text("none")
        full = "0" if light is Light.OFF else (place / "max_brightness").read_text().strip()
        (place / "brightness").write_text(full)

    def _write_given(self, path: Path, text: str) -> None:
        """Write a file as soon as it is ours; raises `OSError`."""
        for _look in range(round(OURS_S / LOOK_S)):
            try:
                path.write_text(text)
            except PermissionError:
                self._machine.sleep_s(LOOK_S)
            else:
                return
        path.write_text(text)


def _has_a_timer(place: Path) -> bool:
    """Have the kernel's timer blink a light; False where it has none, which it says by EINVAL."""
    try:
        (place / "trigger").write_text("timer")
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return False
    return True


DRIVER = LedClass
