"""All that was set, written to a USB stick, sealed with a password that is chosen for it (D-MNT-11)."""

from gui.dialogs.proved import Proved
from gui.session import Session
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import StickStatus
from recorder.client.answers.configuration import Exported
from recorder.client.strength import SHORTEST
from recorder.client.words import _


class ExportConfiguration(Proved):
    """To one stick."""

    wide = 640.0

    def __init__(self, session: Session, stick: StickStatus) -> None:
        words = _(
            "All that is set here, with all passwords, goes into one file. Only the password of the file opens it."
        )
        super().__init__(session, _("Export to {stick}").format(stick=stick.label), words, _("Export"), name="export")
        self._port = stick.port
        self.file = TextField("", name="file-password", label=_("Password of the file"), secret=True, longest=128)
        self.again = TextField("", name="file-again", label=_("Once more"), secret=True, longest=128)
        self.default_focus = "file-password"

    def rest(self) -> list[Widget]:
        """The password of the file, twice."""
        return [
            Label(_("Password of the file"), Type.SMALL, SECOND),
            self.file,
            Label(_("Once more"), Type.SMALL, SECOND),
            self.again,
        ]

    def check(self) -> str:
        """It must be long enough, and the same twice."""
        if len(self.file.written) < SHORTEST:
            return _("The password needs at least {count} characters.").format(count=SHORTEST)
        return (
            "" if self.file.written == self.again.written else _("The two passwords differ. Write the same one twice.")
        )

    def act(self, password: str) -> Exported:
        """Write it."""
        return self.session.api.export_configuration_to_stick(self._port, self.file.written, password)

    def acted(self, result: Exported) -> None:
        """Say where it is."""
        words = _("{name} is on the stick {stick}. Pull it out when its light is still.")
        self.session.screen.notices.say(words.format(name=result.name, stick=result.stick), Tone.GOOD)
