"""Seven days by 24 hours, painted by dragging or by keys, a colour for each type (D-REC-03, D-INP-06)."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.forms.type_chip import colour_of
from gui.forms.week import DAY_NAMES, DAYS, MOST_PERIODS, Week
from gui.toolkit import theme as t
from gui.toolkit.event import ARROWS, Activate, Event, Key, Move, Press, Release
from gui.toolkit.layout import Align
from gui.toolkit.notices import Tone
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size, Widget
from recorder.client.words import _

HOURS = 24
HEAD = 22.0
LABEL = 58.0
LINE = 30.0
DAY_HEADER = -1
"""The place of the cursor on the name of a day: the whole day."""


class WeekGrid(Widget):
    """The cells. One focusable widget; the arrows move a cursor within it and leave it at its edges."""

    def __init__(self, week: Week, brush: str, on_change: Callable[[], object], *, name: str) -> None:
        super().__init__(name=name, focusable=True)
        self.week = week
        self.brush = brush
        self.on_change = on_change
        self.day, self.hour = 0, 0
        self.anchor: tuple[int, int] | None = None
        self._dragged = False

    def show(self, week: Week) -> None:
        """Show another week."""
        if week != self.week:
            self.week, self.anchor = week, None
            self.invalidate()

    @property
    def value(self) -> object:
        """Where the cursor is, for `tree()`."""
        return {"day": self.day, "hour": self.hour, "painting": self.anchor is not None}

    def measure(self, width: int, height: int) -> Size:
        """All the width; seven lines and the hours."""
        return width, self.px(HEAD + DAYS * LINE)

    def _cell(self, day: int, minute: int) -> int:
        """The left edge of a minute, in pixels."""
        left = self.rect.x + self.px(LABEL)
        return left + (self.rect.right - left) * minute // (HOURS * 60)

    def _line(self, day: int) -> Rect:
        top = self.rect.y + self.px(HEAD)
        step = self.px(LINE)
        return Rect(self._cell(day, 0), top + day * step, self.rect.right - self._cell(day, 0), step - self.px(4))

    def _at(self, at: tuple[int, int]) -> tuple[int, int]:
        day = (at[1] - self.rect.y - self.px(HEAD)) // self.px(LINE)
        left = self._cell(0, 0)
        hour = DAY_HEADER if at[0] < left else (at[0] - left) * HOURS // max(1, self.rect.right - left)
        return min(max(day, 0), DAYS - 1), min(hour, HOURS - 1)

    def handle(self, event: Event) -> bool:
        """Paint by drag; by keys, ok begins and ends."""
        if not self.enabled:
            return False
        match event:
            case Press():
                self.day, self.hour = self._at(event.at)
                self.anchor, self._dragged = (self.day, self.hour), True
                self.invalidate()
                return True
            case Move() if self._dragged:
                self._to(*self._at(event.at))
                return True
            case Release() if self._dragged:
                self._dragged = False
                self._apply()
                return True
            case Activate():
                if self.anchor is None:
                    self.anchor = self.day, self.hour
                    self.invalidate()
                else:
                    self._apply()
                return True
            case Key(name="back") if self.anchor is not None:
                self.anchor = None
                self.invalidate()
                return True
            case Key() if event.name in ARROWS:
                across, down = ARROWS[event.name]
                day, hour = self.day + down, self.hour + across
                if not (0 <= day < DAYS and DAY_HEADER <= hour < HOURS):
                    # While painting the arrows stay; else they leave the grid.
                    return self.anchor is not None
                self._to(day, hour)
                return True
            case _:
                return False

    def _to(self, day: int, hour: int) -> None:
        if self.anchor is not None and (self.anchor[1] == DAY_HEADER) != (hour == DAY_HEADER):
            hour = DAY_HEADER if self.anchor[1] == DAY_HEADER else 0
        if (day, hour) != (self.day, self.hour):
            self.day, self.hour = day, hour
            self.invalidate()

    def _chosen(self) -> tuple[range, int, int]:
        """The days, first and last minute between anchor and cursor."""
        day, hour = self.anchor or (self.day, self.hour)
        days = range(min(day, self.day), max(day, self.day) + 1)
        if hour == DAY_HEADER:
            return days, 0, HOURS * 60
        return days, min(hour, self.hour) * 60, (max(hour, self.hour) + 1) * 60

    def _apply(self) -> None:
        days, start, end = self._chosen()
        begin = self.anchor or (self.day, self.hour)
        minutes = range(start, end, 60) if begin[1] == DAY_HEADER else (begin[1] * 60,)
        on = not all(self.week.holds(begin[0], minute, self.brush) for minute in minutes)
        self.anchor = None
        fresh = self.week.painted(days, start, end, self.brush, on=on)
        self.invalidate()
        if fresh is None:
            words = _("A day has at most {most} periods. Clear some first.").format(most=MOST_PERIODS)
            self.screen.notices.say(words, Tone.WARNING)
        elif fresh != self.week:
            self.week = fresh
            self.on_change()

    def lost_focus(self) -> None:
        """Painting ends undone."""
        self.anchor = None
        self._dragged = False

    def draw_focus(self, surface: Surface) -> bool:
        """Mark the cell, or what is about to be painted."""
        days, start, end = self._chosen()
        first, last = self._line(days[0]), self._line(days[-1])
        left = self.rect.x if self.hour == DAY_HEADER else self._cell(0, start)
        place = Rect(left, first.y, self._cell(0, end) - left, last.bottom - first.y)
        if self.anchor is not None:
            self.screen.paint.shade(surface, place, (*t.ACCENT[:3], 70))
        self.screen.paint.outline(surface, place.inflate(2, 2), t.ACCENT, t.RADIUS_SMALL, t.RING)
        return True

    def draw(self, surface: Surface) -> None:
        """Draw hours, days, periods and the lines between hours."""
        kind, px = self.screen.type, self.px
        for hour in range(0, HOURS + 1, 3):
            x = self._cell(0, hour * 60)
            place = Rect(x - px(24), self.rect.y, px(48), px(HEAD - 4))
            place.clamp_ip(Rect(self.rect.x, self.rect.y, self.rect.width, place.height))
            align = Align.END if hour == HOURS else Align.CENTER
            kind.draw(surface, f"{hour:02}", place, Type.CAPTION, t.SECOND, align)
        for day in range(DAYS):
            line = self._line(day)
            label = Rect(self.rect.x, line.y, px(LABEL - 10), line.height)
            kind.draw(surface, DAY_NAMES[day], label, Type.SMALL, t.TEXT if self.enabled else t.DISABLED)
            self.screen.paint.fill(surface, line, t.FIELD, t.RADIUS_SMALL)
            for period in self.week.days[day]:
                self._draw_period(surface, line, period.start_min, period.end_min, sorted(period.types))
            for hour in range(1, HOURS):
                x = self._cell(0, hour * 60)
                surface.fill(t.BACKGROUND if hour % 6 else t.EDGE, Rect(x, line.y, max(1, px(0.7)), line.height))

    def _draw_period(self, surface: Surface, line: Rect, start: int, end: int, types: list[str]) -> None:
        left, right = self._cell(0, start), self._cell(0, end)
        top = line.y
        for at, kind in enumerate(types):
            bottom = line.y + line.height * (at + 1) // len(types)
            colour = colour_of(kind) if self.enabled else t.LINE
            surface.fill(colour, Rect(left, top, right - left, bottom - top))
            top = bottom
