"""What is on or off: a switch, or a box with a tick."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Activate, Event, Key
from gui.toolkit.widget import Size, Widget


class _TwoState(Widget):
    """On or off; `on_change(value)` after every change. The arrows left and right pass through to the focus."""

    def __init__(
        self,
        value: bool,  # noqa: FBT001
        on_change: Callable[[bool], object] | None,
        *,
        name: str,
        height: int,
        width: int | None = None,
    ) -> None:
        super().__init__(name=name, focusable=True, width=width, height=height)
        self._value = bool(value)
        self.on_change = on_change

    @property
    def value(self) -> bool:
        """Whether it is on."""
        return self._value

    def set(self, value: bool) -> None:  # noqa: FBT001
        """Turn it, without telling."""
        if value != self._value:
            self._value = value
            self.invalidate()

    def handle(self, event: Event) -> bool:
        """Turn it by click, ok or space."""
        if self.enabled and (isinstance(event, Activate) or (isinstance(event, Key) and event.name == "space")):
            self.set(not self._value)
            if self.on_change is not None:
                self.on_change(self._value)
            return True
        return False


class Toggle(_TwoState):
    """A switch."""

    def __init__(
        self,
        value: bool = False,  # noqa: FBT001, FBT002
        on_change: Callable[[bool], object] | None = None,
        *,
        name: str = "",
    ) -> None:
        super().__init__(value, on_change, name=name, width=48, height=28)

    @property
    def focus_radius(self) -> float:
        """A capsule."""
        return 14

    def measure(self, width: int, height: int) -> Size:
        """A capsule."""
        return self.px(48), self.px(28)

    def draw(self, surface: Surface) -> None:
        """Draw the capsule and its knob."""
        paint, rect = self.screen.paint, self.rect
        on = self._value
        ground = (t.ACCENT if on else t.FIELD) if self.enabled else t.RAISED
        paint.fill(surface, rect, ground, 14)
        if not on:
            paint.outline(surface, rect, t.EDGE if self.enabled else t.LINE, 14, 1.5)
        radius = rect.height // 2 - self.px(5)
        x = rect.right - rect.height // 2 if on else rect.x + rect.height // 2
        knob = (t.ON_ACCENT if on else t.SECOND) if self.enabled else t.DISABLED
        paint.disc(surface, (x, rect.centery), radius, knob)


class Check(_TwoState):
    """A box with a tick and its words; for lists where several are chosen."""

    def __init__(
        self,
        label: str,
        value: bool = False,  # noqa: FBT001, FBT002
        on_change: Callable[[bool], object] | None = None,
        *,
        name: str = "",
        flush: bool = False,
    ) -> None:
        """`flush` begins at its left edge, below fields that do; in a list there is room around it."""
        super().__init__(value, on_change, name=name or label, height=36)
        self.flush = flush
        self.label = label

    @property
    def text(self) -> str:
        """Its words."""
        return self.label

    def measure(self, width: int, height: int) -> Size:
        """Box and words."""
        return self.px(22 + 12 + 20) + self.screen.type.width(self.label, t.Type.BODY), self.px(36)

    def draw(self, surface: Surface) -> None:
        """Draw the box, the tick, the words."""
        screen, rect = self.screen, self.rect
        if self.focused and not self.flush:
            screen.paint.fill(surface, rect, t.HOVER, t.RADIUS)
        side = self.px(22)
        box = Rect(rect.x + (0 if self.flush else self.px(8)), rect.centery - side // 2, side, side)
        if self._value:
            screen.paint.fill(surface, box, t.ACCENT if self.enabled else t.LINE, t.RADIUS_SMALL)
            screen.icons.draw(surface, "check", box.inflate(-side // 4, -side // 4), t.ON_ACCENT)
        else:
            screen.paint.fill(surface, box, t.FIELD, t.RADIUS_SMALL)
            screen.paint.outline(surface, box, t.EDGE, t.RADIUS_SMALL, 1.5)
        left = box.right + self.px(12)
        words = Rect(left, rect.y, rect.right - left - self.px(6), rect.height)
        screen.type.draw(surface, self.label, words, t.Type.BODY, t.TEXT if self.enabled else t.DISABLED)
