"""A PoE switch in the network: added, or logged in at anew; its password is kept sealed, and never shown again."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.errors import NightjarError
from recorder.client.numbers import numbers
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST = 128


class BadPorts(NightjarError):
    """Ports were written so that nobody can read them."""

    status = 422
    words = _("{why}")


class SwitchSheet(Sheet):
    """A user with its keys, or a community; what else is asked stands before them."""

    wide = 640.0
    do = ""
    """What its button says."""

    def __init__(self, rooms: "Rooms", title: str, name: str) -> None:
        words = _(
            "With a user SNMP version 3 is spoken, with a community version 2c, which anybody in its network can read."
        )
        super().__init__(title, words, name=name)
        self.rooms = rooms
        self._fields = self.before() | {
            "user": self._field("user", _("User (version 3)"), secret=False),
            "auth_key": self._field("auth_key", _("Password (version 3)")),
            "privacy_key": self._field("privacy_key", _("Key of the encryption (version 3)")),
            "community": self._field("community", _("Community (version 2c)")),
        }
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    def before(self) -> dict[str, TextField]:
        """Give the fields that stand before the login."""
        return {}

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
            Button(self.do, self._go, name="go", look=Look.PRIMARY),
        ]

    @abstractmethod
    def act(self, written: dict[str, str]) -> str:
        """Do it with what was written, and say what was done; runs on a worker."""

    def _go(self) -> None:
        written = {name: field.written.strip() for name, field in self._fields.items()}
        self.work(lambda: self.act(written), self._done, self._failed)

    def _done(self, words: str) -> None:
        self.screen.notices.say(words, Tone.GOOD)
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on(self.default_focus)


class SwitchLogin(SwitchSheet):
    """Another login for a switch that is known."""

    do = _("Log in")
    default_focus = "user"

    def __init__(self, rooms: "Rooms", supply: str) -> None:
        super().__init__(rooms, _("Log in at the switch {name}").format(name=supply), "switch-login")
        self.supply = supply

    def act(self, written: dict[str, str]) -> str:
        """Hand it over."""
        self.rooms.api.log_in_at_switch(self.supply, **written)
        return _("The switch is logged in at with that from now on.")


class NewSwitch(SwitchSheet):
    """A switch that is not known yet: its name, address and ports beside the login."""

    do = _("Add")
    default_focus = "name"

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, _("Add a switch that powers cameras"), "new-switch")

    def before(self) -> dict[str, TextField]:
        """Name, address, ports."""
        return {
            "name": self._field("name", _("Name, such as SHOP"), secret=False),
            "host": self._field("host", _("Address in the network"), secret=False),
            "ports": self._field(
                "ports", _("Ports for cameras, such as 1-8, 12 (empty: all that give power)"), secret=False
            ),
        }

    def act(self, written: dict[str, str]) -> str:
        """Have it asked for its ports, which it must answer now."""
        try:
            ports = numbers(written.pop("ports"))
        except ValueError as error:
            raise BadPorts(why=error) from None
        found = self.rooms.api.add_switch(**written, ports=ports)
        count = len(next(one.ports for one in found if one.name == written["name"]))
        return _("The switch answers. {count} ports of it are here now.").format(count=count)
