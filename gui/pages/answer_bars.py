"""The answers of a network test as bars: how long each took, and which are missing."""

from collections.abc import Sequence

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size, Widget
from recorder.client.words import _, counted

HIGH, BAR_HIGH = 104.0, 76.0
WIDEST, GAP, FLOOR = 40.0, 4.0, 3.0
"""Of a bar, between two, and of the lowest bar."""
LEAST_SCALE_MS = 10.0
"""The scale never ends lower: a net of a house shall look as quick as it is."""


class AnswerBars(Widget):
    """A bar for each request, from the left; what is missing is a red one of full height, what is waited for a line."""

    def __init__(self) -> None:
        super().__init__(name="answers")
        self._delays: tuple[float | None, ...] = ()
        self._waiting = self._count = 0

    @property
    def text(self) -> str:
        """In words."""
        answered = [one for one in self._delays if one is not None]
        missing = len(self._delays) - len(answered) - self._waiting
        words = counted("{count} answer", "{count} answers", len(answered))
        if answered:
            words = _("{answers}, up to {most:.1f} ms").format(answers=words, most=max(answered))
        return _("{words}, {missing} missing").format(words=words, missing=missing) if missing else words

    def show(self, delays_ms: Sequence[float | None], waiting: int, count: int) -> None:
        """Show the delays of requests in their order, None where none came; of these the last `waiting` still may."""
        now = tuple(delays_ms), waiting, count
        if now != (self._delays, self._waiting, self._count):
            self._delays, self._waiting, self._count = now
            self.invalidate()

    def measure(self, width: int, height: int) -> Size:
        """All the width."""
        del height
        return width, self.px(HIGH)

    def draw(self, surface: Surface) -> None:
        """Draw words and bars."""
        screen, rect = self.screen, self.rect
        line = screen.type.line_height(Type.SMALL)
        screen.type.draw(surface, self.text, Rect(rect.x, rect.y, rect.width, line), Type.SMALL, t.SECOND)
        if not self._count:
            return
        room = Rect(rect.x, rect.bottom - self.px(BAR_HIGH), rect.width, self.px(BAR_HIGH))
        step = min(self.px(WIDEST) + self.px(GAP), room.width / self._count)
        wide = max(1, round(step - (self.px(GAP) if step > 2 * self.px(GAP) else 1)))
        most = max([LEAST_SCALE_MS, *(one for one in self._delays if one is not None)])
        undecided = self._undecided()
        for nth in range(self._count):
            at = Rect(room.x + round(nth * step), room.y, wide, room.height)
            delay = self._delays[nth] if nth < len(self._delays) else None
            if delay is not None:
                high = max(self.px(FLOOR), round(room.height * delay / most))
                screen.paint.fill(surface, Rect(at.x, at.bottom - high, wide, high), t.GOOD)
            elif nth >= len(self._delays) or nth in undecided:
                screen.paint.fill(surface, Rect(at.x, at.bottom - self.px(FLOOR), wide, self.px(FLOOR)), t.EDGE)
            else:
                screen.paint.fill(surface, at, t.DANGER)

    def _undecided(self) -> frozenset[int]:
        """Of those without an answer the last ones: they are given up in the order of sending."""
        open_ones = [nth for nth, one in enumerate(self._delays) if one is None]
        return frozenset(open_ones[len(open_ones) - self._waiting :])
