"""One of several: shows the chosen one, opens a menu of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Activate, Event, Key, Wheel
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size, Widget
from recorder.client.words import _

MANY = 12
"""With more choices than this a list with a filter opens instead of a menu."""


@dataclass(frozen=True)
class Option:
    """A choice: its value and its words."""

    value: Any
    label: str
    icon: str = ""


class Select(Widget):
    """A closed list. Left, right and the wheel step through it, ok and click open it; `on_change(value)` on change."""

    def __init__(
        self,
        options: Sequence[Option],
        value: Any = None,
        on_change: Callable[[Any], object] | None = None,
        *,
        name: str = "",
        grow: float = 0,
        width: float | None = None,
        steps: bool = True,
        title: str = "",
    ) -> None:
        """`steps` False leaves left and right to the focus; `title` stands above a list of many."""
        super().__init__(name=name, focusable=True, grow=grow, width=width, height=t.CONTROL)
        self.options = tuple(options)
        self._value = value
        self.on_change = on_change
        self.steps = steps
        self.title = title
        self.placeholder = _("Choose…")

    @property
    def value(self) -> Any:
        """The chosen value."""
        return self._value

    @property
    def index(self) -> int | None:
        """Which option is chosen; None if the value is none of them."""
        return next((at for at, one in enumerate(self.options) if one.value == self._value), None)

    @property
    def text(self) -> str:
        """The words of the chosen option."""
        at = self.index
        if at is not None:
            return self.options[at].label
        return "" if self._value is None else str(self._value)

    def set(self, value: Any) -> None:
        """Choose, without telling."""
        if value != self._value:
            self._value = value
            self.invalidate()

    def offer(self, options: Sequence[Option]) -> None:
        """Offer other choices."""
        self.options = tuple(options)
        self.invalidate()

    def choose(self, value: Any) -> None:
        """Choose and tell."""
        if value != self._value:
            self.set(value)
            if self.on_change is not None:
                self.on_change(value)

    def _step(self, by: int) -> bool:
        at = self.index
        to = (0 if by > 0 else len(self.options) - 1) if at is None else at + by
        if not 0 <= to < len(self.options):
            return False
        self.choose(self.options[to].value)
        return True

    def measure(self, width: int, height: int) -> Size:
        """The longest of its words."""
        longest = max((self.screen.type.width(one.label, Type.BODY) for one in self.options), default=0)
        wide = max(longest + self.px(14 + 20 + 14 + 12), self.px(120))
        return min(wide, width) if width else wide, self.px(t.CONTROL)

    def handle(self, event: Event) -> bool:
        """Open it, or step through it."""
        if not self.enabled:
            return False
        match event:
            case Activate():
                self.open_menu()
                return True
            case Key(name="left" | "right") if self.steps:
                return self._step(1 if event.name == "right" else -1)
            case Wheel() if self.focused:
                self._step(-1 if event.steps > 0 else 1)
                return True
            case _:
                return False

    def open_menu(self) -> None:
        """Show all options below it; of many a list in which one can search."""
        from gui.dialogs.chooser import ChooseOne
        from gui.dialogs.menu import Item, Menu

        if len(self.options) > MANY:
            title = self.title or self.placeholder
            self.screen.navigator.push(ChooseOne(title, self.options, self._value, self.choose))
            return
        items = [
            Item(one.label, lambda value=one.value: self.choose(value), icon=one.icon, chosen=one.value == self._value)
            for one in self.options
        ]
        self.screen.navigator.push(Menu(items, below=Rect(self.rect)))

    def draw(self, surface: Surface) -> None:
        """Draw the field, the words, the arrow."""
        screen, rect = self.screen, self.rect
        screen.paint.fill(surface, rect, t.FIELD if self.enabled else t.SURFACE, t.RADIUS)
        screen.paint.outline(surface, rect, t.EDGE if self.enabled else t.LINE, t.RADIUS, 1)
        ink = t.TEXT if self.enabled else t.DISABLED
        side = self.px(18)
        arrow = Rect(rect.right - side - self.px(12), rect.centery - side // 2, side, side)
        screen.icons.draw(surface, "down", arrow, t.SECOND if self.enabled else t.DISABLED)
        left = rect.x + self.px(14)
        words = Rect(left, rect.y, arrow.x - left - self.px(6), rect.height)
        if self.text:
            screen.type.draw(surface, self.text, words, Type.BODY, ink)
        else:
            screen.type.draw(surface, self.placeholder, words, Type.BODY, t.FAINT)
