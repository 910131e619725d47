"""A PoE switch in the network: added, or logged in at anew; its password is kept sealed, and never shown again."""

from typing import TYPE_CHECKING

from gui.pages.written_sheet import WrittenSheet
from gui.toolkit.text_field import TextField
from recorder.client.errors import NightjarError
from recorder.client.numbers import numbers
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms


class BadPorts(NightjarError):
    """Ports were written so that nobody can read them."""

    status = 422
    words = _("{why}")


class SwitchSheet(WrittenSheet):
    """A user with its keys, or a community; what else is asked stands before them."""

    def __init__(self, rooms: "Rooms", title: str, name: str) -> None:
        words = _(
            "With a user SNMP version 3 is spoken, with a community version 2c, which anybody in its network can read."
        )
        super().__init__(rooms, title, words, name)

    def fields(self) -> dict[str, TextField]:
        """What stands before the login, and the login."""
        return self.before() | {
            "user": self.field("user", _("User (version 3)")),
            "auth_key": self.field("auth_key", _("Password (version 3)"), secret=True),
            "privacy_key": self.field("privacy_key", _("Key of the encryption (version 3)"), secret=True),
            "community": self.field("community", _("Community (version 2c)"), secret=True),
        }

    def before(self) -> dict[str, TextField]:
        """Give the fields that stand before the login."""
        return {}


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
            "name": self.field("name", _("Name, such as SHOP")),
            "host": self.field("host", _("Address in the network")),
            "ports": self.field("ports", _("Ports for cameras, such as 1-8, 12 (empty: all that give power)")),
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
