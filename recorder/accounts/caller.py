"""Who calls: through which door, as whom, and what they may do and see."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.errors import NotFound, Refused
from recorder.client.words import _
from recorder.settings.rights import EVERY, NONE, Rights
from recorder.settings.scope import PER_CHANNEL, Permission


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
    """A user who may all."""
    USER = "user"
    """Any other user."""
    VISITOR = "visitor"
    """Nobody logged in at the local screen: live pictures that stay visible after logout."""


@dataclass(frozen=True)
class Caller:
    """The one on whose behalf a call is answered. `source` is an address, or the door's name.

    All rights are asked for here (A1): of the recorder with `need`, of channels with `need_on`.
    """

    name: str
    role: Role
    door: Door
    source: str
    rights: Rights = NONE
    expires_us: int = 0
    token_hash: str = ""
    oldest_us: int = 0
    """Recordings from before do not exist for this caller (UTC)."""
    key: str = ""
    """The id of the key that a program called with."""
    must_change: bool = False
    """A password of one's own comes before anything else."""

    def may(self, permission: Permission) -> bool:
        """Whether something is allowed, on one channel at least where it is a channel's."""
        return self.rights.allow(permission)

    def may_on(self, permission: Permission, channel: int) -> bool:
        """Whether something is allowed on a channel."""
        return channel in self.rights.on(permission)

    def need(self, permission: Permission) -> None:
        """Raise `Refused` unless it is allowed."""
        if not self.may(permission):
            raise _refused()

    def need_on(self, permission: Permission, *channels: int) -> None:
        """Raise `Refused` unless it is allowed on these channels, `NotFound` for one that must not be seen."""
        for channel in channels:
            self.need_channel(channel)
        if permission in PER_CHANNEL and not self.rights.on(permission).issuperset(channels):
            raise _refused()
        self.need(permission)

    def sees(self, channel: int) -> bool:
        """Whether a channel exists for this caller."""
        return channel in self.rights.known

    @property
    def administers(self) -> bool:
        """Whether it is somebody who may all: the owner, or the administrator himself and not a program of his."""
        return self.role is Role.OWNER or (self.role is Role.ADMIN and not self.key)

    def may_see_of(self, user: str) -> bool:
        """Whether what a user does for himself, such as an export, is this caller's to see and to end."""
        return self.administers or self.name == user

    @property
    def sees_all(self) -> bool:
        """Whether no channel is kept from this caller, not even one to come."""
        return self.rights.known == EVERY

    def since(self, start_us: int) -> int:
        """Give where a stretch begins for this caller (A10)."""
        return max(start_us, self.oldest_us)

    def need_moment(self, at_us: int) -> None:
        """Raise `NotFound` for a moment of which no recordings exist for this caller."""
        if at_us < self.oldest_us:
            raise NotFound(what=_("recording of this time"))

    @property
    def hidden(self) -> frozenset[int]:
        """The channels that do not exist for this caller."""
        return EVERY - self.rights.known

    def need_channel(self, channel: int) -> None:
        """Raise `NotFound` for a channel that must not be seen: its existence is not told."""
        if not self.sees(channel):
            raise NotFound(what=_("channel {number}").format(number=channel))


def visitor(door: Door, source: str, shown: frozenset[int] = frozenset()) -> Caller:
    """Give who is not logged in: live pictures of the channels that stay visible."""
    return Caller("", Role.VISITOR, door, source, Rights(channels={Permission.LIVE: shown}))


def _refused() -> Refused:
    return Refused(what=_("log in with an account that has the right to it"))
