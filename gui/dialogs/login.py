"""Who are you: asked when a page is opened that not everybody may see."""

from gui.dialogs.own_password import OwnPassword
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _


class Login(Sheet):
    """User and password. The result is True after a login."""

    wide = 480.0

    def __init__(self, session: Session, words: str = "") -> None:
        """`words` say why it is asked, where that is not plain."""
        super().__init__(_("Log in"), words, name="login")
        self.session = session
        self.default_focus = "password"
        self.user = TextField(session.last_user, name="user", label=_("User"), longest=64, on_submit=self._next)
        self.password = TextField(
            "", name="password", label=_("Password"), secret=True, longest=128, on_submit=self._log_in
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("Log in"), self._log_in, name="log-in", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """The two fields."""
        return [
            Label(_("User"), Type.SMALL, SECOND),
            self.user,
            Label(_("Password"), Type.SMALL, SECOND),
            self.password,
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, and in."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _next(self) -> None:
        self.screen.focus_on(self.password)

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = bool(words)

    def _log_in(self) -> None:
        user, password = self.user.written.strip(), self.password.written
        if not user or not password:
            self._say(_("Enter user and password."))
            self.screen.focus_on(self.password if user else self.user)
            return
        self._say("")
        self.enter.enabled = False
        self.work(lambda: self.session.log_in(user, password), lambda _done: self._entered(password), self._refused)

    def _entered(self, password: str) -> None:
        if not self.session.must_change:
            self.close(True)
            return
        self.screen.navigator.push(OwnPassword(self.session, password), then=self._changed)

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
