"""The timeline in the hand: the wheel zooms, a drag moves, a click seeks, the cursor and the marks can be taken."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from enum import StrEnum

from gui.playback.cut import Cut
from gui.playback.gaps import gap_at
from gui.playback.lane import footage_before
from gui.playback.timeline_picture import TimelinePicture
from gui.playback.window import Window
from gui.toolkit.event import Activate, By, Event, Key, Move, Press, Release, Wheel
from recorder.client.answers import Gap
from recorder.client.clock import SECOND_US

GRIP = 7.0
"""Units beside the cursor or a mark where it can be taken."""
STEPS = 96
"""How many presses of an arrow cross what is shown."""
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
        self._by_keys = False
        """Whether keys lead on the timeline, not the pointer."""
        self._stop: Gap | None = None
        """The hole at which the keys stand: it is told why nothing is there, before they go past it."""

    def show_cursor(self, at_us: int | None) -> None:
        """Move the cursor; where keys lead, a hole it stands in is told."""
        before, stop = self.at_us, self._stop
        super().show_cursor(at_us)
        if stop is not None and before is not None and at_us is not None:
            passed = (before < stop.start_us) != (at_us < stop.start_us)
            self._stop = None if passed else stop
        self._tell()

    def show_gaps(self, gaps: Sequence[Sequence[Gap]]) -> None:
        """Show other holes."""
        super().show_gaps(gaps)
        if self._stop is not None and not any(self._stop in lane for lane in gaps):
            self._stop = None
        self._tell()

    def _tell(self) -> None:
        """Where keys lead, say why nothing is there: at the hole they stand at, or under the cursor."""
        if self._by_keys:
            at_us = self._middle(self._stop) if self._stop is not None else self.at_us
            self.show_hover(at_us if at_us is not None and self._gap_at(at_us) is not None else None)

    def _gap_at(self, at_us: int) -> Gap | None:
        return next((found for lane in self.gaps if (found := gap_at(lane, at_us)) is not None), None)

    def _middle(self, gap: Gap) -> int:
        """A moment of a hole that can be seen."""
        window = self.window
        return (max(gap.start_us, window.start_us) + min(gap.end_us, window.end_us)) // 2

    def _step(self, way: int, at_us: int) -> None:
        """Go on by keys (`way` 1) or back (-1): to the next hole that begins on the way, and past it with the next."""
        step = max(SECOND_US, self.window.span_us // STEPS)
        stop = self._stop
        if way > 0:
            here = stop.end_us if stop is not None else at_us
            to = max(here, at_us + step) if stop is not None else at_us + step
        else:
            here = stop.start_us - 1 if stop is not None else at_us
            to = min(here, at_us - step) if stop is not None else at_us - step
        self._stop = self._hole_between(here, to, at_us if stop is None else None)
        if self._stop is None:
            stretches = [one for _name, lane in self.lanes for one in lane]
            before = footage_before(stretches, to) if way < 0 else None
            self._seek(to if before is None else before)
        self._tell()

    def _hole_between(self, here: int, to: int, inside: int | None) -> Gap | None:
        """Give the first hole of any lane on the way that the window shows, but not one that `inside` lies in."""
        first, last = min(here, to), max(here, to)
        there = [
            one
            for lane in self.gaps
            for one in lane
            if one.start_us <= last
            and one.end_us > first
            and one.start_us < self.window.end_us
            and one.end_us > self.window.start_us
            and (inside is None or not one.start_us <= inside < one.end_us)
        ]
        if to >= here:
            return min(there, key=lambda one: max(one.start_us, here), default=None)
        return max(there, key=lambda one: min(one.end_us, here), default=None)

    def gained_focus(self) -> None:
        """By keys: a hole under the cursor is told at once."""
        self._by_keys = self.screen.last_by is By.KEY
        self._tell()

    def _by_pointer(self) -> None:
        self._by_keys, self._stop = False, None

    def handle(self, event: Event) -> bool:
        """Wheel, drags, clicks, and the arrows left and right while it has the focus."""
        match event:
            case Wheel(x=x, steps=steps):
                about = self.moment(x) if self.track.collidepoint(event.at) else self.at_us
                self.show_window(self.window.zoom(steps, about))
            case Press() if self.track.collidepoint(event.at):
                self._by_pointer()
                self.show_hover(None)
                self._grip, self._pressed_at, self._pressed_window = self._grip_at(event.x), event.at, self.window
            case Move() if self._grip is not Grip.NOTHING:
                self._drag(event.x)
            case Move():
                self._by_pointer()
                self.show_hover(self.moment(event.x) if self.track.collidepoint(event.at) else None)
                return False
            case Release() if self._grip is not Grip.NOTHING:
                self._let_go(event.x)
            case Key(name="left" | "right" as name) if self.at_us is not None:
                self._by_keys = True
                self._step(1 if name == "right" else -1, self.at_us)
            case Activate():
                return False
            case _:
                return super().handle(event)
        return True

    def lost_focus(self) -> None:
        """The pointer or the focus went."""
        self._by_pointer()
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
