"""The timeline in the hand: the wheel zooms, a drag moves, a click seeks, the cursor and the marks can be taken."""

from collections.abc import Callable
from datetime import tzinfo
from enum import StrEnum

from gui.playback.cut import Cut
from gui.playback.timeline_picture import TimelinePicture
from gui.playback.window import Window
from gui.toolkit.event import Activate, Event, Key, Move, Press, Release, Wheel

GRIP = 7.0
"""Units beside the cursor or a mark where it can be taken."""
CLICK = 5.0
"""Units that a hand may tremble before a click is a drag."""


class Grip(StrEnum):
    """What a drag moves."""

    NOTHING = "nothing"
    WINDOW = "window"
    CURSOR = "cursor"
    MARK_IN = "mark_in"
    MARK_OUT = "mark_out"


class Timeline(TimelinePicture):
    """What the owner does with the timeline goes to the callables. Times are UTC in µs."""

    def __init__(
        self,
        window: Window,
        zone: tzinfo,
        *,
        seek: Callable[[int], object],
        scrub: Callable[[int], object],
        cut: Callable[[Cut], object],
    ) -> None:
        """`seek` is told of a click, `scrub` of every move of the cursor by hand, `cut` of moved marks."""
        super().__init__(window, zone)
        self._seek, self._scrub, self._cut = seek, scrub, cut
        self._grip = Grip.NOTHING
        self._pressed_at = (0, 0)
        self._pressed_window = window

    def handle(self, event: Event) -> bool:
        """Wheel, drags, clicks, and the arrows left and right while it has the focus."""
        match event:
            case Wheel(x=x, steps=steps):
                about = self.moment(x) if self.track.collidepoint(event.at) else self.at_us
                self.show_window(self.window.zoom(steps, about))
            case Press() if self.track.collidepoint(event.at):
                self.show_hover(None)
                self._grip, self._pressed_at, self._pressed_window = self._grip_at(event.x), event.at, self.window
            case Move() if self._grip is not Grip.NOTHING:
                self._drag(event.x)
            case Move():
                self.show_hover(self.moment(event.x) if self.track.collidepoint(event.at) else None)
                return False
            case Release() if self._grip is not Grip.NOTHING:
                self._let_go(event.x)
            case Key(name="left" | "right" as name) if self.at_us is not None:
                step = max(1_000_000, self.window.span_us // 96)
                self._seek(self.at_us + (step if name == "right" else -step))
            case Activate():
                return False
            case _:
                return super().handle(event)
        return True

    def lost_focus(self) -> None:
        """The pointer or the focus went."""
        self.show_hover(None)

    def _grip_at(self, x: int) -> Grip:
        near = self.px(GRIP)
        for at_us, grip in (
            (self.at_us, Grip.CURSOR),
            (self.marks.start_us, Grip.MARK_IN),
            (self.marks.end_us, Grip.MARK_OUT),
        ):
            if at_us is not None and self.window.holds(at_us) and abs(self.x_of(at_us) - x) <= near:
                return grip
        return Grip.WINDOW

    def _drag(self, x: int) -> None:
        moved = x - self._pressed_at[0]
        match self._grip:
            case Grip.WINDOW:
                if abs(moved) > self.px(CLICK):
                    self.show_window(self._pressed_window.pan(moved, self.track.width))
            case Grip.CURSOR:
                if moved:
                    self._scrub(self.moment(x))
            case _:
                self._cut(self.marks.drag(start=self._grip is Grip.MARK_IN, to_us=self.moment(x)))

    def _let_go(self, x: int) -> None:
        grip, self._grip = self._grip, Grip.NOTHING
        clicked = abs(x - self._pressed_at[0]) <= self.px(CLICK)
        if grip is Grip.CURSOR or (grip is Grip.WINDOW and clicked):
            self._seek(self.moment(x))
