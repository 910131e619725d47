"""Seven days and holidays by 24 hours, painted by dragging or by keys, a colour for each type (D-REC-03, D-INP-06)."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.forms.type_chip import colour_of
from gui.forms.week import AS_USUAL, HOLIDAY, LINE_NAMES, LINES, MOST_PERIODS, Week
from gui.toolkit import theme as t
from gui.toolkit.layout import Align
from gui.toolkit.notices import Tone
from gui.toolkit.painted_grid import PaintedGrid
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size
from recorder.client.words import _

HOURS = 24
HEAD = 22.0
LABEL = 76.0
LINE = 30.0
DAY_HEADER = -1
"""The place of the cursor on the name of a day: the whole day."""


class WeekGrid(PaintedGrid):
    """The cells: a row for each day, a column for each hour, and before them the day's name for all of it."""

    def __init__(self, week: Week, brush: str, on_change: Callable[[], object], *, name: str) -> None:
        super().__init__(range(DAY_HEADER, HOURS), range(LINES), name=name)
        self.week = week
        self.brush = brush
        self.on_change = on_change

    def show(self, week: Week) -> None:
        """Show another week."""
        if week != self.week:
            self.week, self.anchor = week, None
            self.invalidate()

    @property
    def value(self) -> object:
        """Where the cursor is, for `tree()`."""
        return {"day": self.row, "hour": self.column, "painting": self.anchor is not None}

    def measure(self, width: int, height: int) -> Size:
        """All the width; the lines and the hours."""
        return width, self.px(HEAD + LINES * LINE)

    def _cell(self, day: int, minute: int) -> int:
        """The left edge of a minute, in pixels."""
        left = self.rect.x + self.px(LABEL)
        return left + (self.rect.right - left) * minute // (HOURS * 60)

    def _line(self, day: int) -> Rect:
        top = self.rect.y + self.px(HEAD)
        step = self.px(LINE)
        return Rect(self._cell(day, 0), top + day * step, self.rect.right - self._cell(day, 0), step - self.px(4))

    def cell_at(self, at: tuple[int, int]) -> tuple[int, int]:
        """Give hour and day under a place; outside, the nearest."""
        day = (at[1] - self.rect.y - self.px(HEAD)) // self.px(LINE)
        left = self._cell(0, 0)
        hour = DAY_HEADER if at[0] < left else (at[0] - left) * HOURS // max(1, self.rect.right - left)
        return min(hour, HOURS - 1), min(max(day, 0), LINES - 1)

    def reach(self, column: int, row: int) -> tuple[int, int]:
        """Who began at the name of a day stays at names, who began at an hour at hours."""
        if self.anchor is not None and (self.anchor[0] == DAY_HEADER) != (column == DAY_HEADER):
            column = DAY_HEADER if self.anchor[0] == DAY_HEADER else 0
        return column, row

    def _chosen(self) -> tuple[range, int, int]:
        """The days, first and last minute between anchor and cursor."""
        hour, day = self.begun
        days = range(min(day, self.row), max(day, self.row) + 1)
        if hour == DAY_HEADER:
            return days, 0, HOURS * 60
        return days, min(hour, self.column) * 60, (max(hour, self.column) + 1) * 60

    def paint(self, column: int, row: int) -> None:
        """What the first hour becomes, all become."""
        days, start, end = self._chosen()
        minutes = range(start, end, 60) if column == DAY_HEADER else (column * 60,)
        on = not all(self.week.holds(row, minute, self.brush) for minute in minutes)
        fresh = self.week.painted(days, start, end, self.brush, on=on)
        if fresh is None:
            words = _("A day has at most {most} periods. Clear some first.").format(most=MOST_PERIODS)
            self.screen.notices.say(words, Tone.WARNING)
        elif fresh != self.week:
            self.week = fresh
            self.on_change()

    def chosen_place(self) -> Rect:
        """Give what lies between anchor and cursor; the whole line at the name of a day."""
        days, start, end = self._chosen()
        first, last = self._line(days[0]), self._line(days[-1])
        left = self.rect.x if self.column == DAY_HEADER else self._cell(0, start)
        return Rect(left, first.y, self._cell(0, end) - left, last.bottom - first.y)

    def draw(self, surface: Surface) -> None:
        """Draw hours, days, periods and the lines between hours."""
        kind, px = self.screen.type, self.px
        for hour in range(0, HOURS + 1, 3):
            x = self._cell(0, hour * 60)
            place = Rect(x - px(24), self.rect.y, px(48), px(HEAD - 4))
            place.clamp_ip(Rect(self.rect.x, self.rect.y, self.rect.width, place.height))
            align = Align.END if hour == HOURS else Align.CENTER
            kind.draw(surface, f"{hour:02}", place, Type.CAPTION, t.SECOND, align)
        for day in range(LINES):
            line = self._line(day)
            label = Rect(self.rect.x, line.y, px(LABEL - 10), line.height)
            kind.draw(surface, LINE_NAMES[day], label, Type.SMALL, t.TEXT if self.enabled else t.DISABLED)
            self.screen.paint.fill(surface, line, t.FIELD, t.RADIUS_SMALL)
            if day == HOLIDAY and self.week.holiday is None:
                words = Rect(line.x + px(12), line.y, line.width - px(12), line.height)
                kind.draw(surface, AS_USUAL, words, Type.CAPTION, t.SECOND)
                continue
            for period in self.week.lines[day]:
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
