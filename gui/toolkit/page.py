"""A page: what fills the screen or lies over it until it is left; its keys, its focus, and its life."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pygame import Rect, Surface

from gui.toolkit.event import Event, Key
from gui.toolkit.theme import BACKGROUND, LINE, RADIUS_LARGE, SURFACE
from gui.toolkit.widget import Size, Widget

if TYPE_CHECKING:
    from gui.toolkit.screen import Screen

Result = TypeVar("Result")


class Page(Widget):
    """The base of every page and dialog.

    Life: made by its own constructor → `navigator.push(page)` → `opened()` → shown, covered by others, uncovered
    (`uncovered()`) → `close()` → `closed()`. Build the tree in the constructor or in `build()`; `rebuild()` makes it
    anew and keeps the focus by name.
    """

    opaque = True
    default_focus = ""
    """The name of the widget that has the focus at first; else the first focusable."""
    covers = True
    """Whether it fills the screen; a dialog does not, and is modal over what lies below."""
    dismissable = False
    """Whether a click beside it closes it (menus)."""
    scrim = True
    """Whether a dialog darkens what lies below it."""
    shows_video = False
    """Whether pictures move on it: then the screen looks for new ones 30 times a second."""
    title = ""

    def __init__(self, *, name: str = "", children: list[Widget] | None = None) -> None:
        self.shown_on: Screen | None = None
        self.stale = True
        self.keys: dict[str, Callable[[], object]] = {}
        """Key names and what they do here; what is not named falls through to the screen's keys."""
        self.on_closed: Callable[[Any], object] | None = None
        """Called with the result after the page has gone."""
        self.remembered = ""
        super().__init__(name=name or type(self).__name__.lower(), children=children)

    @property
    def page(self) -> "Page":
        """Itself."""
        return self

    # Its life; override these.

    def build(self) -> None:
        """Fill the tree; called once before the page is shown and by `rebuild()`."""

    def opened(self) -> None:
        """The page is on the screen for the first time."""

    def uncovered(self) -> None:
        """What covered it has gone."""

    def covered(self) -> None:
        """Another page or dialog came over it."""

    def closed(self) -> None:
        """The page has left the screen: let go of what it holds."""

    # For those who use it.

    def rebuild(self) -> None:
        """Make the tree anew; the focus stays on the widget of the same name, or near where it was."""
        if self.shown_on is not None:
            self.shown_on.rebuild(self)

    def close(self, result: Any = None) -> None:
        """Leave the screen; `on_closed` is told the result."""
        if self.shown_on is not None:
            self.shown_on.navigator.close(self, result)

    def back(self) -> None:
        """The back key, the right button: leave without saving. Override to ask first."""
        self.close()

    def work(
        self,
        job: Callable[[], Result],
        then: "Callable[[Result], object] | None" = None,
        failed: "Callable[[Exception], object] | None" = None,
        *,
        aside: bool = False,
    ) -> None:
        """Run a job that waits (an API call) on a worker thread; `then` or `failed` run here, unless the page is gone.

        Without `failed`, a failure is told as a toast in the words of its error. With `aside` the job may wait for
        ever: no other waits for it.
        """
        if self.shown_on is not None:
            self.shown_on.work(self, job, then, failed, aside=aside)

    def frame(self, screen: Rect) -> Rect:
        """Where it lies on the screen: all of it, or in the middle with the size it measures."""
        if self.covers:
            return screen
        margin = self.px(24)
        wide, high = self.wanted(screen.width - 2 * margin, screen.height - 2 * margin)
        rect = Rect(0, 0, min(wide, screen.width - 2 * margin), min(high, screen.height - 2 * margin))
        rect.center = screen.center
        return rect

    def measure(self, width: int, height: int) -> Size:
        """Give the size of what is on it."""
        return super().measure(width, height)

    def draw(self, surface: Surface) -> None:
        """Draw its ground: the background, or a raised card."""
        if self.covers:
            surface.fill(BACKGROUND, self.rect)
        else:
            self.screen.paint.card(surface, self.rect, SURFACE, RADIUS_LARGE, lifted=True)
            self.screen.paint.outline(surface, self.rect, LINE, RADIUS_LARGE)

    def handle(self, event: Event) -> bool:
        """Look keys up in `keys`."""
        if isinstance(event, Key) and (action := self.keys.get(event.name)) is not None:
            action()
            return True
        return super().handle(event)
