"""Words, icons and lines that only show something."""

from pygame import Rect, Surface

from gui.toolkit.layout import Align
from gui.toolkit.theme import ACCENT, LINE, SECOND, TEXT, Colour, Type
from gui.toolkit.widget import Size, Widget


class Label(Widget):
    """Text of one line (cut with an ellipsis) or, with `lines` above 1, wrapped."""

    def __init__(
        self,
        text: str = "",
        size: Type = Type.BODY,
        colour: Colour = TEXT,
        *,
        lines: int = 1,
        align: Align = Align.START,
        name: str = "",
        grow: float = 0,
        width: float | None = None,
    ) -> None:
        super().__init__(name=name, grow=grow, width=width)
        self._text = text
        self.size = size
        self._colour = colour
        self.lines = lines
        self.align = align

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, colour: Colour | None = None) -> None:
        """Say something else; laid out anew only where it needs more room or fewer lines."""
        if text == self._text and colour in {None, self._colour}:
            return
        self._text = text
        if colour is not None:
            self._colour = colour
        if self.attached and self.lines == 1 and (self.width is not None or self._fits()):
            self.invalidate()
        else:
            self.relayout()

    def _fits(self) -> bool:
        return 0 < self.screen.type.width(self._text, self.size) <= self.rect.width

    def measure(self, width: int, height: int) -> Size:
        """Its text, no wider than offered."""
        kind = self.screen.type
        if self.lines <= 1:
            return min(kind.width(self._text, self.size), max(width, 0)), kind.line_height(self.size)
        lines = kind.wrap(self._text, self.size, width, self.lines)
        wide = max((kind.width(line, self.size) for line in lines), default=0)
        return min(wide, max(width, 0)), kind.line_height(self.size) * max(1, len(lines))

    def draw(self, surface: Surface) -> None:
        """Draw its lines."""
        kind = self.screen.type
        if self.lines <= 1:
            kind.draw(surface, self._text, self.rect, self.size, self._colour, self.align)
            return
        high = kind.line_height(self.size)
        for at, line in enumerate(kind.wrap(self._text, self.size, self.rect.width, self.lines)):
            place = Rect(self.rect.x, self.rect.y + at * high, self.rect.width, high)
            kind.draw(surface, line, place, self.size, self._colour, self.align)


class Icon(Widget):
    """A picture of the set, so many units large."""

    def __init__(self, icon: str, units: float = 24, colour: Colour = SECOND, *, name: str = "") -> None:
        super().__init__(name=name, width=units, height=units)
        self.icon = icon
        self.colour = colour

    def show(self, icon: str, colour: Colour | None = None) -> None:
        """Show another."""
        if (icon, colour or self.colour) != (self.icon, self.colour):
            self.icon, self.colour = icon, colour or self.colour
            self.invalidate()

    def draw(self, surface: Surface) -> None:
        """Draw it in the middle."""
        self.screen.icons.draw(surface, self.icon, self.rect, self.colour)


class Divider(Widget):
    """A hairline across."""

    def __init__(self, colour: Colour = LINE) -> None:
        super().__init__(height=1)
        self.colour = colour

    def draw(self, surface: Surface) -> None:
        """Draw it."""
        surface.fill(self.colour, self.rect)


class Progress(Widget):
    """How far something is: 0 to 1, or None while nobody knows."""

    def __init__(self, value: float | None = 0.0, *, name: str = "", colour: Colour = ACCENT) -> None:
        super().__init__(name=name, height=6)
        self.colour = colour
        self._value = value
        self._phase = 0.0

    @property
    def value(self) -> float | None:
        """How far."""
        return self._value

    def set(self, value: float | None) -> None:
        """Show another value; drawn again only if a pixel changes."""
        before, self._value = self._value, value if value is None else min(1.0, max(0.0, value))
        if not self.attached:
            return
        wide = max(1, self.rect.width)
        if (before is None) != (value is None) or (before is not None and round(before * wide) != self._pixels(wide)):
            self.invalidate()

    def _pixels(self, wide: int) -> int:
        return round((self._value or 0.0) * wide)

    def measure(self, width: int, height: int) -> Size:
        """All the width."""
        return width, height

    def draw(self, surface: Surface) -> None:
        """Draw the track and the part that is done."""
        paint, rect = self.screen.paint, self.rect
        radius = rect.height / 2 / self.theme.unit
        paint.fill(surface, rect, LINE, radius)
        if self._value is None:
            self.screen.animate(self)
            wide = rect.width // 4
            at = rect.x + round((rect.width - wide) * self._phase)
            paint.fill(surface, Rect(at, rect.y, wide, rect.height), self.colour, radius)
        elif (wide := self._pixels(rect.width)) > 0:
            paint.fill(surface, Rect(rect.x, rect.y, max(wide, rect.height), rect.height), self.colour, radius)

    def tick(self, now_us: int) -> None:
        """Move the bar of unknown progress; a bar that stands would say how far it is."""
        if self._value is not None or not self.visible:
            self.screen.still(self)
            return
        place = now_us / 1e6 % 2.4 / 1.2
        self._phase = place if place <= 1 else 2 - place
        self.invalidate()
