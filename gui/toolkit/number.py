"""A number to set: typed in, or by steps with the wheel, left and right."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Event, Key, Press, Wheel
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type


class NumberField(TextField):
    """A number with a unit and a step. What is written may be out of range: the form says so; `number` gives it.

    Digits replace the old number when typing begins; left, right and the wheel step it and stay within the range.
    """

    def __init__(
        self,
        value: float | None,
        on_change: Callable[[str], object] | None = None,
        *,
        name: str = "",
        low: float | None = None,
        high: float | None = None,
        step: float = 1,
        whole: bool = True,
        unit: str = "",
        width: float | None = None,
        grow: float = 0,
    ) -> None:
        super().__init__(
            "" if value is None else _plain(value),
            on_change,
            name=name,
            allowed="0123456789-" if whole else "0123456789-.,",
            longest=16,
            width=width,
            grow=grow,
        )
        self.low, self.high, self.step, self.whole, self.unit = low, high, step if step > 0 else 1, whole, unit
        self._fresh = True

    @property
    def number(self) -> int | float | None:
        """What is written, as a number; None if it is none."""
        try:
            found = Decimal(self.written.replace(",", "."))
        except InvalidOperation:
            return None
        if not found.is_finite():
            return None
        if self.whole:
            return int(found) if found == found.to_integral_value() else None
        return float(found)

    def gained_focus(self) -> None:
        """The next digit begins a new number."""
        self._fresh = True

    def write(self, text: str) -> None:
        """Type; the first character replaces what was there."""
        if self._fresh and any(one in self.allowed for one in text):
            self._fresh = False
            self._value = ""
            self.caret = 0
        super().write(text)

    def erase(self) -> None:
        """Take away the last digit."""
        self._fresh = False
        super().erase()

    def nudge(self, steps: float) -> bool:
        """Step it within its range; say whether it moved."""
        before = self.number
        base = before if before is not None else (self.low or 0)
        to = base + steps * self.step
        if self.low is not None:
            to = max(to, self.low)
        if self.high is not None:
            to = min(to, self.high)
        if to == before:
            return False
        self._fresh = True
        text = _plain(to)
        self._edit(text, len(text))
        self.screen.editing = None
        return True

    def handle(self, event: Event) -> bool:
        """Step by wheel, arrows and the two buttons at its right."""
        if self.enabled:
            match event:
                case Wheel():
                    self.nudge(event.steps)
                    return True
                case Key(name="left" | "right") if self.screen.editing is not self:
                    return self.nudge(1 if event.name == "right" else -1)
                case Press() if (steps := self._button_at(event.at)) is not None:
                    self.nudge(steps)
                    return True
                case _:
                    pass
        return super().handle(event)

    def _buttons(self) -> tuple[Rect, Rect]:
        side = self.rect.height
        plus = Rect(self.rect.right - side, self.rect.y, side, side)
        return plus.move(-side, 0), plus

    def _button_at(self, at: tuple[int, int]) -> int | None:
        less, more = self._buttons()
        return -1 if less.collidepoint(at) else 1 if more.collidepoint(at) else None

    def draw(self, surface: Surface) -> None:
        """Draw the field, the unit, and the two buttons."""
        super().draw(surface)
        screen = self.screen
        ink = t.SECOND if self.enabled else t.DISABLED
        less, more = self._buttons()
        side = self.px(16)
        for place, icon in ((less, "remove"), (more, "add")):
            screen.icons.draw(
                surface, icon, Rect(place.centerx - side // 2, place.centery - side // 2, side, side), ink
            )
        line = self.px(20)
        surface.fill(t.LINE, Rect(less.x, self.rect.centery - line // 2, self.px(1), line))
        if self.unit:
            used = self.px(14 + 8) + screen.type.width(self.text, Type.BODY)
            place = Rect(self.rect.x + used, self.rect.y, less.x - self.rect.x - used - self.px(6), self.rect.height)
            if place.width > 0:
                screen.type.draw(surface, self.unit, place, Type.BODY, t.FAINT)


def _plain(value: float) -> str:
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value))
    return f"{value:.6f}".rstrip("0")
