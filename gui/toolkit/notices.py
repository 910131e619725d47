"""Notices that come and go at the edge of the screen: something was saved, failed, or happened elsewhere."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.theme import ACCENT, DANGER, GOOD, INFO, RADIUS, RAISED, TEXT, WARNING, Colour, Type

if TYPE_CHECKING:
    from gui.toolkit.screen import Screen
    from gui.toolkit.timers import Timer


class Tone(StrEnum):
    """What kind of news it is."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


TONES: dict[Tone, tuple[Colour, str]] = {
    Tone.INFO: (INFO, "info"),
    Tone.GOOD: (GOOD, "check"),
    Tone.WARNING: (WARNING, "warning"),
    Tone.BAD: (DANGER, "warning"),
}
SHOWN_S = {Tone.INFO: 4.0, Tone.GOOD: 3.0, Tone.WARNING: 6.0, Tone.BAD: 8.0}
LIFTED = 84.0
"""Units above the lower edge: the buttons at the foot of a page stay free."""
MOST = 3
LINES = 4


@dataclass
class Notice:
    """One notice and where it lies."""

    words: str
    tone: Tone
    rect: Rect = field(default_factory=lambda: Rect(0, 0, 0, 0))
    lines: list[str] = field(default_factory=list[str])
    timer: "Timer | None" = None


class Notices:
    """The notices of one screen, newest lowest, right above the lower edge. They take no focus and no clicks."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self._shown: list[Notice] = []

    def texts(self) -> list[str]:
        """What is said now."""
        return [notice.words for notice in self._shown]

    def say(self, words: str, tone: Tone = Tone.INFO) -> None:
        """Show a sentence for some seconds; the same sentence again only stays longer."""
        notice = next((one for one in self._shown if one.words == words), None)
        if notice is None:
            notice = Notice(words, tone)
            self._shown.append(notice)
        elif notice.timer is not None:
            notice.timer.cancel()
        while len(self._shown) > MOST:
            self._drop(self._shown[0])
        notice.timer = self.screen.after(SHOWN_S[tone], lambda: self._drop(notice))
        self._arrange()

    def clear(self) -> None:
        """Take all away."""
        for notice in list(self._shown):
            self._drop(notice)

    def _drop(self, notice: Notice) -> None:
        if notice.timer is not None:
            notice.timer.cancel()
        if notice in self._shown:
            self._shown.remove(notice)
            self.screen.damage_rect(self.screen.paint.shadow_bounds(notice.rect))
            self._arrange()

    def _arrange(self) -> None:
        screen, px = self.screen, self.screen.theme.px
        bottom = screen.rect.bottom - px(LIFTED)
        for notice in reversed(self._shown):
            icon = px(22)
            notice.lines = screen.type.wrap(notice.words, Type.BODY, px(440), LINES)
            wide = max(screen.type.width(line, Type.BODY) for line in notice.lines) + icon + px(16 + 12 + 18)
            high = len(notice.lines) * screen.type.line_height(Type.BODY) + px(22)
            old = notice.rect
            notice.rect = Rect(screen.rect.right - px(28) - wide, bottom - high, wide, high)
            bottom = notice.rect.top - px(10)
            if old != notice.rect:
                screen.damage_rect(screen.paint.shadow_bounds(old))
                screen.damage_rect(screen.paint.shadow_bounds(notice.rect))

    def draw(self, surface: Surface) -> None:
        """Draw them over everything."""
        paint, px, text = self.screen.paint, self.screen.theme.px, self.screen.type
        for notice in self._shown:
            rect = notice.rect
            colour, icon = TONES[notice.tone]
            paint.card(surface, rect, RAISED, RADIUS, lifted=True)
            paint.fill(surface, Rect(rect.x, rect.y + px(8), px(3), rect.height - px(16)), colour)
            middle = Rect(rect.x + px(16), rect.y, px(22), rect.height)
            self.screen.icons.draw(surface, icon, middle, colour or ACCENT)
            high = text.line_height(Type.BODY)
            for at, line in enumerate(notice.lines):
                place = Rect(middle.right + px(12), rect.y + px(11) + at * high, rect.width, high)
                text.draw(surface, line, place, Type.BODY, TEXT)
