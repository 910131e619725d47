"""The arrow pad: eight directions under the pointer or the arrow keys, for as long as they are held."""

import math
from collections.abc import Callable

from pygame import Rect, Surface

from gui.ptz.holding import Holding
from gui.toolkit import theme as t
from gui.toolkit.event import ARROWS, Event, Key, KeyUp, Move, Press, Release
from gui.toolkit.widget import Size, Widget

SIDE = 168.0
"""Across, in units."""
DEAD = 0.22
"""So much of the pad in its middle is no direction."""
EIGHTH = math.pi / 4


class Pad(Widget):
    """Tells `steer(across, up)` with -1, 0 or 1 each whenever that changes; (0, 0) when all is let go.

    `leave` is called by ok: the arrows then move the focus again.
    """

    def __init__(self, steer: Callable[[int, int], object], leave: Callable[[], object]) -> None:
        super().__init__(name="pad", focusable=True, width=SIDE, height=SIDE)
        self._steer = steer
        self._leave = leave
        self._held: set[str] = set()
        self._pressed = False
        self.direction = (0, 0)
        self._holding = Holding(self, self.let_go)

    @property
    def value(self) -> object:
        """Where it steers to."""
        return self.direction

    @property
    def focus_radius(self) -> float:
        """Round."""
        return SIDE / 2

    def measure(self, width: int, height: int) -> Size:
        """A square."""
        return self.px(SIDE), self.px(SIDE)

    def let_go(self) -> None:
        """Nothing is held any more."""
        self._held.clear()
        self._pressed = False
        self._turn((0, 0))

    def lost_focus(self) -> None:
        """Whoever steers looks elsewhere."""
        self.let_go()

    def _turn(self, direction: tuple[int, int]) -> None:
        if direction == (0, 0):
            self._holding.end()
        if direction != self.direction:
            self.direction = direction
            self._steer(*direction)
            self.invalidate()

    def handle(self, event: Event) -> bool:
        """Follow pointer and arrows."""
        match event:
            case Key(name=name) if name in ARROWS:
                self._held.add(name)
                self._holding.renew(by_key=True)
                self._turn(self._by_keys())
            case KeyUp(name=name) if name in ARROWS:
                self._held.discard(name)
                self._turn(self._by_keys())
            case Key(name="ok", repeat=False):
                self._leave()
            case Press():
                self._pressed = True
                self._holding.renew(by_key=False)
                self._turn(self.at(event.at))
            case Move() if self._pressed:
                self._turn(self.at(event.at))
            case Release():
                self.let_go()
            case _:
                return False
        return True

    def _by_keys(self) -> tuple[int, int]:
        across = ("right" in self._held) - ("left" in self._held)
        return across, ("up" in self._held) - ("down" in self._held)

    def at(self, place: tuple[int, int]) -> tuple[int, int]:
        """Give the direction of a place of the pad."""
        x, y = place[0] - self.rect.centerx, self.rect.centery - place[1]
        if math.hypot(x, y) < self.rect.width * DEAD / 2:
            return 0, 0
        eighth = round(math.atan2(y, x) / EIGHTH)
        return round(math.cos(eighth * EIGHTH)), round(math.sin(eighth * EIGHTH))

    def draw(self, surface: Surface) -> None:
        """Draw a disc with eight arrows."""
        screen, rect = self.screen, self.rect
        screen.paint.disc(surface, rect.center, rect.width // 2, t.RAISED if self.focused else t.FIELD)
        for eighth in range(8):
            direction = round(math.cos(eighth * EIGHTH)), round(math.sin(eighth * EIGHTH))
            self._draw_arrow(surface, eighth, lit=direction == self.direction)

    def _draw_arrow(self, surface: Surface, eighth: int, *, lit: bool) -> None:
        reach = self.rect.width * 0.36
        x = self.rect.centerx + reach * math.cos(eighth * EIGHTH)
        y = self.rect.centery - reach * math.sin(eighth * EIGHTH)
        diagonal = bool(eighth % 2)
        colour = t.ACCENT if lit else t.SECOND if diagonal else t.TEXT
        if diagonal:
            self.screen.paint.disc(surface, (round(x), round(y)), self.px(4), colour)
            return
        side = self.px(26)
        place = Rect(0, 0, side, side)
        place.center = round(x), round(y)
        self.screen.icons.draw(surface, ("right", "up", "left", "down")[eighth // 2], place, colour)
