"""The password of a PoE switch in the network: given here, kept sealed by the hardware service, never shown again."""

from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST = 128


class SwitchLogin(Sheet):
    """A user with its keys, or a community."""

    wide = 640.0

    def __init__(self, rooms: "Rooms", supply: str) -> None:
        words = _(
            "With a user SNMP version 3 is spoken, with a community version 2c, which anybody in its network can read."
        )
        super().__init__(_("Log in at the switch {name}").format(name=supply), words, name="switch-login")
        self.rooms = rooms
        self.supply = supply
        self.default_focus = "user"
        self._fields = {
            "user": self._field("user", _("User (version 3)"), secret=False),
            "auth_key": self._field("auth_key", _("Password (version 3)")),
            "privacy_key": self._field("privacy_key", _("Key of the encryption (version 3)")),
            "community": self._field("community", _("Community (version 2c)")),
        }
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    def _field(self, name: str, label: str, *, secret: bool = True) -> TextField:
        return TextField(name=name, label=label, longest=LONGEST, secret=secret, on_submit=self._go)

    def content(self) -> list[Widget]:
        """The fields."""
        rows: list[Widget] = []
        for field in self._fields.values():
            rows += [Label(field.label, Type.SMALL, SECOND), field]
        return [*rows, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, or log in."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Log in"), self._go, name="go", look=Look.PRIMARY),
        ]

    def _go(self) -> None:
        login = {name: field.written.strip() for name, field in self._fields.items()}
        self.work(lambda: self.rooms.api.log_in_at_switch(self.supply, **login), self._done, self._failed)

    def _done(self, _supply: object) -> None:
        self.screen.notices.say(_("The switch is logged in at with that from now on."), Tone.GOOD)
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on("user")
