"""One monitor: the pages on it, the focus, what must be drawn again, and the way of every event to its widget."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from pygame import Rect, Surface

from gui.toolkit import focus as finder
from gui.toolkit.damage import Damage
from gui.toolkit.event import (
    ARROWS,
    Activate,
    Button,
    By,
    DoubleClick,
    Event,
    Key,
    Move,
    Pointer,
    Press,
    Release,
    RightClick,
    Wheel,
)
from gui.toolkit.icons import Icons
from gui.toolkit.layout import Box
from gui.toolkit.navigator import Navigator
from gui.toolkit.notices import Notices, Tone
from gui.toolkit.page import Page
from gui.toolkit.paint import Paint
from gui.toolkit.text import Text
from gui.toolkit.theme import SCRIM, Theme
from gui.toolkit.timers import Timer, Timers
from gui.toolkit.widget import Widget
from gui.toolkit.worker import InlineWorker, Worker
from recorder.client.clock import SECOND_US, Clock, SystemClock
from recorder.client.errors import NightjarError
from recorder.client.words import _

log = logging.getLogger(__name__)

DOUBLE_CLICK_US = 400_000
DOUBLE_CLICK_UNITS = 8
POINTER_HIDES_US = 5 * SECOND_US
Result = TypeVar("Result")


class Screen:
    """What a presenter shows. Not thread-safe, but for `post`.

    `theme`, `type` (text), `paint` and `icons` are what widgets draw with; `notices.say(words, tone)` tells news.
    """

    def __init__(self, size: tuple[int, int], clock: Clock | None = None, worker: Worker | None = None) -> None:
        self.clock = clock or SystemClock()
        self.size = size
        self.rect = Rect((0, 0), size)
        self.theme = Theme(min(size[1], size[0] * 3 // 4))
        self.type = Text(self.theme)
        self.paint = Paint(self.theme)
        self.icons = Icons()
        self.navigator = Navigator(self)
        self.notices = Notices(self)
        self.keys: dict[str, Callable[[], object]] = {}
        """Keys that work on every page that does not use them itself."""
        self.on_failure: Callable[[Page, Exception], object] | None = None
        """Called when the code of a page fails; the app shows the error sheet."""
        self.on_wake: Callable[[], object] | None = None
        """Called from any thread when something was posted; a presenter ends its wait."""
        self.focus: Widget | None = None
        self.editing: Widget | None = None
        """The widget that takes typed text: pointer motion does not move the focus away from it."""
        self.pointer: tuple[int, int] = (-1, -1)
        self.pointer_shown = False
        self.last_by = By.KEY
        self._worker = worker or InlineWorker()
        self._damage = Damage()
        self._timers = Timers()
        self._posted: deque[Callable[[], object]] = deque()
        self._animated: list[Widget] = []
        self._captured: Widget | None = None
        self._pressed: Widget | None = None
        self._clicked: tuple[int, tuple[int, int], Widget] | None = None
        self._pointer_us = 0
        self._ring: Rect | None = None
        self.damage_rect(self.rect)

    # Time, threads.

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
    ) -> None:
        """See `Page.work`."""

        def done(result: Result | None, error: Exception | None) -> None:
            self.post(lambda: tell(result, error))

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

        self._worker.run(job, done)

    def wake_for_paint(self) -> None:
        """Something must be laid out again; the loop asks `wants_paint`."""

    @property
    def moving(self) -> bool:
        """Whether something that can be seen wants ticks: video, or an animation."""
        return any(page.shows_video for page in self.navigator.shown()) or any(
            widget.page in self.navigator.shown() for widget in self._animated
        )

    def advance(self) -> None:
        """Run what was posted, what is due, and one tick of what moves; the loop calls it before each paint."""
        for _count in range(len(self._posted)):
            self._posted.popleft()()
        now = self.clock.monotonic_us()
        for timer in self._timers.due(now):
            timer.call()
        shown = self.navigator.shown()
        for widget in list(self._animated):
            page = widget.page
            if page is None or page.shown_on is not self:
                self._animated.remove(widget)
            elif page in shown:
                self.guard(page, widget.tick, now)
        if self.pointer_shown and self.last_by is By.KEY and now - self._pointer_us >= POINTER_HIDES_US:
            self.pointer_shown = False

    def sleep_s(self) -> float | None:
        """How long nothing will happen by itself; None: for ever."""
        if self._posted or self.wants_paint:
            return 0
        now = self.clock.monotonic_us()
        times = [due for due in (self._timers.next_us(),) if due is not None]
        if self.pointer_shown and self.last_by is By.KEY:
            times.append(self._pointer_us + POINTER_HIDES_US)
        return max(0.0, (min(times) - now) / SECOND_US) if times else None

    # Failures.

    def guard(self, page: Page, call: Callable[..., Result], *args: Any) -> Result | None:
        """Call the code of a page; what it raises takes only that page off the screen."""
        try:
            return call(*args)
        except Exception as error:
            log.exception("the page %s failed", page.name)
            self._failed(page, error)
            return None

    def _failed(self, page: Page, error: Exception) -> None:
        if self.on_failure is None:
            raise error
        self.on_failure(page, error)

    # Life of pages; called by the navigator.

    def enter(self, page: Page, *, fresh: bool) -> None:
        """A page is on top now."""
        self.damage_rect(self.rect)
        if fresh:
            self.guard(page, page.build)
            if page.shown_on is self:
                self.guard(page, page.opened)
        else:
            self.guard(page, page.uncovered)
        if page is self.navigator.top:
            self._arrange()
            self._restore(page)

    def leave(self, page: Page) -> None:
        """A page is not on top any more; its focus is kept by name."""
        if self.focus is not None and self.focus.page is page:
            page.remembered = _path(self.focus)
            focus, self.focus = self.focus, None
            focus.lost_focus()
        self.editing = self._captured = self._pressed = self._clicked = None
        self.damage_rect(self.rect)

    def gone(self, page: Page) -> None:
        """A page has left the stack."""
        self._animated = [widget for widget in self._animated if widget.page is not page]
        try:
            page.closed()
        except Exception:
            log.exception("closing the page %s failed", page.name)
        page.shown_on = None
        self.damage_rect(self.rect)

    def rebuild(self, page: Page) -> None:
        """Make the tree of a page anew; the focus stays by name, else near where it was."""
        on_top = page is self.navigator.top
        where = Rect(self.focus.rect) if on_top and self.focus is not None else None
        if on_top:
            self.leave(page)
        page.clear()
        self.guard(page, page.build)
        self._arrange()
        if page is self.navigator.top and on_top:
            self._restore(page, where)

    # Focus.

    def focusables(self) -> list[Widget]:
        """Give what can have the focus on the top page, in reading order."""
        top = self.navigator.top
        return [one for one in top.walk() if one.focusable and one.takes_focus] if top is not None else []

    def focus_on(self, widget: Widget | str | None, *, reveal: bool = True) -> bool:
        """Give the focus to a widget of the top page, or to the one of this name; say whether it took it."""
        top = self.navigator.top
        if isinstance(widget, str):
            widget = next((one for one in self.focusables() if one.name == widget), None)
        if top is None or widget is None or widget.page is not top or not widget.takes_focus:
            return False
        if widget is self.focus:
            return True
        old, self.focus = self.focus, widget
        if self.editing is not None and self.editing is not widget:
            self.editing = None
        if old is not None:
            old.lost_focus()
            old.invalidate()
        if self._ring is not None:
            self.damage_rect(self._ring)
        for one in widget.ancestors():
            if isinstance(one, Box):
                one.last_focus = widget.name
        if reveal:
            for one in widget.ancestors():
                one.reveal(widget)
        widget.gained_focus()
        widget.invalidate()
        self.damage_rect(self.paint.ring_bounds(widget.rect))
        return True

    def move_focus(self, direction: str) -> bool:
        """Move the focus as an arrow does; say whether there was anywhere to go."""
        self._arrange()
        here = self.focus
        every = self.focusables()
        if not every:
            return False
        if here is None or here not in every:
            return self.focus_on(every[0])
        if (named := here.neighbours.get(direction)) and self.focus_on(named):
            return True
        target = _towards(here, every, direction)
        return target is not None and self.focus_on(target)

    def step_focus(self, steps: int) -> bool:
        """Move the focus along the reading order, round the ends (tab)."""
        every = self.focusables()
        if not every:
            return False
        at = every.index(self.focus) if self.focus in every else (-1 if steps > 0 else 0)
        return self.focus_on(every[(at + steps) % len(every)])

    def _restore(self, page: Page, where: Rect | None = None) -> None:
        """Find the widget that had the focus by its name, else a near one, else the page's default."""
        every = self.focusables()
        if not every:
            self.focus = None
            return
        wanted = page.remembered
        found = next((one for one in every if wanted and _path(one) == wanted), None)
        if found is None and where is not None:
            found = min(every, key=lambda one: _distance(one.rect, where))
        if found is None:
            found = next((one for one in every if one.name == page.default_focus), every[0])
        self.focus_on(found)

    # Events.

    def handle(self, event: Event) -> bool:
        """Take an event from the presenter; say whether anything used it."""
        self._arrange()
        if isinstance(event, Pointer):
            return self._pointer(event)
        if isinstance(event, Key):
            self.last_by = By.KEY
            return self._key(event)
        return False

    def _send(self, widget: Widget | None, event: Event) -> Widget | None:
        """Offer an event to a widget and then upwards; give who took it."""
        for one in list(widget.ancestors()) if widget is not None else []:
            page = one.page
            if page is None or page.shown_on is not self:
                return None
            if self.guard(page, one.handle, event):
                return one
        return None

    def _key(self, event: Key) -> bool:
        top = self.navigator.top
        if top is None:
            return False
        target = self.focus if self.focus is not None and self.focus.page is top else top
        if self._send(target, event) is not None:
            return True
        if (action := self.keys.get(event.name)) is not None and event.name != "back":
            self.guard(top, action)
            return True
        match event.name:
            case "up" | "down" | "left" | "right":
                return self.move_focus(event.name)
            case "tab" | "backtab":
                return self.step_focus(-1 if event.name == "backtab" or event.shift else 1)
            case "ok":
                return not event.repeat and self.focus is not None and self.activate(self.focus)
            case "back":
                self.guard(top, top.back)
                return True
            case _:
                return False

    def activate(self, widget: Widget, by: By = By.KEY, at: tuple[int, int] | None = None) -> bool:
        """Do what the widget is for, as a click or the ok key does."""
        return widget.enabled and self._send(widget, Activate(by, at)) is not None

    def _pointer(self, event: Pointer) -> bool:
        self.pointer = event.at
        self.pointer_shown = True
        self.last_by = By.POINTER
        self._pointer_us = self.clock.monotonic_us()
        top = self.navigator.top
        if top is None:
            return False
        match event:
            case Move():
                return self._moved(event)
            case Press(button=Button.LEFT):
                return self._press(top, event)
            case Release(button=Button.LEFT):
                return self._release(event)
            case Release(button=Button.RIGHT):
                right = RightClick(event.x, event.y)
                if self._send(self.hit(event.at) or top, right) is None and top.shown_on is self:
                    self.guard(top, top.back)
                return True
            case Wheel():
                return self._send(self.hit(event.at), event) is not None
            case _:
                return False

    def _moved(self, event: Move) -> bool:
        if self._captured is not None:
            self._send(self._captured, event)
            return True
        hit = self.hit(event.at)
        if self.editing is None:
            over = _focusable_at(hit)
            if over is not None:
                self.focus_on(over, reveal=False)
        return self._send(hit, event) is not None

    def _press(self, top: Page, event: Press) -> bool:
        hit = self.hit(event.at)
        if hit is None:
            if top.dismissable:
                self.guard(top, top.back)
            return True
        over = _focusable_at(hit)
        if self.editing is not None and over is not self.editing:
            self.editing = None
        if over is not None:
            self.focus_on(over, reveal=False)
        self._captured = self._send(hit, event)
        self._pressed = over if self._captured is None else None
        if self._pressed is not None:
            self._pressed.invalidate()
        return True

    def _release(self, event: Release) -> bool:
        if (captured := self._captured) is not None:
            self._captured = None
            self._send(captured, event)
            return True
        pressed, self._pressed = self._pressed, None
        if pressed is None or not pressed.attached:
            return False
        pressed.invalidate()
        if _focusable_at(self.hit(event.at)) is not pressed:
            return False
        now = self.clock.monotonic_us()
        last, self._clicked = self._clicked, (now, event.at, pressed)
        if last is not None and last[2] is pressed and now - last[0] <= DOUBLE_CLICK_US and self._near(last[1]):
            self._clicked = None
            if self._send(pressed, DoubleClick(event.x, event.y)) is not None:
                return True
        self.activate(pressed, By.POINTER, event.at)
        return True

    def _near(self, at: tuple[int, int]) -> bool:
        reach = self.theme.px(DOUBLE_CLICK_UNITS)
        return abs(at[0] - self.pointer[0]) <= reach and abs(at[1] - self.pointer[1]) <= reach

    @property
    def pressed(self) -> Widget | None:
        """The widget on which the left button is held."""
        return self._pressed

    def hit(self, at: tuple[int, int]) -> Widget | None:
        """Give the topmost widget of the top page at a place; None beside it."""
        top = self.navigator.top
        return _hit(top, at) if top is not None else None

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
        """Lay out the pages that changed."""
        for page in self.navigator.shown():
            for _attempt in range(3):
                if not page.stale or page.shown_on is not self:
                    break
                page.stale = False
                before = Rect(page.rect)
                self.guard(page, lambda page=page: page.place(page.frame(self.rect)))
                for rect in (before, page.rect):
                    self._damage.add(rect if page.covers else self.paint.shadow_bounds(rect))
        focus = self.focus
        if focus is not None and not focus.takes_focus and (top := self.navigator.top) is not None:
            where = Rect(focus.rect)
            self.focus = None
            self.editing = None
            self._restore(top, where)

    def paint_on(self, surface: Surface) -> list[Rect]:
        """Draw what changed onto the surface and give the rectangles to show; an empty list when nothing did."""
        self._arrange()
        if not self._damage:
            return []
        rects = self._damage.take(self.rect)
        for rect in rects:
            self._paint(surface, rect)
        surface.set_clip(None)
        return rects

    def _paint(self, surface: Surface, clip: Rect) -> None:
        pages = self.navigator.shown()
        surface.set_clip(clip)
        if not pages or not pages[0].covers:
            surface.fill((0, 0, 0), clip)
        for page in pages:
            if not page.covers and page.scrim:
                self.paint.fill(surface, self.rect, SCRIM)
            self.guard(page, self._paint_page, page, surface, clip)
            surface.set_clip(clip)
        self._paint_ring(surface, clip)
        self.notices.draw(surface)

    def _paint_page(self, page: Page, surface: Surface, clip: Rect) -> None:
        if page.covers:
            within: Widget = page
            # What an opaque widget covers need not be drawn.
            while (deeper := _covering(within, clip)) is not None:
                within = deeper
            _draw(within, surface, clip)
        else:
            _draw(page, surface, clip)

    def _paint_ring(self, surface: Surface, clip: Rect) -> None:
        focus = self.focus
        if focus is None or focus.page is not self.navigator.top:
            self._ring = None
            return
        bounds = self.paint.ring_bounds(focus.rect)
        for one in focus.ancestors():
            if one.clips and one is not focus:
                surface.set_clip(clip.clip(self.paint.ring_bounds(one.rect)))
                break
        self._ring = bounds
        if bounds.colliderect(clip) and not focus.draw_focus(surface):
            self.paint.ring(surface, focus.rect, focus.focus_radius)
        surface.set_clip(clip)


def words_of(error: Exception) -> str:
    """Give what a person is told of an error."""
    if isinstance(error, NightjarError):
        return str(error)
    return _("Something went wrong ({kind}). Try again.").format(kind=type(error).__name__)


def _draw(widget: Widget, surface: Surface, clip: Rect) -> None:
    if not widget.visible or not (clip.colliderect(widget.rect) or widget.parent is None):
        return
    if widget.clips:
        clip = clip.clip(widget.rect)
        if not clip:
            return
        before = surface.get_clip()
        surface.set_clip(clip)
        widget.draw(surface)
        for child in widget.children:
            _draw(child, surface, clip)
        widget.draw_over(surface)
        surface.set_clip(before)
        return
    widget.draw(surface)
    for child in widget.children:
        _draw(child, surface, clip)
    widget.draw_over(surface)


def _covering(widget: Widget, clip: Rect) -> Widget | None:
    """Give the child that hides everything else below this widget within `clip`."""
    for child in reversed(widget.children):
        if not child.visible or not child.rect.colliderect(clip):
            continue
        if child.rect.contains(clip) and (child.opaque or _covering(child, clip) is not None):
            return child
        return None
    return None


def _hit(widget: Widget, at: tuple[int, int]) -> Widget | None:
    if not widget.visible or not widget.rect.collidepoint(at):
        return None
    for child in reversed(widget.children):
        if (found := _hit(child, at)) is not None:
            return found
    return widget


def _focusable_at(widget: Widget | None) -> Widget | None:
    if widget is None:
        return None
    return next((one for one in widget.ancestors() if one.focusable and one.takes_focus), None)


def _path(widget: Widget) -> str:
    return "/".join(one.name for one in widget.ancestors() if one.name)


def _distance(rect: Rect, other: Rect) -> int:
    return (rect.centerx - other.centerx) ** 2 + (rect.centery - other.centery) ** 2


def _scroll_of(widget: Widget) -> Widget | None:
    return next((one for one in widget.ancestors() if one.clips and one is not widget), None)


def _edges(rect: Rect) -> finder.Edges:
    return finder.Edges(rect.left, rect.top, rect.right, rect.bottom)


def _towards(here: Widget, every: list[Widget], direction: str) -> Widget | None:
    """Find where an arrow leads. Lists scroll, then leave; what is scrolled away, only its own list reaches."""
    scroll = _scroll_of(here)
    others = [one for one in every if one is not here and here not in one.ancestors()]
    if scroll is not None and ARROWS[direction][1]:
        inside = [one for one in others if scroll in one.ancestors()]
        found = finder.nearest(_edges(here.rect), [_edges(one.rect) for one in inside], direction)
        if found is not None:
            return _remembered(here, inside[found], every)
    seen: list[tuple[Widget, finder.Edges]] = []
    for one in others:
        rect = Rect(one.rect)
        for above in one.ancestors():
            if above.clips and above is not one:
                rect = rect.clip(above.rect)
        if rect:
            seen.append((one, _edges(rect)))
    found = finder.nearest(_edges(here.rect), [edges for _, edges in seen], direction)
    return _remembered(here, seen[found][0], every) if found is not None else None


def _remembered(here: Widget, target: Widget, every: list[Widget]) -> Widget:
    """Where the target lies in a container that remembers, and we come from outside, give its last focused child."""
    for one in target.ancestors():
        if isinstance(one, Box) and one.remembers and one.last_focus and one not in here.ancestors():
            last = next((each for each in every if each.name == one.last_focus and one in each.ancestors()), None)
            if last is not None:
                return last
    return target
