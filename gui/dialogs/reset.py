"""A factory reset: how much goes is said, and the administrator's password asked for (D-MNT-12, D-MNT-13)."""

from typing import Any

from gui.dialogs.proved import Proved
from gui.session import Session
from gui.toolkit.button import Look
from gui.toolkit.notices import Tone
from recorder.client.answers.configuration import Extent
from recorder.client.words import _

TITLES = {
    Extent.SETTINGS: _("Reset settings"),
    Extent.USERS: _("Reset settings and users"),
    Extent.EVERYTHING: _("Reset everything but recordings"),
}
GOES = {
    Extent.SETTINGS: _("Cameras, schedules, rules and all other settings go; users and network stay."),
    Extent.USERS: _("All settings and all users go; the recorder is set up anew."),
    Extent.EVERYTHING: _(
        "Settings, users, keys, events, the log and exports kept here go; the recorder starts anew and is set up anew. "
        "Encrypted pools are read with their recovery keys alone then: write them down first."
    ),
}


class ResetSheet(Proved):
    """One extent."""

    wide = 640.0

    def __init__(self, session: Session, extent: Extent) -> None:
        words = _("{goes} Recordings stay on their disks.").format(goes=GOES[extent])
        super().__init__(session, _("{title}?").format(title=TITLES[extent]), words, _("Reset"), name="reset")
        self._extent = extent
        self.enter.look = Look.DANGER

    def act(self, password: str) -> None:
        """Reset."""
        self.session.api.reset(self._extent, password)

    def acted(self, result: Any) -> None:
        """Say so; who was logged in is not any more, or soon is not."""
        del result
        self.session.screen.notices.say(_("It is reset. The recorder starts anew."), Tone.GOOD)
        self.session.log_out()
        self.session.screen.navigator.home()
