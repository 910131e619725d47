"""A piece of the screen: where it lies, how it is drawn, what it does with events, and what it is called."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pygame import Rect, Surface

from gui.toolkit.event import Activate, Event

if TYPE_CHECKING:
    from gui.toolkit.page import Page
    from gui.toolkit.screen import Screen
    from gui.toolkit.theme import Theme

Size = tuple[int, int]
Found = TypeVar("Found", bound="Widget")


class Widget:
    """The base of everything on screen.

    A widget is made without a screen, added to a parent, measured and placed by it, and drawn when it is dirty. Sizes
    given to constructors are design units (1/720 of the screen's height); `rect` and all that `measure`, `layout`,
    `draw` and `handle` see are pixels of the screen, absolute. Change what shows through setters or methods and call
    `invalidate()` (same size, drawn again) or `relayout()` (may need another size).

    Override `measure`, `layout`, `draw`, `handle`, `text`; all have working defaults.
    """

    opaque = False
    """Whether `draw` covers all of `rect`: then nothing below it is drawn again when it changes (video tiles)."""
    clips = False
    """Whether children are cut at `rect`, as in a scroll."""

    def __init__(
        self,
        *,
        name: str = "",
        focusable: bool = False,
        grow: float = 0,
        width: float | None = None,
        height: float | None = None,
        children: "list[Widget] | None" = None,
        on_activate: Callable[[], object] | None = None,
    ) -> None:
        """`grow` is the share of what is left over along the parent's axis; `width`, `height` fix a side, in units."""
        self.name = name
        self.focusable = focusable
        self.grow = grow
        self.width = width
        self.height = height
        self.on_activate = on_activate
        self.rect = Rect(0, 0, 0, 0)
        self.parent: Widget | None = None
        self.children: list[Widget] = []
        self.hint = ""
        """A sentence for who does not know what this is; shown where the page has a place for it."""
        self.neighbours: dict[str, str] = {}
        """Names of widgets that an arrow leads to, where geometry would say otherwise."""
        self._visible = True
        self._enabled = True
        self._wishes: dict[Size, Size] = {}
        self._wished_at = -1
        for child in children or ():
            self.add(child)

    # The tree.

    def add(self, child: "Found", at: int | None = None) -> "Found":
        """Append a child (or insert it) and give it back."""
        child.parent = self
        self.children.insert(len(self.children) if at is None else at, child)
        self.relayout()
        return child

    def remove(self, child: "Widget") -> None:
        """Take a child out."""
        self.children.remove(child)
        child.parent = None
        self.relayout()

    def clear(self) -> None:
        """Take all children out."""
        for child in self.children:
            child.parent = None
        self.children.clear()
        self.relayout()

    def walk(self) -> "Iterator[Widget]":
        """Give this widget and everything below it that is visible, in reading order."""
        waiting: list[Widget] = [self]
        while waiting:
            one = waiting.pop()
            if one._visible:  # noqa: SLF001 - a widget like this one
                yield one
                waiting += reversed(one.children)

    def focusables(self) -> "Iterator[Widget]":
        """Give what can have the focus at or below this one, in reading order; `takes_focus` in one go."""
        waiting: list[Widget] = [self]
        while waiting:
            one = waiting.pop()
            if one._visible and one._enabled:  # noqa: SLF001 - a widget like this one
                if one.holds_focus:
                    yield one
                if one.children:
                    waiting += reversed(one.children)

    def find(self, name: str) -> "Widget | None":
        """Find the first widget of this name at or below this one, visible or not."""
        if self.name == name:
            return self
        for child in self.children:
            if (found := child.find(name)) is not None:
                return found
        return None

    def ancestors(self) -> "Iterator[Widget]":
        """Give this widget, its parent, and so on up to the page."""
        one: Widget | None = self
        while one is not None:
            yield one
            one = one.parent

    @property
    def path(self) -> str:
        """The names from the page down to it, with "/" between; what has no name is left out."""
        return "/".join(reversed([one.name for one in self.ancestors() if one.name]))

    @property
    def page(self) -> "Page | None":
        """The page that this widget is on."""
        top: Widget = self
        while top.parent is not None:
            top = top.parent
        return top.page if top is not self else None

    @property
    def screen(self) -> "Screen":
        """The screen that shows it; only while it is shown (`attached`)."""
        page = self.page
        if page is None or page.shown_on is None:
            raise RuntimeError(f"{self!r} is on no screen")
        return page.shown_on

    @property
    def attached(self) -> bool:
        """Whether it is on a page that is on a screen."""
        page = self.page
        return page is not None and page.shown_on is not None

    @property
    def theme(self) -> "Theme":
        """The measures of the screen."""
        return self.screen.theme

    def px(self, units: float) -> int:
        """Whole pixels of so many design units."""
        return self.screen.theme.px(units) if units else 0

    # What shows.

    @property
    def visible(self) -> bool:
        """Whether it takes room and is drawn."""
        return self._visible

    @visible.setter
    def visible(self, value: bool) -> None:
        if value != self._visible:
            self._visible = value
            self.relayout()

    @property
    def enabled(self) -> bool:
        """Whether it and everything above it may be used."""
        return self._enabled and (self.parent is None or self.parent.enabled)

    @enabled.setter
    def enabled(self, value: bool) -> None:
        if value != self._enabled:
            self._enabled = value
            self.invalidate()

    @property
    def holds_focus(self) -> bool:
        """Whether the focus can stand on it where it is shown and may be used."""
        return self.focusable

    @property
    def takes_focus(self) -> bool:
        """Whether the focus can stand on it now."""
        return self.holds_focus and self.enabled and all(one.visible for one in self.ancestors())

    @property
    def focused(self) -> bool:
        """Whether the focus stands on it."""
        page = self.page
        return page is not None and page.shown_on is not None and page.shown_on.focus is self

    @property
    def text(self) -> str:
        """The words that a person would read on it; for `tree()`."""
        return ""

    @property
    def value(self) -> Any:
        """What it is set to; None where it holds nothing."""
        return None

    def invalidate(self) -> None:
        """Have it drawn again; its size stays."""
        if self.attached:
            self.screen.damage(self)

    def relayout(self) -> None:
        """Have its page measured, placed and drawn again."""
        Widget.forget_wishes()
        page = self.page
        if page is not None:
            page.stale = True

    def measure(self, width: int, height: int) -> Size:
        """Give the size it would like, in pixels, when offered this much; never more than fixed sides say.

        The default fits the largest child. Do not call it directly: `wanted` respects fixed sides.
        """
        across = down = 0
        for child in self.children:
            if child.visible:
                wide, high = child.wanted(width, height)
                across, down = max(across, wide), max(down, high)
        return across, down

    _epoch = 0

    @staticmethod
    def forget_wishes() -> None:
        """Have everything measured anew: something may want another size."""
        Widget._epoch += 1

    def wanted(self, width: int, height: int) -> Size:
        """`measure`, with fixed sides respected; asked again, the answer is kept until something may have changed.

        Without that a row asks three times for what each row below it asks three times.
        """
        if self._wished_at != Widget._epoch:
            self._wished_at = Widget._epoch
            self._wishes.clear()
        offered = width, height
        found = self._wishes.get(offered)
        if found is None:
            found = self._wishes[offered] = self._measured(width, height)
        return found

    def _measured(self, width: int, height: int) -> Size:
        if self.width is not None:
            width = min(width, self.px(self.width)) if width else self.px(self.width)
        if self.height is not None:
            height = self.px(self.height)
        wide, high = self.measure(width, height)
        return (
            width if self.width is not None else wide,
            height if self.height is not None else high,
        )

    def place(self, rect: Rect) -> None:
        """Give it its place and lay out what is below it."""
        self.rect = Rect(rect)
        self.layout()

    def shift(self, down: int) -> None:
        """Move it and everything below it by so many pixels: `place` for what keeps its size, without a new layout."""
        waiting: list[Widget] = [self]
        while waiting:
            one = waiting.pop()
            one.rect = one.rect.move(0, down)
            waiting += one.children

    def layout(self) -> None:
        """Place the children; the default gives each the whole of `rect`."""
        for child in self.children:
            if child.visible:
                child.place(self.rect)

    def draw(self, surface: Surface) -> None:
        """Draw itself at `rect`; children are drawn after it by the framework. Keep nothing of `surface`."""

    def draw_over(self, surface: Surface) -> None:
        """Draw what lies over the children."""

    def draw_focus(self, surface: Surface) -> bool:
        """Draw an own mark of the focus; False lets the framework draw its ring."""
        return False

    @property
    def focus_radius(self) -> float:
        """The radius of the corners of the ring, in units."""
        return 8.0

    # What happens.

    def handle(self, event: Event) -> bool:
        """Take an event; True if it was meant for this widget. What nobody takes goes to the parent, then the page."""
        if isinstance(event, Activate) and self.on_activate is not None and self.enabled:
            self.on_activate()
            return True
        return False

    def gained_focus(self) -> None:
        """The focus came."""

    def lost_focus(self) -> None:
        """The focus went."""

    def tick(self, now_us: int) -> None:
        """Called with the monotonic time up to 30 times a second while it is registered by `screen.animate`."""

    def reveal(self, child: "Widget") -> None:
        """Bring a widget below this one into sight; a scroll moves its content."""

    def __repr__(self) -> str:
        label = f" {self.text!r}" if self.text else ""
        return f"<{type(self).__name__} {self.name}{label}>"
