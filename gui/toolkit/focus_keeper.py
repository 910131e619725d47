"""Who has the focus, where it goes, and where it comes back to."""

from functools import cached_property
from typing import TYPE_CHECKING

from pygame import Rect

from gui.toolkit.event import ARROWS
from gui.toolkit.focus import Edges, nearest
from gui.toolkit.layout import Box

if TYPE_CHECKING:
    from gui.toolkit.page import Page
    from gui.toolkit.screen import Screen
    from gui.toolkit.widget import Widget


class FocusKeeper:
    """The focus of one screen; only the top page has it."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self.holder: Widget | None = None
        self.editing: Widget | None = None
        self.typing = False
        """Whether whoever sits here types: from the first character until an arrow moves the focus, or another page
        comes. It outlives a move of the focus by the page itself."""

    def every(self) -> "list[Widget]":
        """Give what can have the focus, in reading order."""
        top = self.screen.navigator.top
        return list(top.focusables()) if top is not None else []

    def give(self, widget: "Widget | str | None", *, reveal: bool = True) -> bool:
        """Give it to a widget of the top page, or to the one of this name; say whether it took it."""
        screen = self.screen
        top = screen.navigator.top
        if isinstance(widget, str):
            widget = next((one for one in self.every() if one.name == widget), None)
        if top is None or widget is None or widget.page is not top or not widget.takes_focus:
            return False
        if widget is self.holder:
            return True
        old, self.holder = self.holder, widget
        if self.editing is not widget:
            self.editing = None
        if old is not None and old.page is top:
            screen.guard(top, old.lost_focus)
            old.invalidate()
        self.redraw_ring()
        for one in widget.ancestors():
            if isinstance(one, Box):
                one.last_focus = widget.name
        if reveal:
            for one in widget.ancestors():
                one.reveal(widget)
        screen.guard(top, widget.gained_focus)
        widget.invalidate()
        screen.damage_rect(screen.paint.ring_bounds(widget.rect))
        screen.hints.follow(widget)
        return True

    def move(self, direction: str) -> bool:
        """Move it as an arrow does; say whether there was anywhere to go."""
        self.typing = False
        (target,) = self.targets(direction)
        return target is not None and self.give(target)

    def targets(self, *directions: str) -> "list[Widget | None]":
        """Say where arrows lead from the holder, of each; changes nothing."""
        here = self.holder
        every = self.every()
        if here is None or here not in every:
            return [every[0] if every else None] * len(directions)
        around = _Around(here, every)
        return [around.named(one) or around.nearest(one) for one in directions]

    def step(self, steps: int) -> bool:
        """Move it along the reading order, round the ends (tab)."""
        every = self.every()
        if not every:
            return False
        at = every.index(self.holder) if self.holder in every else (-1 if steps > 0 else 0)
        return self.give(every[(at + steps) % len(every)])

    def restore(self, page: "Page", where: Rect | None = None) -> None:
        """Give it to the widget that had it, by its name; else to one near `where`; else to the page's default."""
        self.holder = None
        every = self.every()
        if not every:
            self.redraw_ring()
            return
        found = next((one for one in every if page.remembered and one.path == page.remembered), None)
        if found is None and where is not None:
            found = min(every, key=lambda one: _distance(one.rect, where))
        if found is None:
            found = next((one for one in every if one.name == page.default_focus), every[0])
        self.give(found)

    def let_go(self, page: "Page") -> None:
        """Take it from a page that is no longer on top; the page remembers the name."""
        holder, self.holder, self.editing, self.typing = self.holder, None, None, False
        self.redraw_ring()
        self.screen.hints.follow(None)
        if holder is not None and holder.page is page:
            page.remembered = holder.path
            self.screen.guard(page, holder.lost_focus)

    def check(self) -> None:
        """Find another holder where the present one has gone or cannot have it any more."""
        top = self.screen.navigator.top
        if top is None:
            return
        if self.holder is not None and self.holder.page is top and self.holder.takes_focus:
            return
        if self.holder is None:
            if any(True for _ in self.every()):
                self.restore(top)
            return
        where = Rect(self.holder.rect)
        self.editing = None
        page, page.remembered = top, ""
        self.restore(page, where)

    def redraw_ring(self) -> None:
        """Have the mark taken away from where it was drawn."""
        if (ring := self.screen.painter.ring) is not None:
            self.screen.damage_rect(ring)


class _Around:
    """What lies around the holder of the focus.

    Lists scroll, then leave; what is scrolled away, only its own list reaches. What is together is left
    upwards and downwards at its end alone, and never for something aside of it, however near that may lie.
    """

    def __init__(self, here: "Widget", every: "list[Widget]") -> None:
        self._here = here
        self._every = every
        self._others = [one for one in every if one is not here]
        self._scroll = next((one for one in here.ancestors() if one.clips and one is not here), None)
        self._whole = next((one for one in here.ancestors() if isinstance(one, Box) and one.together), None)

    def named(self, direction: str) -> "Widget | None":
        """Whoever was named for this arrow, where it can have the focus."""
        name = self._here.neighbours.get(direction)
        return next((one for one in self._every if one.name == name), None) if name else None

    def nearest(self, direction: str) -> "Widget | None":
        """Find where an arrow leads by the places of all."""
        upright = bool(ARROWS[direction][1])
        for some in (self._inside, self._within, self._above_and_below) if upright else (self._seen,):
            found = nearest(_edges(self._here.rect), [edges for _, edges in some], direction)
            if found is not None:
                return _remembered(self._here, some[found][0], self._every)
        return None

    @cached_property
    def _inside(self) -> "list[tuple[Widget, Edges]]":
        """What is in the same list, seen or not."""
        if self._scroll is None:
            return []
        known: dict[Widget, bool] = {self._scroll: True}
        return [(one, _edges(one.rect)) for one in self._others if _lies_in(one, known)]

    @cached_property
    def _within(self) -> "list[tuple[Widget, Edges]]":
        """What can be seen of what is together with it."""
        if self._whole is None:
            return []
        known: dict[Widget, bool] = {self._whole: True}
        return [one for one in self._seen if _lies_in(one[0], known)]

    @cached_property
    def _above_and_below(self) -> "list[tuple[Widget, Edges]]":
        """What can be seen, but for what lies aside of what is together with it."""
        if self._whole is None:
            return self._seen
        left, right = self._whole.rect.left, self._whole.rect.right
        return [(one, edges) for one, edges in self._seen if edges.left < right and edges.right > left]

    @cached_property
    def _seen(self) -> "list[tuple[Widget, Edges]]":
        seen: list[tuple[Widget, Edges]] = []
        windows: dict[Widget, Rect | None] = {}
        for one in self._others:
            window = _window(one.parent, windows)
            rect = one.rect if window is None else one.rect.clip(window)
            if rect:
                seen.append((one, _edges(rect)))
        return seen


def _lies_in(widget: "Widget | None", known: "dict[Widget, bool]") -> bool:
    """Say whether a widget lies in the one that is known to; `known` is of others."""
    if widget is None:
        return False
    if widget not in known:
        known[widget] = _lies_in(widget.parent, known)
    return known[widget]


def _window(widget: "Widget | None", known: "dict[Widget, Rect | None]") -> Rect | None:
    """Give what can be seen through a widget and all above it that clip; None where none does. `known` is of others."""
    if widget is None:
        return None
    if widget not in known:
        above = _window(widget.parent, known)
        if widget.clips:
            above = widget.rect if above is None else widget.rect.clip(above)
        known[widget] = above
    return known[widget]


def _remembered(here: "Widget", target: "Widget", every: "list[Widget]") -> "Widget":
    """Where the target lies in a container that remembers, and we come from outside, give its last focused child."""
    ours = list(here.ancestors())
    for one in target.ancestors():
        if isinstance(one, Box) and one.remembers and one.last_focus and one not in ours:
            last = next((each for each in every if each.name == one.last_focus and one in each.ancestors()), None)
            if last is not None:
                return last
    return target


def _edges(rect: Rect) -> Edges:
    return Edges(rect.left, rect.top, rect.right, rect.bottom)


def _distance(rect: Rect, other: Rect) -> int:
    return (rect.centerx - other.centerx) ** 2 + (rect.centery - other.centery) ** 2
