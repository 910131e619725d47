"""What points, as the kernel tells it: steps or places, buttons, wheel; a report (SYN_REPORT) is one movement."""

from collections.abc import Callable

from gui.toolkit.event import Button, Event, Move, Press, Release, Wheel
from hal.client.input import EV_REL, RELEASED, InputEvent

REL_X, REL_Y, REL_WHEEL = 0, 1, 8
ABS_X, ABS_Y = 0, 1
BUTTONS = {0x110: Button.LEFT, 0x111: Button.RIGHT, 0x112: Button.MIDDLE, 0x14A: Button.LEFT}
"""BTN_LEFT and its neighbours; BTN_TOUCH."""
Range = tuple[int, int]


class Mouse:
    """The place of the pointer, and what has happened since the last report."""

    def __init__(self, size: Callable[[], tuple[int, int]]) -> None:
        """`size` is that of the screen now."""
        self._size = size
        self._x, self._y = size()[0] // 2, size()[1] // 2
        self._moved = False
        self._wheel = 0
        self._buttons: list[tuple[Button, bool]] = []

    def take(self, event: InputEvent) -> None:
        """Take one event of the kernel."""
        if event.type != EV_REL:
            if (button := BUTTONS.get(event.code)) is not None:
                self._buttons.append((button, event.value != RELEASED))
        elif event.code == REL_X:
            self._x = min(max(0, self._x + event.value), self._size()[0] - 1)
            self._moved = True
        elif event.code == REL_Y:
            self._y = min(max(0, self._y + event.value), self._size()[1] - 1)
            self._moved = True
        elif event.code == REL_WHEEL:
            self._wheel += event.value

    def place(self, event: InputEvent, ranges: tuple[Range, Range]) -> None:
        """Take a place on a touch screen or tablet whose axes go so far."""
        if event.code in {ABS_X, ABS_Y}:
            least, most = ranges[event.code]
            part = min(max(0, event.value - least), most - least) / (most - least)
            at = round(part * (self._size()[event.code] - 1))
            self._x, self._y = (at, self._y) if event.code == ABS_X else (self._x, at)
            self._moved = True

    def settle(self) -> list[Event]:
        """Give what happened up to this report."""
        at = self._x, self._y
        events: list[Event] = [Move(*at)] if self._moved else []
        events += [(Press if down else Release)(*at, button) for button, down in self._buttons]
        if self._wheel:
            events.append(Wheel(*at, self._wheel))
        self._moved, self._wheel = False, 0
        self._buttons.clear()
        return events
