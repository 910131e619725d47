"""How loud a camera is now, beside the levels that a form of settings sets: one sees where to put them."""

from collections.abc import Callable, Sequence

from pygame import Rect, Surface

from gui.forms.form import Form
from gui.toolkit import theme as t
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size, Widget
from recorder.client.clock import SECOND_US
from recorder.client.detection import SoundSeen
from recorder.client.words import _

LEVEL, CHANGE = "sound-level", "sound-change"
"""The widgets of fields that a meter belongs to: a level is shown in it."""
LOWEST_DB = -96.0
ASK_US = SECOND_US
HIGH, BAR = 76.0, 16.0
SCALE_DB = (-90, -75, -60, -45, -30, -15, 0)


class SoundMeter(Widget):
    """A bar from silence to full scale. `ask` gives how loud it is, on a worker; `limits` what is set, in dB."""

    def __init__(self, ask: Callable[[], SoundSeen], limits: Callable[[], Sequence[float]]) -> None:
        super().__init__(name="sound-meter")
        self.sound: SoundSeen | None = None
        self._ask = ask
        self._limits = limits
        self._asked_us: int | None = None
        self._shown: object = None

    @property
    def text(self) -> str:
        """In words."""
        sound = self.sound
        if sound is None or sound.waiting:
            return _("Listening…")
        if not sound.there:
            return _("No sound comes from this camera.")
        words = _("Now {level:.0f} dB, loudest {peak:.0f} dB").format(level=sound.level_db, peak=sound.peak_db)
        if sound.usual_db is None:
            return words
        return _("{words}, usual {usual:.0f} dB").format(words=words, usual=sound.usual_db)

    def tick(self, now_us: int) -> None:
        """Ask once a second; draw what changed."""
        if self._shown != (now := (self.sound, tuple(self._limits()))):
            self._shown = now
            self.invalidate()
        page = self.page
        if page is not None and (self._asked_us is None or now_us - self._asked_us >= ASK_US):
            self._asked_us = now_us
            page.work(self._ask, self._have, self._failed)

    def _have(self, sound: SoundSeen) -> None:
        self.sound = sound

    def _failed(self, error: Exception) -> None:
        """Without an answer nothing is known; the page tells its troubles itself."""
        del error
        self.sound = None

    def measure(self, width: int, height: int) -> Size:
        """All the width: words and a bar."""
        del height
        return width, self.px(HIGH)

    def _at(self, level_db: float) -> int:
        share = min(1.0, max(0.0, 1 - level_db / LOWEST_DB))
        return self.rect.x + round(share * self.rect.width)

    def draw(self, surface: Surface) -> None:
        """Draw the words, how loud it is, its loudest moment, what is usual, and what is set."""
        rect, px, sound = self.rect, self.px, self.sound
        words = Rect(rect.x, rect.y, rect.width, px(24))
        self.screen.type.draw(surface, self.text, words, Type.SMALL, t.SECOND)
        bar = Rect(rect.x, rect.y + px(30), rect.width, px(BAR))
        self.screen.paint.fill(surface, bar, t.FIELD, t.RADIUS_SMALL)
        if sound is not None and sound.there:
            level = Rect(bar.x, bar.y, self._at(sound.level_db) - bar.x, bar.height)
            self.screen.paint.fill(surface, level, t.GOOD, t.RADIUS_SMALL)
            self._mark(surface, bar, sound.peak_db, t.TEXT)
            if sound.usual_db is not None:
                # It lies within the level as often as beside it, and is to be seen in both.
                self._mark(surface, bar, sound.usual_db, t.FIELD if sound.usual_db < sound.level_db else t.SECOND)
        for limit in self._limits():
            self._mark(surface, bar.inflate(0, px(10)), limit, t.ACCENT)
        for level in SCALE_DB:
            self._number(surface, Rect(bar.x, bar.bottom + px(6), bar.width, px(20)), level)

    def _number(self, surface: Surface, below: Rect, level_db: int) -> None:
        text = self.screen.type
        words = f"{level_db} dB" if level_db == SCALE_DB[-1] else str(level_db)
        wide = text.width(words, Type.SMALL)
        left = min(max(self._at(level_db) - wide // 2, below.x), below.right - wide)
        text.draw(surface, words, Rect(left, below.y, wide, below.height), Type.SMALL, t.FAINT)

    def _mark(self, surface: Surface, bar: Rect, level_db: float, colour: t.Colour) -> None:
        thick = max(2, self.px(3))
        left = min(max(self._at(level_db) - thick // 2, bar.x), bar.right - thick)
        surface.fill(colour, Rect(left, bar.y, thick, bar.height))


def meter_of(form: Form, ask: Callable[[], SoundSeen]) -> SoundMeter | None:
    """Give the meter of a form that sets levels of sound; None for every other form."""
    rows = [row for row in form.rows.values() if row.field.widget in {LEVEL, CHANGE}]
    if not rows:
        return None
    levels = [row.control for row in rows if row.field.widget == LEVEL]
    return SoundMeter(ask, lambda: [value for one in levels if isinstance(value := one.read(), int | float)])
