"""The moments that a search found, newest first, each with its picture; and between them what was not analysed."""

from collections.abc import Callable
from datetime import tzinfo

from pygame import Rect, Surface

from gui.playback.moments_found import MomentsFound, Span
from gui.playback.thumbnails import Thumbnails
from gui.toolkit import theme as t
from gui.toolkit.layout import Align
from gui.toolkit.list import Entry, List
from gui.toolkit.theme import Type
from gui.wall.moments import length, short_day, time_of_day
from recorder.client.clock import SECOND_US
from recorder.client.words import _

ROW = 62.0
WIDE, HIGH = 96.0, 54.0
UNKNOWN = "clock_off"
"""The icon of rows that are no moment."""


class MomentList(List):
    """`choose` is told the moment, [start, end) in UTC µs; of what was not analysed, that stretch."""

    def __init__(self, thumbnails: Thumbnails, zone: tzinfo, choose: Callable[[Span], object]) -> None:
        super().__init__((), choose, name="moments", row=ROW)
        self.thumbnails = thumbnails
        self.zone = zone

    def show(self, found: MomentsFound, *, days: bool) -> None:
        """Show what was found; `days` puts the day beside the time."""
        rows = [(one, "") for one in found.moved] + [(one, UNKNOWN) for one in found.unknown]
        self.fill([self._entry(one, icon, days=days) for one, icon in sorted(rows, reverse=True)])

    def _entry(self, span: Span, icon: str, *, days: bool) -> Entry:
        clock = time_of_day(span[0], self.zone)
        lasts = length(span[1] - span[0])
        detail = _("Not analysed: {length}").format(length=lasts) if icon else lasts
        if days:
            detail = f"{short_day(span[0], self.zone)} · {detail}" if not icon else detail
        return Entry(span, clock, detail, icon=icon)

    def tick(self, now_us: int) -> None:
        """Ask for the pictures of the rows in sight, and draw those that came."""
        self.thumbnails.want([moment_of(one.value) for one in self._in_sight() if one.icon != UNKNOWN])
        if self.thumbnails.look(now_us):
            self.invalidate()

    def _in_sight(self) -> tuple[Entry, ...]:
        high = self._high()
        first = self.offset // high
        return self.entries[first : first + self.rect.height // high + 2]

    def _draw_row(self, surface: Surface, entry: Entry, rect: Rect, *, marked: bool) -> None:
        kind, px = self.screen.type, self.px
        if marked:
            ground = t.HOVER if self.focused else t.RAISED
            self.screen.paint.fill(surface, rect.inflate(-2 * px(2), -2 * px(2)), ground, t.RADIUS_SMALL)
        place = Rect(rect.x + px(6), rect.centery - px(HIGH) // 2, px(WIDE), px(HIGH))
        if entry.icon == UNKNOWN:
            stripes(surface, place, px(7))
            side = px(22)
            icon = Rect(place.centerx - side // 2, place.centery - side // 2, side, side)
            self.screen.icons.draw(surface, entry.icon, icon, t.SECOND)
        elif (picture := self.thumbnails.get(moment_of(entry.value))) is not None:
            surface.blit(picture, picture.get_rect(center=place.center))
        else:
            surface.fill(t.FIELD, place)
        words = Rect(place.right + px(10), rect.y, rect.right - place.right - px(14), rect.height)
        upper, lower = kind.line_height(Type.BODY), kind.line_height(Type.CAPTION)
        top = rect.centery - (upper + lower) // 2
        ink = t.SECOND if entry.icon else t.TEXT
        kind.draw(surface, entry.label, Rect(words.x, top, words.width, upper), Type.BODY, ink, Align.START)
        kind.draw(surface, entry.detail, Rect(words.x, top + upper, words.width, lower), Type.CAPTION, t.SECOND)


def moment_of(span: Span) -> int:
    """The time whose picture stands for a moment: shortly after its beginning."""
    return span[0] + min(SECOND_US, (span[1] - span[0]) // 2)


def stripes(surface: Surface, place: Rect, step: int) -> None:
    """Stripe what nobody looked at: told from nothing having moved by more than its colour."""
    surface.fill(t.FIELD, place)
    for left in range(place.x, place.right, max(2, step)):
        surface.fill(t.LINE, Rect(left, place.y, max(1, step // 2), place.height).clip(place))
