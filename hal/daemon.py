"""The hal process: answers requests about devices on a unix socket and pushes their changes.

A line is a JSON object. Requests carry `op` and an `id` that the answer repeats; answers may come in another order.
`{"op": "error", "id", "words"}` tells what cannot be done. After `watch`, every change of a device arrives as
`{"op": "state", "device": …}`, and what happens at one as `{"op": "event", "event": …}`.
"""

import asyncio
import logging
from concurrent.futures import Future
from typing import Any

import msgspec

from hal.access import Access
from hal.board import Board
from hal.errors import HalError, Refused, words_of
from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.server import LOOK_S, Client, Server, error_line

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


class Daemon(Server[Request]):
    """Serves one board to several clients."""

    def __init__(self, board: Board, access: Access | None = None) -> None:
        super().__init__(msgspec.json.Decoder(Request))
        self.board = board
        self._access = access or Access()
        self._hanging = frozenset[str]()
        for device in board:
            device.watch(self._changed)
            device.hear(self._happened)

    def take(self, client: Client, request: Request) -> None:
        """Answer what devices there are; ask one in its worker."""
        match request:
            case List():
                client.send(self._devices(request.id))
            case Watch():
                client.watches = True
                client.send(self._devices(request.id))
            case Call() | Simulate():
                self._begin(client, request)

    def _begin(self, client: Client, request: Call | Simulate) -> None:
        client.require_room(request.id)
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
        client.begin(request.id, self._answer(client, request.id, device, asked))

    async def _answer(self, client: Client, number: int, device: Device[Any], asked: Future[Any]) -> None:
        answered = asyncio.wrap_future(asked)
        while not answered.done():
            await asyncio.wait([answered], timeout=LOOK_S)
            if not answered.done() and self.board.hangs(device):
                answered.cancel()
                client.send(error_line(number, self.board.state(device).reason))
                return
        try:
            result = answered.result()
        except (HalError, OSError) as error:
            client.send(error_line(number, words_of(error)))
        except Exception:
            log.exception("%s %s: a mistake in its driver", device.kind, device.name)
            client.send(error_line(number, f"{device.name}: a mistake in its driver; see the log"))
        else:
            done = {"op": "done", "id": number, "result": result, "device": self.board.state(device)}
            client.send(msgspec.json.encode(done))

    def _devices(self, number: int) -> bytes:
        devices = [self.board.state(device) for device in self.board]
        inventory = [self.board.inventory(device) for device in self.board]
        about = {"board": self.board.id, "title": self.board.title, "inventory": inventory, "devices": devices}
        return msgspec.json.encode({"op": "done", "id": number, **about})

    def look(self) -> None:
        """Tell of buses that began or ended to hang: their devices cannot."""
        hanging = frozenset(worker.bus for worker in self.board.workers if worker.hangs_s is not None)
        for worker in self.board.workers:
            if (worker.bus in hanging) is (worker.bus in self._hanging):
                continue
            log.warning("%s %s", worker.bus, "hangs" if worker.bus in hanging else "answers again")
            for device in worker.devices:
                self.push(msgspec.json.encode({"op": "state", "device": self.board.state(device)}))
        self._hanging = hanging

    def _changed(self, state: DeviceState) -> None:
        self.soon(self.push, msgspec.json.encode({"op": "state", "device": state}))

    def _happened(self, event: DeviceEvent) -> None:
        self.soon(self.push, msgspec.json.encode({"op": "event", "event": event}))
