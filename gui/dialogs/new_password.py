"""A new password is written twice, with a meter that says how hard it is to guess."""

from abc import abstractmethod

from pygame import Rect, Surface

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Row
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, GOOD, LINE, SECOND, WARNING, Colour, Type
from gui.toolkit.toggle import Check
from gui.toolkit.widget import Size, Widget
from recorder.client.strength import LONGEST, SHORTEST, WORDS, Strength, strength
from recorder.client.words import _

COLOURS: dict[Strength, Colour] = {
    Strength.TOO_SHORT: DANGER,
    Strength.WEAK: DANGER,
    Strength.FAIR: WARNING,
    Strength.STRONG: GOOD,
}


class Meter(Widget):
    """Three bars that fill as the password gets better."""

    def __init__(self) -> None:
        super().__init__(name="meter", width=120, height=6)
        self.strength: Strength | None = None

    def show(self, found: Strength | None) -> None:
        """Show another strength; None before anything is written."""
        if found != self.strength:
            self.strength = found
            self.invalidate()

    def measure(self, width: int, height: int) -> Size:
        """A line."""
        return width, height

    def draw(self, surface: Surface) -> None:
        """Draw the bars."""
        gap = self.px(4)
        each = (self.rect.width - 2 * gap) // 3
        for bar in range(3):
            lit = self.strength is not None and bar < self.strength
            colour = COLOURS[self.strength] if lit and self.strength is not None else LINE
            place = Rect(self.rect.x + bar * (each + gap), self.rect.y, each, self.rect.height)
            self.screen.paint.fill(surface, place, colour, 3)


class NewPassword(Sheet):
    """Two fields that must agree. Override `first` for what is asked before them, `save` for what is done."""

    wide = 560.0
    out = _("Cancel")

    def __init__(self, title: str, words: str, do: str, *, name: str) -> None:
        super().__init__(title, words, name=name)
        self.default_focus = "password"
        self.password = self.secret_field("password", _("Password"), self._next)
        self.again = self.secret_field("again", _("Password again"), self._set)
        self.meter = Meter()
        self.hint = Label(WORDS[Strength.TOO_SHORT], Type.SMALL, SECOND, name="hint", grow=1)
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(do, self._set, name="set-password", look=Look.PRIMARY)

    def secret_field(self, name: str, label: str, submit: "object") -> TextField:
        """Make a field whose text is not shown."""
        return TextField(
            "",
            self._written,
            name=name,
            label=label,
            secret=True,
            longest=LONGEST,
            on_submit=submit if callable(submit) else None,
        )

    def first(self) -> list[Widget]:
        """What is asked before the password."""
        return []

    def check(self) -> str:
        """What is wrong with what was asked before the password; "" where nothing is."""
        return ""

    def whose(self) -> str:
        """The name of the user, as far as it is known: it makes no good password."""
        return ""

    @abstractmethod
    def save(self, password: str) -> None:
        """Set the password, on a worker; raises `NightjarError`."""

    @abstractmethod
    def saved(self) -> None:
        """Say that it is set."""

    def content(self) -> list[Widget]:
        """Fields, meter, and a way to see what is written."""
        return [
            *self.first(),
            Label(_("Password"), Type.SMALL, SECOND),
            self.password,
            Row([self.meter, self.hint], gap=12),
            Label(_("Password again"), Type.SMALL, SECOND),
            self.again,
            Check(_("Show the password"), on_change=self._show, name="show", flush=True),
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, and the deed."""
        return [Button(self.out, self.close, name="later"), self.enter]

    def _show(self, shown: bool) -> None:  # noqa: FBT001
        for field in (self.password, self.again):
            field.secret = not shown
            field.invalidate()

    def _written(self, _text: str) -> None:
        password = self.password.written
        found = strength(password, self.whose()) if password else None
        self.meter.show(found)
        shown = found if found is not None else Strength.TOO_SHORT
        self.hint.say(WORDS[shown], SECOND if found is None else COLOURS[shown])

    def _next(self) -> None:
        self.screen.focus_on(self.again)

    def say(self, words: str, field: TextField) -> None:
        """Say what is wrong at a field."""
        self.problem.say(words)
        self.problem.visible = True
        field.mark(True)
        self.screen.focus_on(field)

    def _set(self) -> None:
        password = self.password.written
        if self.check():
            self.problem.say(self.check())
            self.problem.visible = True
        elif len(password) < SHORTEST:
            self.say(_("The password needs at least {count} characters.").format(count=SHORTEST), self.password)
        elif password != self.again.written:
            self.say(_("The two passwords differ. Write the same one twice."), self.again)
        else:
            self.problem.visible = False
            self.enter.enabled = False
            self.once(lambda: self.save(password), self._done, self._refused)

    def _done(self, _nothing: object) -> None:
        self.saved()
        self.close(True)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.say(words_of(error), self.password)
