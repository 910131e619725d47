"""Who are you: asked when a page is opened that not everybody may see."""

from gui.dialogs.own_password import OwnPassword
from gui.dialogs.pattern_pad import PatternPad
from gui.dialogs.recover import forgotten
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Center, Spacer
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

PIN_DIGITS = 6


class Login(Sheet):
    """User and password, or what he draws or types in its place (D-RULE-27). The result is True after a login."""

    wide = 520.0

    def __init__(self, session: Session, words: str = "") -> None:
        """`words` say why it is asked, where that is not plain."""
        super().__init__(_("Log in"), words, name="login")
        self.session = session
        self.kind = ""
        """What the user has set for the screen: `pattern`, `pin`, or nothing."""
        self.way = ""
        """What is asked for now: that, or "" for the password."""
        self.default_focus = "password"
        self._asked = ""
        self._fields()

    def _fields(self) -> None:
        user = self.user.written if hasattr(self, "user") else self.session.last_user
        self.user = TextField(user, name="user", label=_("User"), longest=64, on_submit=self._next)
        self.password = TextField(
            "", name="password", label=_("Password"), secret=True, longest=128, on_submit=self._log_in
        )
        self.pin = TextField(
            "", self._typed, name="pin", label=_("PIN"), secret=True, longest=PIN_DIGITS, allowed="0123456789"
        )
        self.pattern = PatternPad(self._drawn)
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("Log in"), self._log_in, name="log-in", look=Look.PRIMARY)

    def opened(self) -> None:
        """See what the user has set for the screen."""
        self._ask_kind()

    def _ask_kind(self) -> None:
        user = self.user.written.strip()
        if user and user != self._asked:
            self._asked = user
            self.work(lambda: self.session.screen_lock(user), self._show_kind, lambda _error: None)

    def _show_kind(self, kind: str) -> None:
        self.kind = kind
        # Who is typing his password already goes on with it.
        if not self.password.written and kind != self.way:
            self._go_to(kind)

    def _go_to(self, way: str) -> None:
        self.way = way
        self._fields()
        self.default_focus = way or "password"
        self.rebuild()
        self.screen.focus_on(self.default_focus)

    def content(self) -> list[Widget]:
        """User, and what is asked of him."""
        asked: list[Widget]
        match self.way:
            case "pattern":
                words = _("Draw your pattern. By keys: digits 1 to 9 or arrows and OK, then OK once more.")
                asked = [Label(words, Type.SMALL, SECOND, lines=2), Center(self.pattern)]
            case "pin":
                asked = [Label(_("PIN"), Type.SMALL, SECOND), self.pin]
            case _:
                asked = [Label(_("Password"), Type.SMALL, SECOND), self.password]
        return [Label(_("User"), Type.SMALL, SECOND), self.user, *asked, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, another way, and in."""
        forgotten_it = Button(_("Forgotten?"), self._forgotten, name="forgotten", look=Look.QUIET)
        found: list[Widget] = [forgotten_it, Spacer()]
        if self.way:
            found.append(Button(_("Password"), lambda: self._go_to(""), name="by-password"))
        elif self.kind:
            words = _("Pattern") if self.kind == "pattern" else _("PIN")
            found.append(Button(words, lambda: self._go_to(self.kind), name="by-lock"))
        return [*found, Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _next(self) -> None:
        self._ask_kind()
        self.screen.focus_on(self.way or "password")

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = bool(words)

    def _forgotten(self) -> None:
        forgotten(self, self.session, self.user.written.strip())

    def _typed(self, pin: str) -> None:
        if len(pin) == PIN_DIGITS:
            self._drawn(pin)

    def _drawn(self, secret: str) -> None:
        user = self.user.written.strip()
        if not user:
            self._say(_("Enter the user."))
            return
        self._begin()
        self.work(lambda: self.session.log_in_at_screen(user, secret), lambda _done: self._entered(""), self._wrong)

    def _wrong(self, error: Exception) -> None:
        self.enter.enabled = True
        self._say(words_of(error))
        self.pin.set("")
        self.pin.mark(True)
        self.pattern.clear(wrong=True)

    def _begin(self) -> None:
        self._say("")
        self.enter.enabled = False

    def _log_in(self) -> None:
        if self.way == "pattern":
            self._say(_("Draw your pattern, or log in with the password."))
            self.screen.focus_on(self.pattern)
            return
        if self.way == "pin":
            self._say(_("The PIN has six digits."))
            self.screen.focus_on(self.pin)
            return
        user, password = self.user.written.strip(), self.password.written
        if not user or not password:
            self._say(_("Enter user and password."))
            self.screen.focus_on(self.password if user else self.user)
            return
        self._begin()
        self.work(lambda: self.session.log_in(user, password), lambda _done: self._entered(password), self._refused)

    def _entered(self, password: str) -> None:
        if not self.session.must_change:
            self.close(True)
            return
        self.screen.navigator.push(OwnPassword(self.session, password, needed=True), then=self._changed)

    def _changed(self, changed: object) -> None:
        self.session.must_change = False
        if not changed:
            self.session.log_out()
        self.close(bool(changed))

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.password.set("")
        self.password.mark(True)
        self._say(words_of(error))
        self.screen.focus_on(self.password)
