"""Who is logged in, and the keys of programs."""

from dataclasses import dataclass, field

from recorder.client.answers.configuration import SetupBackup
from recorder.client.answers.credentials import Reset


@dataclass(frozen=True)
class SetupState:
    """Whether the administrator's password is still to be set, and whether this caller needs the set-up code for it."""

    needs_setup: bool
    code_needed: bool
    development: bool = False
    """It is a development build, which takes updates of anybody who has the development key."""
    backups: tuple[SetupBackup, ...] = ()
    """Before the recorder: the settings of recorders that its disks carry, as long as it is not set up."""


@dataclass(frozen=True)
class Session:
    """A login. `token` is given once, at login; it is empty in later answers."""

    user: str
    role: str
    expires_us: int
    token: str = ""
    must_change: bool = False
    """Nothing is allowed before the user has set a password of his own."""
    may: tuple[str, ...] = ()
    """What is allowed, on one channel at least where it is a channel's; `Channel.may` says on which."""
    resets: tuple[Reset, ...] = ()
    """Passwords that were reset, until the user says that he has seen it."""
    watermark: bool = False
    """The user's name is to be shown over pictures."""
    since_us: int = 0
    """Recordings from before do not exist for this user (UTC)."""
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)
    """Told once, with the first password."""


@dataclass(frozen=True)
class ApiKey:
    """A key for a program: what it may of what its user may, until when. `token` is told once, when it is made."""

    id: str
    user: str
    title: str
    may: tuple[str, ...]
    channels: str | tuple[int, ...]
    """`all`, or their numbers."""
    made_us: int
    ends_us: int
    token: str = ""


@dataclass(frozen=True)
class OnlineUser:
    """A session that is on. `source` is the address, or `screen`."""

    id: str
    user: str
    door: str
    source: str
    since_us: int
    own: bool = False
    """It is the one that asks."""


@dataclass(frozen=True)
class Block:
    """A user who is kept out from an address for so many seconds yet."""

    user: str
    source: str
    """`*`: from the whole network, which only wrong tries do."""
    left_s: int
    tries: bool = False
    """He must wait after wrong tries; else somebody threw him out."""


@dataclass(frozen=True)
class Granted:
    """A grant that was minted."""

    token: str
    expires_us: int


@dataclass(frozen=True)
class DirectoryState:
    """Whether users of the system or a directory are asked about, and whether the helper for it runs."""

    enabled: bool
    helper: bool
    words: str
