"""A value on a line: dragged, turned by the wheel, stepped by left and right."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Event, Key, Move, Press, Release, Wheel
from gui.toolkit.widget import Size, Widget


class Slider(Widget):
    """A number from `low` to `high` in steps; `on_change(value)` at every change."""

    def __init__(
        self,
        low: float,
        high: float,
        value: float,
        on_change: Callable[[float], object] | None = None,
        *,
        step: float = 1,
        name: str = "",
        grow: float = 0,
        width: float | None = None,
    ) -> None:
        super().__init__(name=name, focusable=True, grow=grow, width=width, height=36)
        self.low, self.high, self.step = low, max(low, high), step if step > 0 else 1
        self._value = self._snapped(value)
        self.on_change = on_change
        self._dragged = False

    @property
    def value(self) -> float:
        """Where it stands."""
        return self._value

    def _snapped(self, value: float) -> float:
        steps = round((value - self.low) / self.step)
        return min(self.high, max(self.low, self.low + steps * self.step))

    def set(self, value: float) -> None:
        """Move it, without telling."""
        value = self._snapped(value)
        if value != self._value:
            self._value = value
            self.invalidate()

    def _change(self, value: float) -> bool:
        before = self._value
        self.set(value)
        if before != self._value and self.on_change is not None:
            self.on_change(self._value)
        return before != self._value

    def measure(self, width: int, height: int) -> Size:
        """A line of some length."""
        return min(width, self.px(220)) if width else self.px(220), self.px(36)

    def handle(self, event: Event) -> bool:
        """Drag, wheel, left and right; at the ends the arrows move the focus."""
        if not self.enabled:
            return False
        match event:
            case Key(name="left"):
                return self._change(self._value - self.step)
            case Key(name="right"):
                return self._change(self._value + self.step)
            case Wheel():
                self._change(self._value + event.steps * self.step)
                return True
            case Press():
                self._dragged = True
                self._change(self._at(event.x))
                return True
            case Move() if self._dragged:
                self._change(self._at(event.x))
                return True
            case Release():
                self._dragged = False
                return True
            case _:
                return False

    def _track(self) -> Rect:
        return self.rect.inflate(-2 * self.px(12), 0)

    def _at(self, x: int) -> float:
        track = self._track()
        return self.low + (x - track.x) / max(1, track.width) * (self.high - self.low)

    def draw(self, surface: Surface) -> None:
        """Draw the line, its part up to the value, and the knob."""
        paint, track = self.screen.paint, self._track()
        line = Rect(track.x, 0, track.width, self.px(4))
        line.centery = self.rect.centery
        paint.fill(surface, line, t.LINE, 2)
        span = self.high - self.low
        wide = round(track.width * ((self._value - self.low) / span)) if span else 0
        colour = t.ACCENT if self.enabled else t.DISABLED
        paint.fill(surface, Rect(line.x, line.y, wide, line.height), colour, 2)
        paint.disc(surface, (track.x + wide, self.rect.centery), self.px(9), colour)
