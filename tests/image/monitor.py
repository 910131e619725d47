"""What hangs on the recorder's graphics card, seen from outside, and hands at the desk before it."""

import time
from collections.abc import Callable
from pathlib import Path

import pygame
from pygame import Surface

from tests.guest.guest import Guest

MOST = 32767
"""QEMU's places go from 0 to this on either axis."""
PATIENCE_S = 900.0
LOOK_S = 0.5
KEYS = {" ": ("spc",), "-": ("minus",), ".": ("dot",)}
"""QEMU's names of keys (qapi/ui.json, QKeyCode) where they are no letter and no digit."""


class Monitor:
    """One monitor, a tablet and a keyboard."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._file = guest.place / "monitor.ppm"

    def picture(self) -> Surface:
        """What the card shows now, by QEMU's own word."""
        return pygame.image.load(self.take(self._file))

    def take(self, path: Path) -> Path:
        """Write what the card shows as a PPM file."""
        self._guest.qmp.command("screendump", filename=str(path))
        return path

    def shows(self, wanted: Callable[[Surface], bool], what: str) -> Surface:
        """Look until the picture is as wanted, and give it."""
        until = time.monotonic() + PATIENCE_S
        while not wanted(found := self.picture()):
            assert time.monotonic() < until, f"{what} was not seen\n{self._guest.explain()}"
            time.sleep(LOOK_S)
        return found

    def click(self, at: tuple[int, int], size: tuple[int, int], button: str = "left") -> None:
        """Move there and press the button of the mouse."""
        places = zip("xy", at, size, strict=True)
        self._give("abs", *({"axis": axis, "value": round(place / (most - 1) * MOST)} for axis, place, most in places))
        for down in (True, False):
            self._give("btn", {"button": button, "down": down})

    def press(self, *keys: str) -> None:
        """Press keys of the keyboard together, and let go."""
        for down in (True, False):
            for key in keys if down else reversed(keys):
                self._give("key", {"down": down, "key": {"type": "qcode", "data": key}})

    def type(self, text: str) -> None:
        """Write on the keyboard."""
        for letter in text:
            if letter.isalpha() and letter.isupper():
                self.press("shift", letter.lower())
            else:
                self.press(*KEYS.get(letter, (letter,)))

    def _give(self, kind: str, *events: dict[str, object]) -> None:
        self._guest.qmp.raw("input-send-event", {"events": [{"type": kind, "data": one} for one in events]})
