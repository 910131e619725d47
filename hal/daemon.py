"""The hal process: answers requests about devices on a unix socket and pushes their changes.

A line is a JSON object. Requests carry `op` and an `id` that the answer repeats; answers may come in another order.
`{"op": "error", "id", "words"}` tells what cannot be done. After `watch`, every change of a device arrives as
`{"op": "state", "device": …}`, and what happens at one as `{"op": "event", "event": …}`.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec

from hal.access import Access, Peer, peer_of
from hal.board import Board
from hal.errors import BadRequest, HalError, Refused
from hal.kinds.device import Device, DeviceEvent, DeviceState

LONGEST_LINE = 65536
MOST_PUSHED = 1 << 20
"""Bytes that may wait for one client; one that reads slower is dropped, never waited for."""
MOST_AT_ONCE = 64
"""Requests of one client that may be under way."""
LOOK_S = 0.5
"""How often the buses are looked at for one that hangs."""
log = logging.getLogger("hal")


class Call(msgspec.Struct, frozen=True, tag_field="op", tag="call", forbid_unknown_fields=True):
    """Ask a device."""

    id: int
    kind: str
    name: str
    verb: str
    args: dict[str, Any] = {}


class Simulate(msgspec.Struct, frozen=True, tag_field="op", tag="simulate", forbid_unknown_fields=True):
    """Do with a simulated device what a hand does with a real one."""

    id: int
    kind: str
    name: str
    gesture: str
    args: dict[str, Any] = {}


class List(msgspec.Struct, frozen=True, tag_field="op", tag="inventory", forbid_unknown_fields=True):
    """Which devices are there, and how they are."""

    id: int


class Watch(msgspec.Struct, frozen=True, tag_field="op", tag="watch", forbid_unknown_fields=True):
    """Tell every change from now on."""

    id: int


Request = Call | Simulate | List | Watch
_requests = msgspec.json.Decoder(Request)


class Client:
    """One connection."""

    def __init__(self, peer: Peer, writer: asyncio.StreamWriter) -> None:
        self.peer = peer
        self.writer = writer
        self.watches = False
        self.under_way: set[asyncio.Task[None]] = set()

    def send(self, message: bytes) -> None:
        """Send a line, or drop a client that does not read."""
        if self.writer.transport.get_write_buffer_size() > MOST_PUSHED:
            log.warning("a client that does not read was dropped (pid %d)", self.peer.pid)
            self.writer.transport.abort()
        else:
            self.writer.write(message + b"\n")


class Daemon:
    """Serves one board to several clients."""

    def __init__(self, board: Board, access: Access | None = None) -> None:
        self.board = board
        self._access = access or Access()
        self._clients: set[Client] = set()
        self._hanging = frozenset[str]()
        self._loop: asyncio.AbstractEventLoop | None = None
        for device in board:
            device.watch(self._changed)
            device.hear(self._happened)

    async def serve(self, socket: Path, ready: Callable[[], None]) -> None:
        """Listen until cancelled."""
        self._loop = asyncio.get_running_loop()
        socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._client, str(socket), limit=LONGEST_LINE)
        socket.chmod(0o660)
        ready()
        async with server:
            while True:
                await asyncio.sleep(LOOK_S)
                self._look_at_buses()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(peer_of(writer.get_extra_info("socket")), writer)
        self._clients.add(client)
        try:
            while line := await reader.readline():
                self._take(client, line)
                await writer.drain()
        except (ConnectionError, ValueError):  # ValueError: a line longer than we read
            log.info("a client was dropped (pid %d)", client.peer.pid)
        finally:
            self._clients.discard(client)
            for task in client.under_way:
                task.cancel()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _take(self, client: Client, line: bytes) -> None:
        try:
            request: Request = _requests.decode(line)
        except msgspec.DecodeError as error:
            client.send(_error(0, str(error)))
            return
        try:
            match request:
                case List():
                    client.send(self._devices(request.id))
                case Watch():
                    client.watches = True
                    client.send(self._devices(request.id))
                case Call() | Simulate():
                    self._begin(client, request)
        except HalError as error:
            client.send(_error(request.id, str(error)))

    def _begin(self, client: Client, request: Call | Simulate) -> None:
        if len(client.under_way) >= MOST_AT_ONCE:
            raise BadRequest(f"{MOST_AT_ONCE} requests are under way already; wait for an answer")
        device = self.board.device(request.kind, request.name)
        if isinstance(request, Call):
            verb = self.board.verb(request.kind, request.name, request.verb)
            if not verb.gesture:
                self._access.check(client.peer, request.kind, request.name, verb)
            asked = self.board.ask(request.kind, request.name, request.verb, request.args)
        else:
            if not self.board.inventory(device).simulated:
                raise Refused(f"{request.kind} {request.name} is real; only a hand can do that")
            asked = self.board.ask(request.kind, request.name, request.gesture, request.args, by_hand=True)
        task = asyncio.ensure_future(self._answer(client, request.id, device, asked))
        client.under_way.add(task)
        task.add_done_callback(client.under_way.discard)

    async def _answer(self, client: Client, number: int, device: Device[Any], asked: Future[Any]) -> None:
        answered = asyncio.wrap_future(asked)
        while not answered.done():
            await asyncio.wait([answered], timeout=LOOK_S)
            if not answered.done() and self.board.hangs(device):
                answered.cancel()
                client.send(_error(number, self.board.state(device).reason))
                return
        try:
            result = answered.result()
        except (HalError, OSError) as error:
            client.send(_error(number, str(error)))
        except Exception:
            log.exception("%s %s: a mistake in its driver", device.kind, device.name)
            client.send(_error(number, f"{device.name}: a mistake in its driver; see the log"))
        else:
            done = {"op": "done", "id": number, "result": result, "device": self.board.state(device)}
            client.send(msgspec.json.encode(done))

    def _devices(self, number: int) -> bytes:
        devices = [self.board.state(device) for device in self.board]
        inventory = [self.board.inventory(device) for device in self.board]
        about = {"board": self.board.id, "title": self.board.title, "inventory": inventory, "devices": devices}
        return msgspec.json.encode({"op": "done", "id": number, **about})

    def _look_at_buses(self) -> None:
        """Tell of buses that began or ended to hang: their devices cannot."""
        hanging = frozenset(worker.bus for worker in self.board.workers if worker.hangs_s is not None)
        for worker in self.board.workers:
            if (worker.bus in hanging) is (worker.bus in self._hanging):
                continue
            log.warning("%s %s", worker.bus, "hangs" if worker.bus in hanging else "answers again")
            for device in worker.devices:
                self._push(msgspec.json.encode({"op": "state", "device": self.board.state(device)}))
        self._hanging = hanging

    def _changed(self, state: DeviceState) -> None:
        self._from_worker(msgspec.json.encode({"op": "state", "device": state}))

    def _happened(self, event: DeviceEvent) -> None:
        self._from_worker(msgspec.json.encode({"op": "event", "event": event}))

    def _from_worker(self, message: bytes) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; nobody listens any more
                self._loop.call_soon_threadsafe(self._push, message)

    def _push(self, message: bytes) -> None:
        for client in tuple(self._clients):
            if client.watches:
                client.send(message)


def _error(number: int, words: str) -> bytes:
    return msgspec.json.encode({"op": "error", "id": number, "words": words})
