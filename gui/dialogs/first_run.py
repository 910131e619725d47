"""The first run: the administrator's password is set on the screen; there is never a default one."""

import logging
from datetime import UTC, tzinfo

from gui.dialogs.new_password import NewPassword
from gui.dialogs.restore import RestoreOffer
from gui.session import Session
from gui.toolkit.notices import Tone
from recorder.client.answers import SetupState, StickStatus
from recorder.client.api import ApiError
from recorder.client.errors import NightjarError
from recorder.client.words import _

log = logging.getLogger(__name__)
ALREADY = "AlreadySetUp"
LOOK_S = 3.0
"""How often is looked for a disk that came."""


class FirstRun(NewPassword):
    """The result is True when the password is set. Live video can be seen without; everything else waits for it."""

    out = _("Later")

    def __init__(self, session: Session, zone: tzinfo = UTC) -> None:
        super().__init__(
            _("Welcome to Nightjar"),
            _("Choose a password for the administrator. It protects settings and recordings; the user is “admin”."),
            _("Set password"),
            name="first-run",
        )
        self.session = session
        self._zone = zone
        self._offered = False
        self.sticks: tuple[StickStatus, ...] = ()
        """Those that were in when the password was set."""

    def opened(self) -> None:
        """See whether a disk has the settings of a recorder."""
        self._look()

    def _look(self) -> None:
        if self.shown_on is not None and not self._offered:
            self.work(self.session.api.setup_state, self._seen, lambda _error: None)
            self.screen.after(LOOK_S, self._look)

    def _seen(self, state: SetupState) -> None:
        if state.backups and not self._offered and not self.password.written and self.screen.navigator.top is self:
            self._offered = True
            self.screen.navigator.push(RestoreOffer(self.session, state.backups, self._zone), then=self._restored)

    def _restored(self, done: object) -> None:
        if done:
            self.close()

    def whose(self) -> str:
        """There is one user yet."""
        return "admin"

    def save(self, password: str) -> None:
        """Set it and log in; see which sticks are in.

        Where a busy recorder set it and answered too late, who writes it once more is let in, with codes made anew.
        """
        try:
            self.session.set_up(password)
        except ApiError as error:
            if error.code != ALREADY:
                raise
            self.session.log_in(self.whose(), password)
            self.session.recovery_codes = self.session.api.new_recovery_codes(password)
        try:
            self.sticks = self.session.api.status().sticks
        except NightjarError as error:
            log.info("which sticks are in is unknown: %s", error)

    def saved(self) -> None:
        """Say who is logged in."""
        self.screen.notices.say(_("The password is set. You are logged in as admin."), Tone.GOOD)
