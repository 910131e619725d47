"""The first run: the administrator's password is set on the screen; there is never a default one."""

from gui.dialogs.new_password import NewPassword
from gui.session import Session
from gui.toolkit.notices import Tone
from recorder.client.words import _


class FirstRun(NewPassword):
    """The result is True when the password is set. Live video can be seen without; everything else waits for it."""

    out = _("Later")

    def __init__(self, session: Session) -> None:
        super().__init__(
            _("Welcome to Nightjar"),
            _("Choose a password for the administrator. It protects settings and recordings; the user is “admin”."),
            _("Set password"),
            name="first-run",
        )
        self.session = session

    def whose(self) -> str:
        """There is one user yet."""
        return "admin"

    def save(self, password: str) -> None:
        """Set it and log in."""
        self.session.set_up(password)

    def saved(self) -> None:
        """Say who is logged in."""
        self.screen.notices.say(_("The password is set. You are logged in as admin."), Tone.GOOD)
