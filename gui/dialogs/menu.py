"""A menu beside what it belongs to: the right-click menu, and the opened list of a select."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Divider
from gui.toolkit.layout import Align, Column
from gui.toolkit.page import Page
from gui.toolkit.scroll import BAR, Scroll

if TYPE_CHECKING:
    from gui.toolkit.widget import Widget

WIDEST = 520.0
NARROWEST = 180.0


@dataclass(frozen=True)
class Item:
    """A line of a menu. `line` draws a hairline above it; `items` open a menu of their own."""

    label: str
    action: Callable[[], object] | None = None
    icon: str = ""
    detail: str = ""
    enabled: bool = True
    chosen: bool = False
    line: bool = False
    items: "tuple[Item, ...]" = ()


class Menu(Page):
    """A list of things to do, at a place (`at`, the pointer) or below a widget's rect (`below`). Choosing closes it."""

    covers = False
    dismissable = True
    scrim = False
    opaque = False
    title = ""

    def __init__(
        self,
        items: Sequence[Item],
        *,
        at: tuple[int, int] | None = None,
        below: Rect | None = None,
        title: str = "",
        name: str = "menu",
    ) -> None:
        super().__init__(name=name)
        self.items = tuple(items)
        self.at = at
        self.below = below
        self.title = title
        chosen = next((index for index, item in enumerate(items) if item.chosen), 0)
        self.default_focus = f"item-{chosen}"

    def build(self) -> None:
        """Make a button of each line."""
        rows: list[Widget] = []
        # Where one line has a picture, the words of all begin below each other.
        bare = "blank" if any(item.icon or item.chosen for item in self.items) else ""
        for index, item in enumerate(self.items):
            if item.line and rows:
                rows.append(Divider())
            button = Button(
                item.label,
                lambda item=item: self._choose(item),
                name=f"item-{index}",
                look=Look.QUIET,
                icon=item.icon or ("check" if item.chosen else bare),
                align=Align.START,
                height=40,
                detail="\u203a" if item.items else item.detail,
            )
            button.enabled = item.enabled
            button.selected = item.chosen
            rows.append(button)
        able = [row for row in rows if isinstance(row, Button) and row.enabled]
        if able:
            # A menu goes round: its last line is one key away.
            able[0].neighbours["up"], able[-1].neighbours["down"] = able[-1].name, able[0].name
        self.add(Scroll(Column(rows, gap=2, pad=6, name="items"), grow=1))

    def _choose(self, item: Item) -> None:
        screen, at = self.screen, self.rect.topright
        if item.items:
            menu = Menu(item.items, at=(at[0] - self.px(8), self.screen.focus.rect.y if self.screen.focus else at[1]))
            screen.navigator.push(menu, then=lambda done: self.close(done) if done else None)
            return
        self.close(True)
        if item.action is not None:
            item.action()

    def frame(self, screen: Rect) -> Rect:
        """Stay on the screen, whatever the place."""
        edge = self.px(8)
        wide, high = self.wanted(self.px(WIDEST), screen.height - 2 * edge)
        if high > screen.height - 2 * edge - 1:
            wide += self.px(BAR)
        wide = max(wide, self.px(NARROWEST), self.below.width if self.below is not None else 0)
        high = min(high, screen.height - 2 * edge)
        if self.below is not None:
            gap = self.px(4)
            rect = Rect(self.below.x, self.below.bottom + gap, wide, high)
            if rect.bottom > screen.bottom - edge:
                over = self.below.top - gap - high
                rect.y = over if over >= screen.top + edge else screen.bottom - edge - high
        else:
            rect = Rect(self.at or screen.center, (wide, high))
        return rect.clamp(screen.inflate(-2 * edge, -2 * edge))

    def draw(self, surface: Surface) -> None:
        """Draw the sheet."""
        self.screen.paint.card(surface, self.rect, t.RAISED, t.RADIUS + 2, lifted=True)
        self.screen.paint.outline(surface, self.rect, t.LINE, t.RADIUS + 2, 1)
