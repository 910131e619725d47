"""The hand that looks closer at a picture: the wheel at the pointer, a drag, arrows and ok (D-LIVE-10, D-PLAY-11)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.event import ARROWS, Activate, Button, By, Event, Key, Move, Press, Release, RightClick, Wheel
from gui.toolkit.layout import Align
from gui.toolkit.theme import ACCENT, PLATE, TEXT, Type
from gui.wall.splits import Box
from gui.wall.zoom import NOTCH, STEP, Zoom, most
from recorder.client.clock import SECOND_US
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.toolkit.screen import Screen
    from gui.toolkit.widget import Widget
    from gui.wall.pictures import Picture

INSET = 128.0
"""Units: how wide the small drawing of the whole picture is, at most; a quarter of a small picture."""
MARGIN = 12.0
AGAIN_US = SECOND_US * 2 // 5
"""Two clicks within this are a double click: the first of a drag is taken, so nobody else counts them."""
STAYS = 4.0
"""Units: a hand that moved less than this only clicked."""


class Closeup:
    """What is in sight of the picture that one widget shows. Its page asks decode for `zoom.part`."""

    def __init__(self, widget: "Widget", place: Callable[[], Rect], picture: Callable[[], "Picture | None"]) -> None:
        """`place` says where the picture lies, `picture` which one may be looked at closer now (None: none)."""
        self.zoom = Zoom()
        self._widget = widget
        self._place = place
        self._picture = picture
        self._held: tuple[int, int] | None = None
        self._began = (0, 0)
        self._clicked_us = -AGAIN_US
        self.on_double_click: Callable[[], object] | None = None

    @property
    def limit(self) -> float:
        """How much the picture can be enlarged; 1 where there is none."""
        picture = self._picture()
        state = picture.state if picture is not None and picture.there else None
        return most(state.width, self._place().width) if state is not None else 1.0

    def show(self, zoom: Zoom) -> None:
        """Look at another part."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._widget.invalidate()

    def restore(self) -> bool:
        """Show all of the picture; say whether it was not."""
        was, self._held = not self.zoom.whole, None
        self.show(Zoom())
        return was

    def further(self) -> None:
        """Look closer at the middle, twice as close each time; from the closest back to the whole picture."""
        limit = self.limit
        closest = self.zoom.times >= limit * 0.99
        if limit > 1 and closest:
            self.restore()
        elif limit > 1:
            self.show(self.zoom.enlarge(2.0, limit))
        else:
            self._widget.screen.notices.say(_("There is no picture to look at closer."))

    def handle(self, event: Event) -> bool:
        """Take what is meant for it; without an enlarged picture that is the wheel alone."""
        match event:
            case Wheel(steps=steps):
                return self._wheel(event, steps)
            case Key(name="+" | "=" | "-" as name):
                return self._enlarge(1 / NOTCH if name == "-" else NOTCH)
            case Key(name="z") if self._picture() is not None:
                self.further()
                return True
            case _:
                return not self.zoom.whole and self._enlarged(event)

    def _enlarged(self, event: Event) -> bool:
        match event:
            case Key(name=name, shift=False) if name in ARROWS:
                across, down = ARROWS[name]
                self.show(self.zoom.move(across * STEP, down * STEP))
            case Activate(by=By.KEY):
                self.further()
            case Press(button=Button.LEFT):
                self._held = self._began = event.at
            case Move() if self._held is not None:
                place = self._place()
                right, down = self._held[0] - event.x, self._held[1] - event.y
                self._held = event.at
                self.show(self.zoom.move(right / max(1, place.width), down / max(1, place.height)))
            case Release():
                self._released(event.at)
            case RightClick():
                self.restore()
            case _:
                return False
        return True

    def _released(self, at: tuple[int, int]) -> None:
        reach = self._widget.px(STAYS)
        stayed = abs(at[0] - self._began[0]) <= reach and abs(at[1] - self._began[1]) <= reach
        self._held = None
        now_us = self._widget.screen.clock.monotonic_us()
        again, self._clicked_us = now_us - self._clicked_us < AGAIN_US, now_us if stayed else -AGAIN_US
        if stayed and again and self.on_double_click is not None:
            self.restore()
            self.on_double_click()

    def _wheel(self, event: Wheel, steps: int) -> bool:
        place = self._place()
        if not place.collidepoint(event.at) or (self.zoom.whole and self.limit <= 1):
            return False
        across, down = (event.x - place.x) / place.width, (event.y - place.y) / place.height
        return self._enlarge(NOTCH**steps, across, down)

    def _enlarge(self, by: float, x: float = 0.5, y: float = 0.5) -> bool:
        limit = self.limit
        if self.zoom.whole and limit <= 1:
            return False
        self.show(self.zoom.enlarge(by, limit, x, y))
        return True

    def draw(self, surface: Surface, screen: "Screen") -> None:
        """Draw a small outline of the whole picture with the part that is in sight; nothing where that is all."""
        if self.zoom.whole:
            return
        place, px = self._place(), screen.theme.px
        wide = min(px(INSET), place.width // 4)
        margin = px(MARGIN)
        box = Rect(place.x + margin, place.y + margin, wide, max(1, wide * place.height // max(1, place.width)))
        words = _("{times} times").format(times=f"{self.zoom.times:.1f}".removesuffix(".0"))
        high = screen.type.line_height(Type.CAPTION) + px(4)
        screen.paint.fill(surface, Rect(box.x, box.y, box.width, box.height + high), PLATE)
        screen.paint.outline(surface, box, TEXT)
        screen.paint.outline(surface, Rect(self.zoom.inset(Box(*box))), ACCENT, 0, 2)
        foot = Rect(box.x, box.bottom, box.width, high)
        screen.type.draw(surface, words, foot, Type.CAPTION, TEXT, Align.CENTER)
