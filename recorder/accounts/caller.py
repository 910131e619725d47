"""Who calls: through which door, as whom, and what they may do and see."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.errors import NotFound, Refused
from recorder.client.words import _
from recorder.settings.scope import Permission


class Door(StrEnum):
    """The unix sockets of control; which one a call came by says where it was made."""

    OWNER = "control"
    """The command line, as the recorder's own user."""
    SCREEN = "screen"
    """The local screen."""
    WEB = "web"
    """The network, by way of the web process."""

    @property
    def is_local(self) -> bool:
        """Whether one stands at the machine itself."""
        return self is not Door.WEB


class Role(StrEnum):
    """Who somebody is."""

    OWNER = "owner"
    """The recorder's own user at the command line: everything."""
    ADMIN = "admin"
    """The administrator's account: everything."""
    VISITOR = "visitor"
    """Nobody logged in at the local screen: live pictures that stay visible after logout."""


RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.VISITOR: frozenset({Permission.LIVE}),
}


@dataclass(frozen=True)
class Caller:
    """The one on whose behalf a call is answered. `source` is an address, or the door's name."""

    name: str
    role: Role
    door: Door
    source: str
    expires_us: int = 0
    token_hash: str = ""
    hidden: frozenset[int] = frozenset()
    """Channels that this caller must not see."""

    def may(self, permission: Permission) -> bool:
        """Whether something is allowed."""
        return permission in RIGHTS[self.role]

    def need(self, permission: Permission) -> None:
        """Raise `Refused` unless it is allowed."""
        if not self.may(permission):
            raise Refused(what=_("log in with an account that has the right to it"))

    def sees(self, channel: int) -> bool:
        """Whether a channel exists for this caller."""
        return channel not in self.hidden

    def need_channel(self, channel: int) -> None:
        """Raise `NotFound` for a channel that must not be seen: its existence is not told."""
        if not self.sees(channel):
            raise NotFound(what=_("channel {number}").format(number=channel))
