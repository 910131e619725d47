"""A second factor of one's own: an authenticator scans a code, and logins over the network ask for its digits."""

from gui.dialogs.proved import Proved
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Center
from gui.toolkit.notices import Tone
from gui.toolkit.qr_code import QrCode
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import SecondFactor
from recorder.client.words import _


class BeginSecond(Proved):
    """The password first."""

    def __init__(self, session: Session) -> None:
        words = _(
            "Over the network a login then asks for six digits that your phone shows. An authenticator app of your "
            "choice makes them. Here at the recorder the password is enough."
        )
        super().__init__(session, _("Second factor"), words, _("Go on"), name="begin-second")

    def act(self, password: str) -> SecondFactor:
        """Make the secret."""
        return self.session.api.begin_second_factor(password)

    def acted(self, result: SecondFactor) -> None:
        """Show it."""
        self.session.screen.navigator.push(ScanSecond(self.session, result))


class ScanSecond(Sheet):
    """The code to scan, and its first digits."""

    wide = 620.0

    def __init__(self, session: Session, begun: SecondFactor) -> None:
        words = _("Scan this with an authenticator app, then write the six digits that it shows.")
        super().__init__(_("Second factor"), words, name="scan-second")
        self.session = session
        self.begun = begun
        self.default_focus = "code"
        self.code = TextField("", self._typed, name="code", label=_("Six digits"), longest=6, allowed="0123456789")
        self.code.on_submit = self._confirm
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False
        self.enter = Button(_("Switch on"), self._confirm, name="enter", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """The code, the secret for who cannot scan it, and the field."""
        secret = self.begun.secret
        spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return [
            Center(QrCode(self.begun.rows)),
            Label(spaced, Type.SMALL, TEXT, align=Align.CENTER, lines=2, name="secret"),
            Label(_("Six digits"), Type.SMALL, SECOND),
            self.code,
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, and on."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _typed(self, code: str) -> None:
        if len(code) == self.code.longest:
            self._confirm()

    def _confirm(self) -> None:
        code = self.code.written
        self.enter.enabled = False
        self.once(lambda: self.session.api.confirm_second_factor(code), self._confirmed, self._refused)

    def _confirmed(self, _nothing: object) -> None:
        self.screen.notices.say(_("Logins over the network ask for the second factor now."), Tone.GOOD)
        self.close(True)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.code.set("")
        self.problem.say(words_of(error))
        self.problem.visible = True
        self.screen.focus_on(self.code)


class DropSecond(Proved):
    """The password alone counts again."""

    def __init__(self, session: Session) -> None:
        words = _("Over the network the password alone is asked for then.")
        super().__init__(session, _("Remove the second factor?"), words, _("Remove"), name="drop-second")

    def act(self, password: str) -> None:
        """Remove it."""
        self.session.api.remove_second_factor(password)

    def acted(self, result: object) -> None:
        """Say so."""
        del result
        self.session.screen.notices.say(_("The second factor is removed."), Tone.GOOD)
