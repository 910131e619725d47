"""More than fits: a window onto its content, moved by the wheel and by the focus."""

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Event, Key, Move, Press, Release, Wheel
from gui.toolkit.widget import Size, Widget

STEP = 72.0
"""Units that one step of the wheel moves."""
BAR = 10.0
"""Units that the bar takes of the width."""


class Scroll(Widget):
    """Shows a part of one child that may be higher than itself; a bar at the right says where."""

    clips = True

    def __init__(self, child: Widget, *, name: str = "", grow: float = 1) -> None:
        self.offset = 0
        """Pixels of the content above the upper edge."""
        self._content = 0
        self._grab: int | None = None
        super().__init__(name=name, grow=grow, children=[child])

    @property
    def child(self) -> Widget:
        """What is shown."""
        return self.children[0]

    @property
    def farthest(self) -> int:
        """The largest offset, in pixels."""
        return max(0, self._content - self.rect.height)

    def measure(self, width: int, height: int) -> Size:
        """As its content, no higher than offered."""
        wide, high = self.child.wanted(width, height)
        return wide, min(high, height) if height else high

    def layout(self) -> None:
        """Place the content, moved by the offset."""
        bar = self.px(BAR)
        wide = self.rect.width
        self._content = self.child.wanted(wide, self.rect.height)[1]
        if self._content > self.rect.height:
            wide -= bar
            self._content = self.child.wanted(wide, self.rect.height)[1]
        self.offset = min(self.offset, self.farthest)
        # A content that is lower than the window may fill it.
        high = max(self._content, self.rect.height) if self.child.grow else self._content
        self.child.place(Rect(self.rect.x, self.rect.y - self.offset, wide, high))

    def scroll_to(self, offset: int) -> bool:
        """Move the content; say whether it moved."""
        offset = min(max(0, offset), self.farthest)
        if offset == self.offset:
            return False
        self.child.shift(self.offset - offset)
        self.offset = offset
        self.invalidate()
        return True

    def reveal(self, child: Widget) -> None:
        """Move so that a widget below can be seen, with some room around it."""
        room = min(self.px(24), self.rect.height // 6)
        top, bottom = child.rect.top - room, child.rect.bottom + room
        if top < self.rect.top:
            self.scroll_to(self.offset - (self.rect.top - top))
        elif bottom > self.rect.bottom:
            self.scroll_to(self.offset + bottom - self.rect.bottom)

    def handle(self, event: Event) -> bool:
        """Wheel, page keys, and the bar."""
        match event:
            case Wheel():
                return self.scroll_to(self.offset - round(event.steps * self.px(STEP)))
            case Key(name="page_up" | "page_down"):
                down = 1 if event.name == "page_down" else -1
                return self.scroll_to(self.offset + down * round(self.rect.height * 0.85))
            case Press() if self.farthest and event.x >= self.rect.right - self.px(14):
                bar = self._bar()
                self._grab = event.y - bar.y if bar.collidepoint(bar.centerx, event.y) else bar.height // 2
                self._drag(event.y)
                return True
            case Move() if self._grab is not None:
                self._drag(event.y)
                return True
            case Release() if self._grab is not None:
                self._grab = None
                return True
            case _:
                return False

    def _drag(self, y: int) -> None:
        room = self.rect.height - self._bar().height
        if room > 0 and self._grab is not None:
            self.scroll_to(round((y - self._grab - self.rect.y) / room * self.farthest))

    def _bar(self) -> Rect:
        high = max(self.px(28), self.rect.height * self.rect.height // max(1, self._content))
        room = self.rect.height - high
        at = self.rect.y + (room * self.offset // self.farthest if self.farthest else 0)
        wide = self.px(4)
        return Rect(self.rect.right - wide - self.px(1), at, wide, high)

    def draw_over(self, surface: Surface) -> None:
        """Draw the bar."""
        if self.farthest:
            self.screen.paint.fill(surface, self._bar(), t.EDGE, 2)
