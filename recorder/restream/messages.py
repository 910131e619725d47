"""What control and the RTSP server tell each other on `rtsp.sock`."""

from dataclasses import dataclass

from recorder.client.stream import StreamName
from recorder.rtsp.digest_login import DigestLogin

SOCKET = "rtsp"


@dataclass(frozen=True)
class Serve:
    """control: serve so. A port that is 0 is not listened at; `clients` is how many streams may run at once."""

    port: int = 0
    tls_port: int = 0
    clients: int = 0
    op: str = "serve"

    @property
    def wanted(self) -> bool:
        """Whether anything is to be served."""
        return bool(self.port or self.tls_port)


@dataclass(frozen=True)
class Served:
    """server: these ports are listened at; `problem` says in words why one is not, and is empty where all are."""

    port: int = 0
    tls_port: int = 0
    problem: str = ""
    op: str = "served"


@dataclass(frozen=True)
class LogIn:
    """server: somebody came from an address (`source`) with this login."""

    id: int
    source: str
    login: DigestLogin
    op: str = "log_in"


@dataclass(frozen=True)
class LetIn:
    """control: he is let in, and known by this ticket from now on."""

    id: int
    ticket: str
    op: str = "let_in"


@dataclass(frozen=True)
class Fetch:
    """server: who has this ticket wants a live stream; `begins` when it is set up, not when it only goes on."""

    id: int
    ticket: str
    channel: int
    stream: StreamName
    begins: bool = False
    op: str = "fetch"


@dataclass(frozen=True)
class Fetched:
    """control: he may, under this grant, with sound or without. `ticket` is his next one, `title` names the channel."""

    id: int
    grant: str
    ticket: str
    title: str
    audio: bool
    expires_us: int
    op: str = "fetched"
