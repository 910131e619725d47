"""The calendar on the playback page: one month, marks on its days; a click or ok chooses a day (D-PLAY-04)."""

from collections.abc import Callable, Collection
from datetime import date

from pygame import Rect, Surface

from gui.playback.calendar import Day, Month, moved
from gui.toolkit.event import Activate, Event, Key, Move, Press, Wheel
from gui.toolkit.layout import Align
from gui.toolkit.theme import (
    ACCENT,
    DANGER,
    DISABLED,
    EDGE,
    GOOD,
    HOVER,
    ON_ACCENT,
    RADIUS_SMALL,
    SECOND,
    SURFACE,
    TEXT,
    Colour,
    Type,
)
from gui.toolkit.widget import Size, Widget
from gui.wall import manner
from gui.wall.moments import month as month_words
from recorder.client.words import _

ROW, HEAD = 23.0, 30.0
WEEKDAYS = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))


class CalendarView(Widget):
    """A month. Arrows move the mark and leave at the upper and lower edge; page keys and the wheel turn months."""

    def __init__(
        self,
        selected: date,
        today: date,
        *,
        choose: Callable[[date], object],
        turned: Callable[[Month], object],
    ) -> None:
        """`choose` is told the day that is wanted, `turned` the month that shows now."""
        super().__init__(name="calendar", focusable=True)
        self.month = Month.of(selected)
        self.selected = selected
        self.marked = selected
        self.today = today
        self.footage: Collection[int] = ()
        self.incomplete: Collection[int] = ()
        """Days of which something that was due is missing."""
        self._choose, self._turned = choose, turned

    def show(self, footage: Collection[int]) -> None:
        """Mark days of the month that shows."""
        if set(footage) != set(self.footage):
            self.footage = set(footage)
            self.invalidate()

    def show_incomplete(self, incomplete: Collection[int]) -> None:
        """Mark days of the month that shows as incomplete."""
        if set(incomplete) != set(self.incomplete):
            self.incomplete = set(incomplete)
            self.invalidate()

    def select(self, day: date, today: date) -> None:
        """Show another day as the chosen one."""
        if (day, today) != (self.selected, self.today):
            self.selected = self.marked = day
            self.today = today
            self._show_month(Month.of(day))
            self.invalidate()

    def know_today(self, today: date) -> None:
        """Midnight may have passed: another day is today, and can be recorded on."""
        if today != self.today:
            self.today = today
            self.invalidate()

    def turn(self, months: int) -> None:
        """Turn to another month."""
        self.marked = self.month.turned(months).clamped(self.marked)
        self._show_month(Month.of(self.marked))

    def _show_month(self, month: Month) -> None:
        if month != self.month:
            self.month, self.footage, self.incomplete = month, (), ()
            self.invalidate()
            self._turned(month)

    @property
    def text(self) -> str:
        """The month, its days with footage, and those that are incomplete."""
        words = f"{month_words(self.month.year, self.month.month)}: {', '.join(map(str, sorted(self.footage)))}"
        if not self.incomplete:
            return words
        return f"{words}. {_('Incomplete')}: {', '.join(map(str, sorted(self.incomplete)))}"

    @property
    def value(self) -> object:
        """The chosen day."""
        return self.selected.isoformat()

    # Where things lie.

    def measure(self, width: int, height: int) -> Size:
        """A head, the names of the days, six weeks."""
        del height
        return width, self.px(HEAD) + 7 * self.px(ROW)

    def _cell(self, row: int, column: int) -> Rect:
        wide = self.rect.width / 7
        left = self.rect.x + round(column * wide)
        top = self.rect.y + self.px(HEAD) + (row + 1) * self.px(ROW)
        return Rect(left, top, self.rect.x + round((column + 1) * wide) - left, self.px(ROW))

    def _weeks(self) -> list[list[Day]]:
        week_begins = manner.current().week_begins
        return self.month.weeks(self.footage, self.today, self.selected, week_begins, self.incomplete)

    def arrow(self, step: int) -> Rect:
        """Give the place of the arrow that turns back (-1) or on (1)."""
        side = self.px(HEAD)
        return Rect(self.rect.x if step < 0 else self.rect.right - side, self.rect.y, side, side)

    def day_rect(self, day: date) -> Rect | None:
        """Give the place of a day, if it shows."""
        for row, week in enumerate(self._weeks()):
            for column, one in enumerate(week):
                if one.date == day and one.in_month:
                    return self._cell(row, column)
        return None

    def _day_at(self, at: tuple[int, int]) -> date | None:
        for row, week in enumerate(self._weeks()):
            for column, one in enumerate(week):
                if self._cell(row, column).collidepoint(at):
                    return one.date
        return None

    # How it is drawn.

    def draw(self, surface: Surface) -> None:
        """Draw head, names, days."""
        text, px = self.screen.type, self.px
        head = Rect(self.rect.x, self.rect.y, self.rect.width, px(HEAD))
        text.draw(surface, month_words(self.month.year, self.month.month), head, Type.STRONG, TEXT, Align.CENTER)
        for step, icon in ((-1, "left"), (1, "right")):
            place = self.arrow(step)
            self.screen.icons.draw(surface, icon, place.inflate(-px(14), -px(14)), SECOND)
        for column in range(7):
            name = WEEKDAYS[(manner.current().week_begins + column) % 7]
            text.draw(surface, name, self._cell(-1, column), Type.CAPTION, SECOND, Align.CENTER)
        for row, week in enumerate(self._weeks()):
            for column, day in enumerate(week):
                if day.in_month:
                    self._draw_day(surface, day, self._cell(row, column))

    def _draw_day(self, surface: Surface, day: Day, cell: Rect) -> None:
        px, paint = self.px, self.screen.paint
        inner = cell.inflate(-px(5), -px(3))
        ink = TEXT if day.footage else DISABLED if day.ahead else SECOND
        if day.selected:
            paint.fill(surface, inner, ACCENT, RADIUS_SMALL)
            ink = ON_ACCENT
        elif self.focused and day.date == self.marked:
            paint.fill(surface, inner, HOVER, RADIUS_SMALL)
        if day.today and not day.selected:
            paint.outline(surface, inner, EDGE, RADIUS_SMALL)
        words = Rect(inner.x, inner.y - (px(2) if day.footage or day.incomplete else 0), inner.width, inner.height)
        self.screen.type.draw(surface, str(day.date.day), words, Type.SMALL, ink, Align.CENTER)
        self._draw_bar(surface, day, inner)
        if self.focused and day.date == self.marked:
            paint.outline(surface, inner, ACCENT if not day.selected else TEXT, RADIUS_SMALL, 2)

    def _draw_bar(self, surface: Surface, day: Day, inner: Rect) -> None:
        """A whole bar is a complete day, a broken one with a point in the break is not, a point alone has nothing."""
        px, paint = self.px, self.screen.paint
        bar = Rect(0, inner.bottom - px(5), px(14), max(2, px(2.5)))
        bar.centerx = inner.centerx
        if day.footage:
            paint.fill(surface, bar, ON_ACCENT if day.selected else GOOD, 1)
        if day.incomplete:
            side = max(4, px(4))
            point = Rect(0, 0, side, side)
            point.center = bar.center
            # The break beside the point: told from a complete day by more than its hue.
            surface.fill(self._ground(day), point.inflate(2 * max(2, px(1.5)), 0))
            paint.fill(surface, point, ON_ACCENT if day.selected else DANGER, 1)

    def _ground(self, day: Day) -> Colour:
        if day.selected:
            return ACCENT
        return HOVER if self.focused and day.date == self.marked else SURFACE

    def draw_focus(self, surface: Surface) -> bool:
        """The marked day bears it."""
        del surface
        return True

    # What it does.

    def handle(self, event: Event) -> bool:
        """Move the mark, turn months, choose."""
        match event:
            case Key(name="left" | "right" as name):
                self._mark(moved(self.marked, 1 if name == "right" else -1))
            case Key(name="up" | "down" as name):
                there = moved(self.marked, 7 if name == "down" else -7)
                if Month.of(there) != self.month or there == self.marked:
                    return False
                self._mark(there)
            case Key(name="page_up" | "page_down" as name):
                self.turn(1 if name == "page_down" else -1)
            case Wheel(steps=steps):
                self.turn(-1 if steps > 0 else 1)
            case Move() | Press():
                day = self._day_at(event.at)
                if day is not None and Month.of(day) == self.month and day != self.marked:
                    self.marked = day
                    self.invalidate()
                return False
            case Activate(at=at):
                self._activated(at)
            case _:
                return super().handle(event)
        return True

    def _mark(self, day: date) -> None:
        self.marked = day
        self._show_month(Month.of(day))
        self.invalidate()

    def _activated(self, at: tuple[int, int] | None) -> None:
        if at is None:
            self._choose(self.marked)
            return
        for step in (-1, 1):
            if self.arrow(step).collidepoint(at):
                self.turn(step)
                return
        day = self._day_at(at)
        if day is not None:
            self._choose(day)
