"""The socket of a hardware service: requests in JSON lines, each peer known to the kernel, slow readers dropped.

A request carries `op` and an `id` that its answers repeat; `{"op": "error", "id", "words"}` says what cannot be done.
"""

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from hal.access import Peer, peer_of
from hal.client.service_manager import ServiceManager
from hal.errors import UNREADABLE, BadRequest, HalError

LONGEST_LINE = 65536
MOST_PUSHED = 1 << 20
"""Bytes that may wait for one client; one that reads slower is dropped, never waited for."""
MOST_AT_ONCE = 64
"""Requests of one client that may be under way."""
MOST_CLIENTS = 64
"""Connections of one user, on a laptop of all our processes. Each may cost `LONGEST_LINE` twice and `MOST_PUSHED`, and
whoever opened more and more would leave no descriptor and no memory for the others."""
LOOK_S = 0.5
"""How often a service looks around (`Server.look`)."""
log = logging.getLogger("hal")


class Numbered(Protocol):
    """A request that its answers are told by."""

    @property
    def id(self) -> int:
        """Chosen by the client."""
        ...


Request = TypeVar("Request", bound=Numbered)


class Client:
    """One connection."""

    def __init__(self, peer: Peer, writer: asyncio.StreamWriter) -> None:
        self.peer = peer
        self.writer = writer
        self.watches = False
        self.under_way: dict[int, asyncio.Task[None]] = {}

    def send(self, message: bytes) -> None:
        """Send a line, or drop a client that does not read."""
        if self.writer.transport.get_write_buffer_size() > MOST_PUSHED:
            log.warning("a client that does not read was dropped (pid %d)", self.peer.pid)
            self.writer.transport.abort()
        else:
            self.writer.write(message + b"\n")

    def require_room(self, number: int) -> None:
        """Raise `BadRequest` when it asks too much at once, or two things by one number."""
        if len(self.under_way) >= MOST_AT_ONCE:
            raise BadRequest(f"{MOST_AT_ONCE} requests are under way already; wait for an answer")
        if number in self.under_way:
            raise BadRequest(f"request {number} is under way already; choose another id")

    def begin(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes a while; cancelled when the client goes. `require_room` comes first."""
        task = self.under_way[number] = asyncio.ensure_future(work)
        task.add_done_callback(lambda _task: self.under_way.pop(number, None))


class Server(ABC, Generic[Request]):
    """Serves several clients on a unix socket; what a request means says `take`."""

    def __init__(self, requests: "msgspec.json.Decoder[Request]") -> None:
        self._requests = requests
        self._clients: set[Client] = set()
        self._of_user: Counter[int] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None

    @abstractmethod
    def take(self, client: Client, request: Request) -> None:
        """Answer a request, or begin to; what it raises of `HalError` is told to the client."""

    def look(self) -> None:
        """Look around; called every `LOOK_S`."""

    async def serve(self, socket: Path, ready: Callable[[], None]) -> None:
        """Listen until cancelled."""
        self._loop = asyncio.get_running_loop()
        socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._client, str(socket), limit=LONGEST_LINE)
        socket.chmod(0o660)
        ready()
        manager = ServiceManager()
        manager.ready()
        async with server:
            while True:
                await asyncio.sleep(LOOK_S)
                self.look()
                manager.alive()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(peer_of(writer.get_extra_info("socket")), writer)
        if self._of_user[client.peer.uid] >= MOST_CLIENTS:
            client.send(error_line(0, f"{client.peer.user} has {MOST_CLIENTS} connections already; close one"))
            writer.close()
            return
        self._of_user[client.peer.uid] += 1
        self._clients.add(client)
        try:
            while line := await reader.readline():
                self._take(client, line)
                await writer.drain()
                # Neither of these waits where there is more to read: the others have their turn now.
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            log.debug("the service ends; pid %d was connected", client.peer.pid)
        except (ConnectionError, ValueError):  # ValueError: a line longer than we read
            log.info("a client was dropped (pid %d)", client.peer.pid)
        finally:
            self._clients.discard(client)
            self._of_user[client.peer.uid] -= 1
            for task in tuple(client.under_way.values()):
                task.cancel()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _take(self, client: Client, line: bytes) -> None:
        try:
            request = self._requests.decode(line)
        except UNREADABLE as error:
            client.send(error_line(0, str(error)))
            return
        try:
            self.take(client, request)
        except HalError as error:
            client.send(error_line(request.id, str(error)))

    def push(self, message: bytes) -> None:
        """Tell all clients that watch; in the loop."""
        for client in tuple(self._clients):
            if client.watches:
                client.send(message)

    def soon(self, call: Callable[..., None], *arguments: Any) -> None:
        """Call in the loop, from any thread; nothing happens once it has ended: nobody listens any more."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(call, *arguments)


def error_line(number: int, words: str) -> bytes:
    """Say what cannot be done."""
    return msgspec.json.encode({"op": "error", "id": number, "words": words})
