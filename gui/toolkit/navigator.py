"""The stack of pages: what lies on top gets the events, what is covered keeps its focus by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gui.toolkit.page import Page

if TYPE_CHECKING:
    from gui.toolkit.screen import Screen


class Navigator:
    """The pages of one screen, the lowest first. The first page is the wall and is never closed."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self.pages: list[Page] = []

    @property
    def top(self) -> Page | None:
        """The page that gets the events."""
        return self.pages[-1] if self.pages else None

    def shown(self) -> list[Page]:
        """The pages that can be seen: the topmost that covers the screen, and what lies over it."""
        for at in range(len(self.pages) - 1, -1, -1):
            if self.pages[at].covers:
                return self.pages[at:]
        return list(self.pages)

    def sees(self, page: Page) -> bool:
        """Whether a page is not wholly covered."""
        return page in self.shown()

    def push(self, page: Page, then: Callable[[Any], object] | None = None) -> Page:
        """Show a page over what is there; `then` is told its result when it has gone."""
        below = self.top
        if then is not None:
            page.on_closed = then
        if below is not None:
            self.screen.leave(below)
            below.covered()
        page.shown_on = self.screen
        page.stale = True
        self.pages.append(page)
        self.screen.enter(page, fresh=True)
        return page

    def close(self, page: Page, result: Any = None) -> None:
        """Take a page away, and what lies over it."""
        if page not in self.pages:
            return
        at = self.pages.index(page)
        gone = self.pages[at:]
        self.screen.leave(gone[-1])
        for one in reversed(gone):
            self.pages.remove(one)
            self.screen.gone(one)
        if self.top is not None:
            self.screen.enter(self.top, fresh=False)
        if page.on_closed is not None:
            page.on_closed(result)

    def home(self) -> None:
        """Close everything but the lowest page."""
        if len(self.pages) > 1:
            self.close(self.pages[1])
