"""One's own password is changed: by wish, or because somebody else set the one that is (D-ACC-05)."""

from gui.dialogs.new_password import NewPassword
from gui.session import Session
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _


class OwnPassword(NewPassword):
    """The result is True when it is changed. `old` is what was typed at the login just now, which may be nothing."""

    def __init__(self, session: Session, old: str = "", *, needed: bool = False) -> None:
        """`needed`: it must be changed before anything else."""
        words = _("The password that you have is old, or somebody else set it. Choose your own before you go on.")
        super().__init__(_("Your new password"), words if needed else "", _("Change"), name="own-password")
        self.session = session
        self.known = old
        self.old = self.secret_field("old", _("Password until now"), self._to_new)
        self.default_focus = "password" if old else "old"

    def _to_new(self) -> None:
        self.screen.focus_on(self.password)

    def first(self) -> list[Widget]:
        """Ask for the old one, where it was not typed just now."""
        return [] if self.known else [Label(_("Password until now"), Type.SMALL, SECOND), self.old]

    def whose(self) -> str:
        """Who is logged in."""
        return self.session.user

    def check(self) -> str:
        """The old one must be written."""
        return "" if self.known or self.old.written else _("Write the password that you have now, too.")

    def save(self, password: str) -> None:
        """Change it."""
        self.session.api.change_password(self.known or self.old.written, password)

    def saved(self) -> None:
        """Say so."""
        self.screen.notices.say(_("Your password is changed."), Tone.GOOD)
