"""The way of every event to its widget: by place for the pointer, by focus for keys, then upwards."""

from typing import TYPE_CHECKING

from gui.toolkit.event import (
    Activate,
    Button,
    By,
    DoubleClick,
    Event,
    Key,
    KeyUp,
    Move,
    Pointer,
    Press,
    Release,
    RightClick,
    Wheel,
)
from recorder.client.clock import SECOND_US

if TYPE_CHECKING:
    from gui.toolkit.page import Page
    from gui.toolkit.screen import Screen
    from gui.toolkit.widget import Widget

DOUBLE_CLICK_US = 400_000
DOUBLE_CLICK_UNITS = 8
POINTER_HIDES_US = 5 * SECOND_US


class Dispatch:
    """Takes the events of one screen."""

    def __init__(self, screen: "Screen") -> None:
        self.screen = screen
        self.by = By.KEY
        """What was used last."""
        self.pointer: tuple[int, int] = (-1, -1)
        self.pointer_shown = False
        self.pointer_us = 0
        self.pressed: Widget | None = None
        self._captured: Widget | None = None
        self._clicked: tuple[int, tuple[int, int], Widget] | None = None

    def forget(self) -> None:
        """Let go of what is pressed: another page is on top."""
        self.pressed = self._captured = self._clicked = None

    def send(self, widget: "Widget | None", event: Event) -> "Widget | None":
        """Offer an event to a widget and then upwards; give who took it."""
        for one in list(widget.ancestors()) if widget is not None else []:
            page = one.page
            if page is None or page.shown_on is not self.screen:
                return None
            if self.screen.guard(page, one.handle, event):
                return one
        return None

    def key(self, event: Key) -> bool:
        """Take a key; say whether anything used it."""
        screen = self.screen
        self.by = By.KEY
        screen.hints.hide()
        top = screen.navigator.top
        if top is None:
            return False
        if self.send(screen.focus or top, event) is not None:
            return True
        if (action := screen.keys.get(event.name)) is not None:
            screen.guard(top, action)
            return True
        match event.name:
            case "up" | "down" | "left" | "right":
                return screen.move_focus(event.name)
            case "tab" | "backtab":
                return screen.step_focus(-1 if event.name == "backtab" or event.shift else 1)
            case "ok":
                return not event.repeat and screen.focus is not None and self.activate(screen.focus, By.KEY)
            case "back":
                screen.guard(top, top.back)
                return True
            case _:
                return False

    def key_up(self, event: KeyUp) -> bool:
        """Tell whoever has the focus that a key was let go; nobody else acts on it."""
        return self.send(self.screen.focus or self.screen.navigator.top, event) is not None

    def activate(self, widget: "Widget", by: By, at: tuple[int, int] | None = None) -> bool:
        """Do what the widget is for."""
        return widget.enabled and self.send(widget, Activate(by, at)) is not None

    def point(self, event: Pointer) -> bool:
        """Take a pointer event; say whether anything used it."""
        self.pointer = event.at
        self.pointer_shown = True
        self.by = By.POINTER
        self.pointer_us = self.screen.clock.monotonic_us()
        top = self.screen.navigator.top
        if top is None:
            return False
        match event:
            case Move():
                return self._moved(event)
            case Press(button=Button.LEFT):
                self._press(top, event)
                return True
            case Release(button=Button.LEFT):
                return self._release(event)
            case Release(button=Button.RIGHT):
                self._right(top, event)
                return True
            case Wheel():
                return self.send(self.screen.hit(event.at), event) is not None
            case _:
                return False

    def _moved(self, event: Move) -> bool:
        if self._captured is not None:
            self.send(self._captured, event)
            return True
        hit = self.screen.hit(event.at)
        if self.screen.editing is None and (over := _focusable(hit)) is not None:
            self.screen.focus_on(over, reveal=False)
        return self.send(hit, event) is not None

    def _press(self, top: "Page", event: Press) -> None:
        self.screen.hints.hide()
        hit = self.screen.hit(event.at)
        if hit is None:
            if top.dismissable:
                self.screen.guard(top, top.back)
            return
        over = _focusable(hit)
        if over is not self.screen.editing:
            self.screen.editing = None
        if over is not None:
            self.screen.focus_on(over, reveal=False)
        self._captured = self.send(hit, event)
        self.pressed = over if self._captured is None else None
        if self.pressed is not None:
            self.pressed.invalidate()

    def _release(self, event: Release) -> bool:
        if (captured := self._captured) is not None:
            self._captured = None
            self.send(captured, event)
            return True
        pressed, self.pressed = self.pressed, None
        if pressed is None or not pressed.attached:
            return False
        pressed.invalidate()
        if _focusable(self.screen.hit(event.at)) is not pressed:
            return False
        now = self.screen.clock.monotonic_us()
        last, self._clicked = self._clicked, (now, event.at, pressed)
        again = last is not None and last[2] is pressed and now - last[0] <= DOUBLE_CLICK_US and self._near(last[1])
        if again:
            self._clicked = None
            if self.send(pressed, DoubleClick(event.x, event.y)) is not None:
                return True
        self.activate(pressed, By.POINTER, event.at)
        return True

    def _right(self, top: "Page", event: Release) -> None:
        hit = self.screen.hit(event.at)
        if hit is None and top.dismissable:
            self.screen.guard(top, top.back)
            return
        taken = self.send(hit or top, RightClick(event.x, event.y))
        if taken is None and top.shown_on is self.screen:
            self.screen.guard(top, top.back)

    def _near(self, at: tuple[int, int]) -> bool:
        reach = self.screen.theme.px(DOUBLE_CLICK_UNITS)
        return abs(at[0] - self.pointer[0]) <= reach and abs(at[1] - self.pointer[1]) <= reach

    def hide_pointer(self, now_us: int) -> None:
        """Hide the pointer after keys alone were used for a while."""
        if self.pointer_shown and self.by is By.KEY and now_us - self.pointer_us >= POINTER_HIDES_US:
            self.pointer_shown = False

    def hides_us(self) -> int | None:
        """When the pointer will hide."""
        return self.pointer_us + POINTER_HIDES_US if self.pointer_shown and self.by is By.KEY else None


def topmost(widget: "Widget", at: tuple[int, int]) -> "Widget | None":
    """Give the deepest visible widget at a place."""
    if not widget.visible or not widget.rect.collidepoint(at):
        return None
    for child in reversed(widget.children):
        if (found := topmost(child, at)) is not None:
            return found
    return widget


def _focusable(widget: "Widget | None") -> "Widget | None":
    if widget is None:
        return None
    return next((one for one in widget.ancestors() if one.takes_focus), None)
