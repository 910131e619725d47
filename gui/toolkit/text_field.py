"""A line of text to write into, by a keyboard, or by the one on the screen."""

from collections.abc import Callable

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.event import Activate, Event, Key
from gui.toolkit.theme import Type
from gui.toolkit.widget import Size, Widget

DOT = "•"
LONGEST = 1000


class TextField(Widget):
    """One line of text. Typing works as soon as it has the focus; ok or a click opens the on-screen keyboard.

    `on_change(text)` after every change, `on_submit()` on ok (a keyboard's return) of who types; without one, that
    leads on to the next field, or to the page's main button. `secret` shows dots. `allowed` keeps out characters;
    `problem` marks it as wrong (the words stand beside it, by the form).
    """

    def __init__(
        self,
        value: str = "",
        on_change: Callable[[str], object] | None = None,
        *,
        name: str = "",
        placeholder: str = "",
        secret: bool = False,
        longest: int = LONGEST,
        allowed: str = "",
        grow: float = 0,
        width: float | None = None,
        label: str = "",
        on_submit: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(name=name, focusable=True, grow=grow, width=width, height=t.CONTROL)
        self._value = value[:longest]
        self.on_change = on_change
        self.on_submit = on_submit
        self.placeholder = placeholder
        self.secret = secret
        self.longest = longest
        self.allowed = allowed
        self.label = label
        self.problem = False
        self.caret = len(self._value)

    @property
    def text(self) -> str:
        """What shows: dots for a secret, the placeholder when empty."""
        if self._value:
            return DOT * len(self._value) if self.secret else self._value
        return self.placeholder

    @property
    def value(self) -> str | None:
        """What was written; nothing of a secret."""
        return None if self.secret else self._value

    @property
    def written(self) -> str:
        """What was written, secrets too: for the code that sends it."""
        return self._value

    def set(self, value: str) -> None:
        """Replace what is written, without telling."""
        value = value[: self.longest]
        if value != self._value:
            self._value = value
            self.caret = len(value)
            self.invalidate()

    def mark(self, problem: bool) -> None:  # noqa: FBT001
        """Show it as wrong, or as right again."""
        if problem != self.problem:
            self.problem = problem
            self.invalidate()

    def write(self, text: str) -> None:
        """Put text in at the caret and tell."""
        kept = "".join(one for one in text if one.isprintable() and (not self.allowed or one in self.allowed))
        kept = kept[: self.longest - len(self._value)]
        if kept:
            self._edit(self._value[: self.caret] + kept + self._value[self.caret :], self.caret + len(kept))

    def erase(self) -> None:
        """Take away the character before the caret and tell."""
        if self.caret:
            self._edit(self._value[: self.caret - 1] + self._value[self.caret :], self.caret - 1)

    def empty(self) -> None:
        """Take everything away and tell (D-INP-10)."""
        if self._value:
            self._edit("", 0)

    def move_caret(self, to: int) -> None:
        """Move the place where text goes."""
        to = min(max(0, to), len(self._value))
        if to != self.caret:
            self.caret = to
            self.invalidate()

    def _edit(self, value: str, caret: int) -> None:
        self._value, self.caret, self.problem = value, caret, False
        if self.focused:
            self.screen.editing = self
            self.screen.typing = True
        self.invalidate()
        if self.on_change is not None:
            self.on_change(value)

    def lost_focus(self) -> None:
        """The caret goes to the end for the next time."""
        self.caret = len(self._value)

    def measure(self, width: int, height: int) -> Size:
        """Some width, one line."""
        return min(width, self.px(280)) if width else self.px(280), self.px(t.CONTROL)

    def handle(self, event: Event) -> bool:
        """Type, move the caret, open the keyboard."""
        if not self.enabled:
            return False
        if isinstance(event, Activate):
            self.open_keyboard()
            return True
        return isinstance(event, Key) and self._key(event)

    def open_keyboard(self) -> None:
        """Show the keyboard on the screen, writing into this field."""
        from gui.dialogs.keyboard import Keyboard

        self.screen.navigator.push(Keyboard(self))

    def _key(self, event: Key) -> bool:
        if event.ctrl:
            return False
        match event.name:
            case "backspace" | "fn":
                self.erase()
                return True
            case "fn_long":
                self.empty()
                return True
            case "delete":
                if self.caret < len(self._value):
                    self._edit(self._value[: self.caret] + self._value[self.caret + 1 :], self.caret)
                return True
            # While text is edited the arrows belong to the caret; at its ends they move the focus again.
            case "left" if self.screen.editing is self and self.caret > 0:
                self.move_caret(self.caret - 1)
                return True
            case "right" if self.screen.editing is self and self.caret < len(self._value):
                self.move_caret(self.caret + 1)
                return True
            case "home" | "end":
                self.move_caret(0 if event.name == "home" else len(self._value))
                return True
            # Who types is not offered the keyboard on the screen, also where what was refused brought the focus back.
            case "ok" if self.screen.typing:
                (self.on_submit or self._go_on)()
                return True
            case _:
                if event.text:
                    self.write(event.text)
                    return True
                return False

    def _go_on(self) -> None:
        every = self.screen.focusables()
        later = every[every.index(self) + 1 :] if self in every else []
        fields = (one for one in later if isinstance(one, TextField))
        deeds = (one for one in later if isinstance(one, Button) and one.look is Look.PRIMARY)
        self.screen.focus_on(next(fields, None) or next(deeds, None))

    def draw(self, surface: Surface) -> None:
        """Draw the field, its text and the caret."""
        screen, rect = self.screen, self.rect
        paint, kind = screen.paint, screen.type
        paint.fill(surface, rect, t.FIELD if self.enabled else t.SURFACE, t.RADIUS)
        border = t.DANGER if self.problem else t.EDGE if self.enabled else t.LINE
        paint.outline(surface, rect, border, t.RADIUS, 1.5 if self.problem else 1)
        inner = rect.inflate(-2 * self.px(14), 0)
        if not self._value:
            kind.draw(surface, self.placeholder, inner, Type.BODY, t.FAINT)
            self._draw_caret(surface, inner.x)
            return
        shown = self.text
        ink = t.TEXT if self.enabled else t.DISABLED
        if not self.focused:
            kind.draw(surface, shown, inner, Type.BODY, ink)
            return
        # With the focus the end that is written is what must be seen.
        before = kind.width(shown[: self.caret], Type.BODY)
        off = max(0, before - inner.width + self.px(2))
        clip = surface.get_clip()
        surface.set_clip(clip.clip(inner))
        picture = kind.picture(shown, Type.BODY, ink)
        surface.blit(picture, (inner.x - off, inner.centery - picture.get_height() // 2))
        surface.set_clip(clip)
        self._draw_caret(surface, inner.x + before - off)

    def _draw_caret(self, surface: Surface, x: int) -> None:
        if self.focused and self.enabled:
            high = self.px(22)
            surface.fill(t.ACCENT, Rect(x, self.rect.centery - high // 2, self.px(1.5), high))
