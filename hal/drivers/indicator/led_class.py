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

LedName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:.-]+$")]


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

    @staticmethod
    def _set(place: Path, light: Light) -> None:
        # Without ledtrig-timer what should blink shines: better than an alarm that is not seen.
        if light in PERIOD_S and _has_a_timer(place):
            half_ms = str(round(PERIOD_S[light] * 500))
            (place / "delay_on").write_text(half_ms)
            (place / "delay_off").write_text(half_ms)
            return
        (place / "trigger").write_text("none")
        full = "0" if light is Light.OFF else (place / "max_brightness").read_text().strip()
        (place / "brightness").write_text(full)


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
