"""What is looked at to say how safe the recorder is."""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.client.words import _
from recorder.settings.pages.security_advice import Weakness

LEFT_AS_THEY_CAME = frozenset(
    {
        *(("admin", one) for one in ("", "admin", "admin123", "12345", "123456", "1234", "password", "888888")),
        *(("root", one) for one in ("", "root", "pass", "admin", "12345")),
        *((one, one) for one in ("user", "service", "supervisor", "888888", "666666", "ubnt", "viewer", "guest")),
    }
)
"""User and password as makers of cameras used to deliver them."""


@dataclass(frozen=True)
class Account:
    """A user who may log in, and of whom the recorder keeps a password."""

    name: str
    second_factor: bool
    weak: bool
    must_change: bool


@dataclass(frozen=True)
class CameraSeen:
    """A camera as its channel's page describes it."""

    number: int
    name: str
    encrypted: bool
    own_port: bool
    """It hangs at the recorder's own port: nobody else is on the way."""
    user: str
    as_it_came: bool


@dataclass(frozen=True)
class Listening:
    """A port at which connections from other machines are taken."""

    process: str
    """"" where it is none of ours."""
    port: int
    encrypted: bool

    @property
    def words(self) -> str:
        """What it is, as far as that is known."""
        if not self.process:
            return _("port {port}").format(port=self.port)
        return _("{process} at port {port}").format(process=self.process, port=self.port)


@dataclass(frozen=True)
class OpenWay:
    """Something that leaves the recorder in clear, and the page where that is set."""

    page: str
    words: str
    item: str = ""


@dataclass(frozen=True)
class Known:
    """What is looked at."""

    time_us: int
    own: str
    """Who asks."""
    accounts: Sequence[Account]
    weak_rtsp: Sequence[str]
    """Users of the RTSP server whose passwords are easy to guess."""
    waiting: Sequence[str]
    """Who must wait or is kept out, in words."""
    online: int
    logins: Sequence[str]
    """The last logins, in words."""
    refused: int
    """Within a day."""
    tries: int
    listening: Sequence[Listening]
    cameras: Sequence[CameraSeen]
    ways: Sequence[OpenWay]
    pools: Sequence[tuple[str, str]]
    """Item and name of those that are not encrypted."""
    all_pools: int
    idle_min: int
    visible: int
    """Cameras that are seen at the screen while nobody is logged in."""
    accepted: frozenset[Weakness]
