"""One monitor: the pages on it, the focus, what must be drawn again, its clock, and the worker for what waits."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from pygame import Rect, Surface

from gui.toolkit.damage import Damage
from gui.toolkit.dispatch import Dispatch, topmost
from gui.toolkit.event import By, Event, Key, KeyUp, Pointer
from gui.toolkit.focus_keeper import FocusKeeper
from gui.toolkit.hints import Hints
from gui.toolkit.icons import Icons
from gui.toolkit.navigator import Navigator
from gui.toolkit.notices import Notices, Tone
from gui.toolkit.page import Page
from gui.toolkit.paint import Paint
from gui.toolkit.painter import Painter
from gui.toolkit.text import Text
from gui.toolkit.theme import Theme
from gui.toolkit.timers import Timer, Timers
from gui.toolkit.widget import Widget
from gui.toolkit.worker import InlineWorker, Worker
from recorder.client.clock import SECOND_US, Clock, SystemClock
from recorder.client.errors import NightjarError
from recorder.client.words import _

log = logging.getLogger(__name__)
Result = TypeVar("Result")
PAINTS = 4
"""How often one frame is drawn anew when drawing itself changes something."""


class Screen:
    """What a presenter shows. Not thread-safe, but for `post`.

    `theme`, `type` (text), `paint` and `icons` are what widgets draw with; `notices.say(words, tone)` tells news.
    """

    def __init__(self, size: tuple[int, int], clock: Clock | None = None, worker: Worker | None = None) -> None:
        self.clock = clock or SystemClock()
        self.keys: dict[str, Callable[[], object]] = {}
        """Keys that work on every page that does not use them itself."""
        self.on_failure: Callable[[Page, Exception], object] | None = None
        """Called when the code of a page fails; the app shows the error sheet. Without it, the error is raised."""
        self.on_wake: Callable[[], object] | None = None
        """Called from any thread when something was posted; a presenter ends its wait."""
        self.icons = Icons()
        self.navigator = Navigator(self)
        self.painter = Painter(self)
        self.last_input_us = self.clock.monotonic_us()
        self.on_touch: Callable[[], object] | None = None
        """Called at whatever somebody does with mouse, keyboard or remote, before anything is done with it."""
        self._focus = FocusKeeper(self)
        self._dispatch = Dispatch(self)
        self._worker = worker or InlineWorker()
        self._damage = Damage()
        self._timers = Timers()
        self._posted: deque[Callable[[], object]] = deque()
        self._animated: list[Widget] = []
        self._size(size)
        self.notices = Notices(self)
        self.hints = Hints(self)
        self.watermark = ""
        """The name that lies over pictures, so that who films the screen is known; "" for none."""

    def _size(self, size: tuple[int, int]) -> None:
        self.size = size
        self.rect = Rect((0, 0), size)
        # A narrow screen scales by its width, so that 4:3 shows what 16:9 does.
        self.theme = Theme(min(size[1], size[0] * 3 // 4))
        self.type = Text(self.theme)
        self.paint = Paint(self.theme)
        self._damage.add(self.rect)

    def resize(self, size: tuple[int, int]) -> None:
        """Show everything at another size."""
        self._size(size)
        for page in self.navigator.pages:
            page.stale = True
        self.notices.clear()
        self.hints.hide()

    # Time and threads.

    def post(self, call: Callable[[], object]) -> None:
        """Have something called on the screen's thread soon; safe from any thread."""
        self._posted.append(call)
        if self.on_wake is not None:
            self.on_wake()

    def after(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Have something called on the screen's thread after a while."""
        return self._timers.at(self.clock.monotonic_us() + round(seconds * SECOND_US), call)

    def animate(self, widget: Widget) -> None:
        """Call the widget's `tick` up to 30 times a second while its page can be seen."""
        if widget not in self._animated:
            self._animated.append(widget)

    def still(self, widget: Widget) -> None:
        """No more ticks for the widget."""
        if widget in self._animated:
            self._animated.remove(widget)

    def work(
        self,
        page: Page,
        job: Callable[[], Result],
        then: Callable[[Result], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        aside: bool = False,
    ) -> None:
        """See `Page.work`."""

        def tell(result: Result | None, error: Exception | None) -> None:
            if page.shown_on is not self:
                return
            if error is None:
                if then is not None:
                    self.guard(page, then, result)
            elif failed is not None:
                self.guard(page, failed, error)
            else:
                self.notices.say(words_of(error), Tone.BAD)

        run = self._worker.aside if aside else self._worker.run
        run(job, lambda result, error: self.post(lambda: tell(result, error)))

    @property
    def moving(self) -> bool:
        """Whether something that can be seen wants ticks: video, or an animation."""
        shown = self.navigator.shown()
        return any(page.shows_video for page in shown) or any(widget.page in shown for widget in self._animated)

    def advance(self, *, ticking: bool = True) -> None:
        """Run what was posted and what is due, and one tick of what moves; the loop calls it before each paint."""
        for _count in range(len(self._posted)):
            self._posted.popleft()()
        now = self.clock.monotonic_us()
        for timer in self._timers.due(now):
            timer.call()
        self._dispatch.hide_pointer(now)
        if ticking and self._animated:
            shown = self.navigator.shown()
            for widget in list(self._animated):
                if widget.page is not None and widget.page in shown:
                    self.guard(widget.page, widget.tick, now)
                elif not widget.attached:
                    self.still(widget)

    def sleep_s(self) -> float | None:
        """How long nothing will happen by itself; None: for ever."""
        if self._posted or self.wants_paint:
            return 0
        now = self.clock.monotonic_us()
        times = [due for due in (self._timers.next_us(), self._dispatch.hides_us()) if due is not None]
        return max(0.0, (min(times) - now) / SECOND_US) if times else None

    # Failures.

    def guard(self, page: Page, call: Callable[..., Result], *args: Any) -> Result | None:
        """Call the code of a page; what it raises takes only that page off the screen."""
        try:
            return call(*args)
        except Exception as error:
            if self.on_failure is None:
                raise
            log.exception("the page %s failed", page.name)
            if page.shown_on is self:
                self.on_failure(page, error)
            return None

    # The life of pages; called by the navigator.

    def enter(self, page: Page, *, fresh: bool) -> None:
        """A page is on top now."""
        self._damage.add(self.rect)
        if fresh:
            self.guard(page, page.build)
            if page.shown_on is self:
                self.guard(page, page.opened)
        else:
            self.guard(page, page.uncovered)
        if page is self.navigator.top:
            self._arrange()

    def leave(self, page: Page) -> None:
        """A page is not on top any more; its focus is kept by name."""
        self._focus.let_go(page)
        self._dispatch.forget()
        self._damage.add(self.rect)

    def gone(self, page: Page) -> None:
        """A page has left the stack."""
        self._animated = [widget for widget in self._animated if widget.page is not page]
        try:
            page.closed()
        except Exception:
            log.exception("closing the page %s failed", page.name)
        page.shown_on = None

    def rebuild(self, page: Page) -> None:
        """Make the tree of a page anew; the focus stays by name, else near where it was."""
        on_top = page is self.navigator.top
        where = Rect(self.focus.rect) if on_top and self.focus is not None else None
        if on_top:
            self._focus.let_go(page)
            self._dispatch.forget()
        page.clear()
        self.guard(page, page.build)
        if page.shown_on is self:
            self._lay_out(page)
        if on_top and page is self.navigator.top:
            self._focus.restore(page, where)

    # Focus.

    @property
    def focus(self) -> Widget | None:
        """The widget that has the focus."""
        return self._focus.holder

    @property
    def editing(self) -> Widget | None:
        """The widget that takes typed text: pointer motion does not move the focus away from it."""
        return self._focus.editing

    @editing.setter
    def editing(self, widget: Widget | None) -> None:
        self._focus.editing = widget

    @property
    def typing(self) -> bool:
        """Whether whoever sits here writes with keys of his own: then ok means done, and opens no keyboard."""
        return self._focus.typing

    @typing.setter
    def typing(self, typing: bool) -> None:
        self._focus.typing = typing

    def focusables(self) -> list[Widget]:
        """Give what can have the focus on the top page, in reading order."""
        return self._focus.every()

    def focus_on(self, widget: Widget | str | None, *, reveal: bool = True) -> bool:
        """Give the focus to a widget of the top page, or to the one of this name; say whether it took it."""
        self._arrange()
        return self._focus.give(widget, reveal=reveal)

    def move_focus(self, direction: str) -> bool:
        """Move the focus as an arrow does; say whether there was anywhere to go."""
        self._arrange()
        return self._focus.move(direction)

    def focus_targets(self, *directions: str) -> list[Widget | None]:
        """Say where arrows would move the focus, of each; changes nothing."""
        self._arrange()
        return self._focus.targets(*directions)

    def step_focus(self, steps: int) -> bool:
        """Move the focus along the reading order, round the ends (tab)."""
        self._arrange()
        return self._focus.step(steps)

    # Events.

    def handle(self, event: Event) -> bool:
        """Take an event from the presenter; say whether anything used it."""
        self._arrange()
        self.last_input_us = self.clock.monotonic_us()
        if self.on_touch is not None:
            self.on_touch()
        if isinstance(event, Pointer):
            return self._dispatch.point(event)
        if isinstance(event, KeyUp):
            return self._dispatch.key_up(event)
        return isinstance(event, Key) and self._dispatch.key(event)

    def activate(self, widget: Widget, by: By = By.KEY, at: tuple[int, int] | None = None) -> bool:
        """Do what the widget is for, as a click or the ok key does."""
        return self._dispatch.activate(widget, by, at)

    @property
    def last_by(self) -> By:
        """Whether keys or the pointer were used last."""
        return self._dispatch.by

    @property
    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        return self._dispatch.pointer

    @property
    def pointer_shown(self) -> bool:
        """Whether the pointer is to be seen."""
        return self._dispatch.pointer_shown

    @property
    def pressed(self) -> Widget | None:
        """The widget on which the left button is held."""
        return self._dispatch.pressed

    def hit(self, at: tuple[int, int]) -> Widget | None:
        """Give the topmost widget of the top page at a place; None beside it."""
        top = self.navigator.top
        return topmost(top, at) if top is not None else None

    # Drawing.

    def damage(self, widget: Widget) -> None:
        """Have the place of a widget drawn again."""
        page = widget.page
        if page is None or not self.navigator.sees(page):
            return
        rect = Rect(widget.rect)
        for one in widget.ancestors():
            if one.clips:
                rect = rect.clip(one.rect)
        self._damage.add(rect)

    def damage_rect(self, rect: Rect) -> None:
        """Have a part of the screen drawn again."""
        self._damage.add(rect)

    @property
    def wants_paint(self) -> bool:
        """Whether `paint_on` would draw anything."""
        return bool(self._damage) or any(page.stale for page in self.navigator.shown())

    def _arrange(self) -> None:
        """Lay out the pages that changed, and see that somebody has the focus."""
        for page in self.navigator.shown():
            if page.stale:
                self._lay_out(page)
        self._focus.check()

    def _lay_out(self, page: Page) -> None:
        # A layout may find that it needs another one (a scroll bar appears); twice is enough for any of ours.
        for _attempt in range(2):
            if not page.stale or page.shown_on is not self:
                return
            page.stale = False
            Widget.forget_wishes()
            before = Rect(page.rect)
            self.guard(page, lambda: page.place(page.frame(self.rect)))
            for rect in (before, page.rect):
                self._damage.add(rect if page.covers else self.paint.shadow_bounds(rect))

    def paint_on(self, surface: Surface) -> list[Rect]:
        """Draw what changed onto the surface and give the rectangles to show; an empty list when nothing did."""
        shown: list[Rect] = []
        # A page that fails while it is drawn leaves, and what is below it is drawn before anybody sees the half of it.
        for _round in range(PAINTS):
            self._arrange()
            rects = self._damage.take(self.rect)
            if not rects:
                break
            for rect in rects:
                self.painter.paint(surface, rect)
            shown += rects
        return shown


def words_of(error: Exception) -> str:
    """Give what a person is told of an error."""
    if isinstance(error, NightjarError):
        return str(error)
    return _("Something went wrong ({kind}). Try again.").format(kind=type(error).__name__)
