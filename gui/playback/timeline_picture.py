"""How the timeline looks: a ruler, one lane per channel in the colours of its recordings, marks and the cursor."""

from collections.abc import Sequence
from datetime import tzinfo

from pygame import Rect, Surface

from gui.playback.cut import Cut
from gui.playback.gaps import gap_at, reason_words
from gui.playback.lane import KINDS, Run, Stretch, runs
from gui.playback.moment_list import stripes
from gui.playback.moments_found import MomentsFound
from gui.playback.notes import LaneNotes
from gui.playback.ticks import Tick, ticks
from gui.playback.window import Window
from gui.toolkit.layout import Align
from gui.toolkit.theme import (
    ACCENT,
    BACKGROUND,
    DANGER,
    DANGER_DEEP,
    EDGE,
    FAINT,
    FIELD,
    INFO,
    LINE,
    ON_ACCENT,
    RADIUS_SMALL,
    RAISED,
    SECOND,
    SURFACE,
    TEXT,
    WARNING,
    Type,
)
from gui.toolkit.widget import Size, Widget
from gui.wall import manner
from gui.wall.moments import time_of_day, widest_clock
from recorder.client.answers import Gap

GUTTER, RULER, LANE, LANE_GAP, PAD = 164.0, 30.0, 22.0, 5.0, 8.0
GRID = (*BACKGROUND[:3], 110)
DIMMED = (*FIELD[:3], 170)


class TimelinePicture(Widget):
    """Shows a window of time; what is done with it is the business of `Timeline`. Times are UTC in µs."""

    opaque = True

    def __init__(self, window: Window, zone: tzinfo) -> None:
        super().__init__(name="timeline", focusable=True)
        self.window = window
        self.zone = zone
        self.lanes: list[tuple[str, Sequence[Stretch]]] = []
        self.at_us: int | None = None
        """The moment under the cursor."""
        self.hover_us: int | None = None
        """The moment under the pointer."""
        self.now_us = 0
        self.marks = Cut()
        self.gaps: list[Sequence[Gap]] = []
        self.notes: list[LaneNotes] = []
        """Of each lane."""
        self.found: MomentsFound | None = None
        """What a search for motion found in the first lane."""
        self._runs: tuple[object, list[list[Run]]] | None = None
        self._ticks: tuple[object, list[Tick]] | None = None

    # What it shows.

    def show_window(self, window: Window) -> None:
        """Show another stretch of time."""
        if window != self.window:
            self.window = window
            self.invalidate()

    def show_lanes(self, lanes: Sequence[tuple[str, Sequence[Stretch]]], now_us: int) -> None:
        """Show other recordings; each lane has a name. After `now_us` there is nothing yet."""
        fewer = len(lanes) != len(self.lanes)
        self.lanes, self.now_us, self._runs = list(lanes), now_us, None
        if fewer:
            self.relayout()
        self.invalidate()

    def show_gaps(self, gaps: Sequence[Sequence[Gap]]) -> None:
        """Show other holes in what was due, for each lane."""
        if list(gaps) != self.gaps:
            self.gaps = list(gaps)
            self.invalidate()

    def show_notes(self, notes: Sequence[LaneNotes]) -> None:
        """Show other locks and tags, for each lane."""
        if list(notes) != self.notes:
            self.notes = list(notes)
            self.invalidate()

    def show_found(self, found: MomentsFound | None) -> None:
        """Show what a search found, bright on dimmed recordings; None takes it away."""
        if found != self.found:
            self.found = found
            self.invalidate()

    def show_cursor(self, at_us: int | None) -> None:
        """Move the cursor; only its old and new place are drawn."""
        if at_us == self.at_us:
            return
        self._damage(self.at_us)
        self.at_us = at_us
        self._damage(at_us)

    def show_hover(self, at_us: int | None) -> None:
        """Show the time under the pointer; None takes it away."""
        if at_us != self.hover_us:
            self._damage(self.hover_us)
            self.hover_us = at_us
            self._damage(at_us)

    def show_marks(self, marks: Cut) -> None:
        """Show other marks."""
        if marks != self.marks:
            self.marks = marks
            self.invalidate()

    @property
    def value(self) -> object:
        """The moment under the cursor, in words."""
        return time_of_day(self.at_us, self.zone) if self.at_us is not None else None

    @property
    def text(self) -> str:
        """The names of the lanes."""
        return " · ".join(name for name, _lane in self.lanes)

    # Where things lie.

    def measure(self, width: int, height: int) -> Size:
        """As high as its lanes."""
        del height
        count = max(1, len(self.lanes))
        return width, self.px(RULER) + count * self.px(self._lane_units()) + (count - 1) * self.px(LANE_GAP) + self.px(
            PAD
        )

    def _lane_units(self) -> float:
        return LANE if len(self.lanes) > 1 else LANE * 1.6

    @property
    def track(self) -> Rect:
        """Where time is drawn: all but the names."""
        left = self.px(GUTTER)
        return Rect(self.rect.x + left, self.rect.y, max(1, self.rect.width - left - self.px(PAD)), self.rect.height)

    def lane_rect(self, lane: int) -> Rect:
        """Give the place of a lane."""
        high = self.px(self._lane_units())
        top = self.rect.y + self.px(RULER) + lane * (high + self.px(LANE_GAP))
        return Rect(self.track.x, top, self.track.width, high)

    def x_of(self, at_us: int) -> int:
        """Give the pixel column of a moment; may lie outside."""
        return self.track.x + round(self.window.x(at_us, self.track.width))

    def moment(self, x: int) -> int:
        """Give the moment under a pixel column."""
        return self.window.at(x - self.track.x, self.track.width)

    def hover_words(self, at_us: int) -> str:
        """Say what moment a pointer is at, and in a hole why there is nothing."""
        gap = next((found for gaps in self.gaps if (found := gap_at(gaps, at_us)) is not None), None)
        clock = time_of_day(at_us, self.zone)
        return clock if gap is None else f"{clock}  {reason_words(gap.reason)}"

    def _bubble(self, at_us: int, words: str = "") -> Rect:
        wide = self.screen.type.width(words or widest_clock(), Type.SMALL) + self.px(14)
        rect = Rect(0, self.rect.y + self.px(3), wide, self.px(RULER - 8))
        rect.centerx = self.x_of(at_us)
        return rect.clamp(
            Rect(self.track.x - self.px(GUTTER) // 2, self.rect.y, self.rect.right - self.track.x, rect.height + 8)
        )

    def _hover_bubble(self, at_us: int) -> Rect:
        """Beside the bubble of the cursor where it would lie under it."""
        words = self.hover_words(at_us)
        bubble = self._bubble(at_us, words if words != time_of_day(at_us, self.zone) else "")
        if self.at_us is None or not self.window.holds(self.at_us):
            return bubble
        cursor = self._bubble(self.at_us)
        if bubble.colliderect(cursor.inflate(self.px(4), 0)):
            if at_us < self.at_us and cursor.left - bubble.width >= self.rect.left:
                bubble.right = cursor.left - self.px(4)
            else:
                bubble.left = cursor.right + self.px(4)
            if bubble.right > self.rect.right:
                bubble.right = cursor.left - self.px(4)
        return bubble

    def _damage(self, at_us: int | None) -> None:
        if at_us is None or not self.attached or not self.window.holds(at_us):
            return
        column = Rect(self.x_of(at_us) - self.px(4), self.rect.y, 2 * self.px(4) + 1, self.rect.height)
        self.screen.damage_rect(column.clip(self.rect))
        # The labels beside a bubble come and go with it.
        aside = 3 * self.screen.type.width("00:00:00", Type.CAPTION)
        bubble = self._hover_bubble(at_us) if at_us == self.hover_us else self._bubble(at_us)
        self.screen.damage_rect(bubble.inflate(2 * aside, 2).clip(self.rect))

    # How it is drawn.

    def draw(self, surface: Surface) -> None:
        """Draw ground, lanes, ruler, marks, cursor."""
        surface.fill(SURFACE, self.rect)
        for at, (name, _stretches) in enumerate(self.lanes):
            lane = self.lane_rect(at)
            words = Rect(self.rect.x + self.px(16), lane.y, self.px(GUTTER - 26), lane.height)
            self.screen.type.draw(surface, name, words, Type.SMALL, TEXT)
            self._draw_lane(surface, at, lane)
            if at == 0 and self.found is not None:
                self._draw_found(surface, self.found, lane)
            if at < len(self.notes):
                self._draw_notes(surface, self.notes[at], lane)
        self._draw_ruler(surface)
        self._draw_marks(surface)
        if self.hover_us is not None:
            self._draw_hover(surface, self.hover_us)
        if self.at_us is not None and self.window.holds(self.at_us):
            self._draw_cursor(surface, self.at_us)

    def _draw_lane(self, surface: Surface, at: int, lane: Rect) -> None:
        surface.fill(FIELD, lane)
        for run in self._runs_of(lane.width)[at]:
            surface.fill(KINDS[run.kind].colour, Rect(lane.x + run.x, lane.y, run.width, lane.height))
        for gap in self.gaps[at] if at < len(self.gaps) else ():
            self._draw_gap(surface, gap, lane)
        ahead = max(lane.x, self.x_of(self.now_us))
        if self.now_us and ahead < lane.right:
            surface.fill(BACKGROUND, Rect(ahead, lane.y, lane.right - ahead, lane.height))

    def _draw_gap(self, surface: Surface, gap: Gap, lane: Rect) -> None:
        """A hole is dark red with a bright foot: told from undue time by more than its hue."""
        left, right = max(lane.x, self.x_of(gap.start_us)), min(lane.right, self.x_of(gap.end_us))
        if gap.end_us <= self.window.start_us or gap.start_us >= self.window.end_us:
            return
        wide = max(right - left, 1)
        foot = max(2, self.px(3))
        surface.fill(DANGER_DEEP, Rect(left, lane.y, wide, lane.height))
        surface.fill(DANGER, Rect(left, lane.bottom - foot, wide, foot))

    def _draw_notes(self, surface: Surface, notes: LaneNotes, lane: Rect) -> None:
        # Key pictures alone: the lane is thin there.
        for place in self._places(notes.sparse, lane):
            surface.fill(FIELD, Rect(place.x, lane.y, place.width, lane.height // 3))
        for place in self._places(notes.locked, lane):
            high = max(3, self.px(4))
            surface.fill(TEXT, Rect(place.x, lane.bottom - high, place.width, high))
            side = min(lane.height - high, self.px(16))
            icon = Rect(place.x + self.px(2), lane.y + (lane.height - high - side) // 2, side, side)
            if place.width >= side:
                self.screen.icons.draw(surface, "lock", icon, TEXT)
        for place in self._places(notes.tagged, lane):
            wide = max(3, self.px(5))
            surface.fill(WARNING, Rect(place.x - 1, lane.y, 2, lane.height))
            surface.fill(WARNING, Rect(place.x - 1, lane.y, max(wide, place.width), max(3, self.px(5))))

    def _draw_found(self, surface: Surface, found: MomentsFound, lane: Rect) -> None:
        for place in self._places([(found.start_us, found.end_us)], lane):
            self.screen.paint.fill(surface, place, DIMMED)
        for place in self._places(found.unknown, lane):
            stripes(surface, place, self.px(7))
        for place in self._places(found.moved, lane):
            surface.fill(INFO, Rect(place.x, lane.y, max(2, place.width), lane.height))

    def _places(self, stretches: Sequence[tuple[int, int]], lane: Rect) -> list[Rect]:
        """Where stretches lie on a lane; a moment takes one pixel."""
        found: list[Rect] = []
        for start_us, end_us in stretches:
            left, right = max(lane.x, self.x_of(start_us)), min(lane.right, self.x_of(end_us))
            if start_us < self.window.end_us and end_us >= self.window.start_us and right >= left:
                found.append(Rect(left, lane.y, max(1, right - left), lane.height))
        return found

    def _runs_of(self, width: int) -> list[list[Run]]:
        key = self.window, width
        if self._runs is None or self._runs[0] != key:
            self._runs = key, [runs(stretches, self.window, width) for _name, stretches in self.lanes]
        return self._runs[1]

    def _draw_ruler(self, surface: Surface) -> None:
        width = self.track.width
        key = self.window, width, self.zone, manner.current()
        kind = self.screen.type
        if self._ticks is None or self._ticks[0] != key:
            made = ticks(self.window, width, self.zone, lambda label: kind.width(label, Type.CAPTION))
            self._ticks = key, made
        # A label that a bubble would cut is left out whole.
        bubbles: list[Rect] = []
        if self.at_us is not None and self.window.holds(self.at_us):
            bubbles.append(self._bubble(self.at_us))
        if self.hover_us is not None and self.window.holds(self.hover_us):
            bubbles.append(self._hover_bubble(self.hover_us))
        foot = self.rect.y + self.px(RULER) - 1
        surface.fill(LINE, Rect(self.track.x, foot, width, 1))
        lanes = Rect(0, foot, 1, self.rect.bottom - self.px(PAD) - foot)
        for tick in self._ticks[1]:
            x = self.track.x + round(tick.x)
            high = self.px(6 if tick.label else 3)
            surface.fill(EDGE if tick.label else LINE, Rect(x, foot - high, 1, high))
            if tick.label:
                self.screen.paint.fill(surface, Rect(x, foot + 1, 1, lanes.height), GRID)
                label = Rect(x - width, self.rect.y + self.px(2), 2 * width, foot - high - self.rect.y - self.px(2))
                half = kind.width(tick.label, Type.CAPTION) // 2 + self.px(3)
                if not any(bubble.left - half < x < bubble.right + half for bubble in bubbles):
                    kind.draw(surface, tick.label, label, Type.CAPTION, FAINT, Align.CENTER)

    def _draw_marks(self, surface: Surface) -> None:
        start, end = self.marks.start_us, self.marks.end_us
        top = self.rect.y + self.px(RULER)
        high = self.rect.bottom - self.px(PAD) - top + self.px(4)
        if start is not None and end is not None:
            left, right = max(self.track.x, self.x_of(start)), min(self.track.right, self.x_of(end))
            if right > left:
                surface.fill(ACCENT, Rect(left, top - self.px(3), right - left, self.px(3)))
                self.screen.paint.fill(surface, Rect(left, top - self.px(2), right - left, high), (*ACCENT[:3], 64))
        for at_us, inner in ((start, 1), (end, -1)):
            if at_us is None or not self.window.start_us <= at_us <= self.window.end_us:
                continue
            x, thick, arm = self.x_of(at_us), max(2, self.px(2)), self.px(6)
            surface.fill(ACCENT, Rect(x - (thick if inner < 0 else 0), top - self.px(2), thick, high))
            for y in (top - self.px(2), top - self.px(2) + high - thick):
                surface.fill(ACCENT, Rect(x if inner > 0 else x - arm, y, arm, thick))

    def _draw_hover(self, surface: Surface, at_us: int) -> None:
        x = self.x_of(at_us)
        surface.fill(SECOND, Rect(x, self.rect.y + self.px(RULER), 1, self.rect.height - self.px(RULER + PAD)))
        bubble = self._hover_bubble(at_us)
        self.screen.paint.fill(surface, bubble, RAISED, RADIUS_SMALL)
        self.screen.type.draw(surface, self.hover_words(at_us), bubble, Type.SMALL, TEXT, Align.CENTER)

    def _draw_cursor(self, surface: Surface, at_us: int) -> None:
        x, wide = self.x_of(at_us), max(2, self.px(2))
        surface.fill(
            ACCENT,
            Rect(
                x - wide // 2,
                self.rect.y + self.px(RULER - 5),
                wide,
                self.rect.bottom - self.rect.y - self.px(RULER - 5 + PAD - 4),
            ),
        )
        bubble = self._bubble(at_us)
        self.screen.paint.fill(surface, bubble, ACCENT, RADIUS_SMALL)
        self.screen.type.draw(surface, time_of_day(at_us, self.zone), bubble, Type.SMALL, ON_ACCENT, Align.CENTER)

    def draw_focus(self, surface: Surface) -> bool:
        """A frame inside its border."""
        self.screen.paint.outline(surface, self.rect.inflate(-4, -2), ACCENT, RADIUS_SMALL, 2)
        return True
