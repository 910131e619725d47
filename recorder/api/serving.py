"""Serving the app on control's three unix sockets: the socket says who calls, the kernel says whose process it is."""

import asyncio
import logging
import os
import socket
import struct
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from recorder.accounts.caller import Door
from recorder.client.instance import file_mode
from recorder.sockets.http_server import HttpServer
from recorder.sockets.trust import user

log = logging.getLogger(__name__)

_PEERCRED = struct.Struct("iII")
STOP_S = 2
ROOT_UID = 0
ENTER = {Door.OWNER: frozenset[str](), Door.SCREEN: frozenset({"nightjar-gui"}), Door.WEB: frozenset({"nightjar-web"})}
"""Who comes by a door besides our own user and root, by the users of the target."""


def _trusted(transport: asyncio.BaseTransport) -> bool:
    """Whether the peer is one of those who come by this door (SO_PEERCRED, unix(7))."""
    sock = transport.get_extra_info("socket")
    _pid, uid, _gid = _PEERCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size))
    return uid in {os.geteuid(), ROOT_UID} or user(uid) in ENTER[Door(door_of(transport))]


class DoorHttp(H11Protocol):
    """HTTP on a unix socket; `scope["server"][0]` is the name of the door."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a caller in, or hang up on a stranger."""
        super().connection_made(transport)  # pyright: ignore[reportArgumentType]
        self.server = (door_of(transport), None)
        if not _trusted(transport):
            log.warning("A process of another user called at the %s door and was turned away.", self.server[0])
            self.transport.abort()


class DoorWebSocket(WebSocketsSansIOProtocol):
    """WebSocket on a unix socket, behind `DoorHttp`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a connection that `DoorHttp` has let in."""
        super().connection_made(transport)
        self.server = (door_of(transport), None)


def door_of(transport: asyncio.BaseTransport) -> str:
    """The door that a connection came by, from the name its socket was bound to: `.control`, `.screen`, `.web`."""
    bound = transport.get_extra_info("socket").getsockname()
    return Path(bound).name.removeprefix(".")


def listen(paths: dict[Door, Path]) -> list[socket.socket]:
    """Open the sockets, in place of those that a dead process left behind."""
    found: list[socket.socket] = []
    for door, path in paths.items():
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Bound under another name and moved into place: nobody ever finds a socket that nobody listens on.
        fresh = path.with_name(f".{door.value}")
        fresh.unlink(missing_ok=True)
        sock.bind(str(fresh))
        # The owner's door is for our own user and root, whom no mode keeps out.
        fresh.chmod(0o600 if door is Door.OWNER else file_mode(fresh.parent, writing=True))
        sock.listen(128)
        fresh.replace(path)
        sock.setblocking(False)
        found.append(sock)
    return found


class Serving(HttpServer):
    """The server of the API, from `start` to `stop`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            app,
            stop_s=STOP_S,
            http=DoorHttp,
            ws=DoorWebSocket,
            date_header=False,
            h11_max_incomplete_event_size=65536,
            timeout_keep_alive=30,
            backlog=128,
        )
