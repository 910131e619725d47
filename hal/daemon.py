"""The hal process: answers requests about devices on a unix socket and pushes their changes.

A line is a JSON object. Requests carry `op` and an `id` that the answer repeats; answers may come in another order.
`{"op": "error", "id", "words"}` tells what cannot be done. After `watch`, every change of a device arrives as
`{"op": "state", "device": …}`, and what happens at one as `{"op": "event", "event": …}`. Where an owner added or
removed devices, all of them are told again as `{"op": "board", …}`, before the answer to who asked for that.
A test of the network tells how far it is as `{"op": "progress", "id", "report"}`, and ends with its client.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import msgspec

from hal.access import Access
from hal.additions import Additions, NewSwitch
from hal.board import Board
from hal.box import Box
from hal.errors import HalError, Refused, words_of
from hal.kinds.device import Device, DeviceEvent, DeviceState
from hal.kinds.verbs import PATIENCE_S, Verb
from hal.names import Name
from hal.reach.desk import Asked, Desk
from hal.reach.series import Report
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


class Connectors(msgspec.Struct, frozen=True, tag_field="op", tag="connectors", forbid_unknown_fields=True):
    """Which places for disks there are."""

    id: int


class AddBay(msgspec.Struct, frozen=True, tag_field="op", tag="add_bay", forbid_unknown_fields=True):
    """Say that a place for a disk is a bay."""

    id: int
    name: Name
    path: str


class AddSwitch(msgspec.Struct, frozen=True, tag_field="op", tag="add_switch", forbid_unknown_fields=True):
    """Drive the ports of a switch in the network."""

    id: int
    switch: NewSwitch


class AddBox(msgspec.Struct, frozen=True, tag_field="op", tag="add_box", forbid_unknown_fields=True):
    """Have the inputs and relays of an alarm box in the network."""

    id: int
    box: Box


class Remove(msgspec.Struct, frozen=True, tag_field="op", tag="remove", forbid_unknown_fields=True):
    """Know a device no more that was added."""

    id: int
    kind: str
    name: str


class Watch(msgspec.Struct, frozen=True, tag_field="op", tag="watch", forbid_unknown_fields=True):
    """Tell every change from now on."""

    id: int


class Reach(msgspec.Struct, frozen=True, tag_field="op", tag="reach", forbid_unknown_fields=True):
    """Test whether an address answers, and how soon."""

    id: int
    asked: Asked


Change = AddBay | AddSwitch | AddBox | Remove
Request = Call | Simulate | List | Watch | Connectors | Reach | Change
BOARD, NETWORK = "board", "network"
"""What is asked of these is asked of no device, where rights and audit name a kind."""


_VERBS = {
    of: Verb(name, of, destructive=True, patience_s=PATIENCE_S, gesture=False)
    for of, name in ((AddBay, "add_bay"), (AddSwitch, "add_switch"), (AddBox, "add_box"), (Remove, "remove"))
}

_TEST = Verb("test", Reach, destructive=False, patience_s=PATIENCE_S, gesture=False)


def _named(change: Change) -> str:
    match change:
        case AddSwitch():
            return change.switch.name
        case AddBox():
            return change.box.name
        case _:
            return change.name


class Daemon(Server[Request]):
    """Serves one board to several clients."""

    def __init__(self, board: Board, additions: Additions, access: Access | None = None) -> None:
        super().__init__(msgspec.json.Decoder(Request))
        self.board = board
        self._additions = additions
        self._access = access or Access()
        self._tests = Desk()
        self._hanging = frozenset[str]()
        board.each(self._attach)

    def _attach(self, device: Device[Any]) -> None:
        device.watch(self._changed)
        device.hear(self._happened)

    def take(self, client: Client, request: Request) -> None:
        """Answer what devices there are; ask one in its worker."""
        match request:
            case List():
                self._access.require_known(client.peer)
                client.send(self._devices(request.id))
            case Watch():
                self._access.require_known(client.peer)
                client.watches = True
                client.send(self._devices(request.id))
            case Call() | Simulate():
                self._begin(client, request)
            case Connectors():
                self._access.require_known(client.peer)
                client.require_room(request.id)
                client.begin(request.id, self._do(client, request.id, self._additions.connectors))
            case Reach():
                client.require_room(request.id)
                self._access.check(client.peer, NETWORK, request.asked.address, _TEST)
                client.begin(request.id, self._reach(client, request))
            case AddBay() | AddSwitch() | AddBox() | Remove():
                client.require_room(request.id)
                self._access.check(client.peer, BOARD, _named(request), _VERBS[type(request)])
                client.begin(request.id, self._do(client, request.id, lambda: self._change(request)))

    def _change(self, change: Change) -> None:
        """Change the board, in a thread of its own."""
        match change:
            case AddBay():
                self._additions.add_bay(change.name, change.path)
            case AddSwitch():
                self._additions.add_switch(change.switch)
            case AddBox():
                self._additions.add_box(change.box)
            case Remove():
                self._additions.remove(change.kind, change.name)
        self.soon(lambda: self.push(msgspec.json.encode({"op": "board", **self._about()})))

    async def _reach(self, client: Client, request: Reach) -> None:
        def told(report: Report) -> None:
            if request.id in client.under_way:
                client.send(msgspec.json.encode({"op": "progress", "id": request.id, "report": report}))

        await self._finish(client, request.id, self._tests.test(request.asked, told))

    async def _do(self, client: Client, number: int, do: Callable[[], Any]) -> None:
        await self._finish(client, number, asyncio.to_thread(do))

    @staticmethod
    async def _finish(client: Client, number: int, going: Awaitable[Any]) -> None:
        """Answer with what something gives that belongs to no device."""
        try:
            result = await going
        except (HalError, OSError) as error:
            client.send(error_line(number, words_of(error)))
        except Exception:
            log.exception("a mistake at request %d", number)
            client.send(error_line(number, "a mistake in the hardware service; see the log"))
        else:
            client.send(msgspec.json.encode({"op": "done", "id": number, "result": result}))

    def _begin(self, client: Client, request: Call | Simulate) -> None:
        client.require_room(request.id)
        device = self.board.device(request.kind, request.name)
        if isinstance(request, Call):
            verb = self.board.verb(request.kind, request.name, request.verb)
            if not verb.gesture:
                self._access.check(client.peer, request.kind, request.name, verb)
            asked = self.board.ask(request.kind, request.name, request.verb, request.args)
        else:
            self._access.require_known(client.peer)
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
        return msgspec.json.encode({"op": "done", "id": number, **self._about()})

    def _about(self) -> dict[str, Any]:
        devices = [self.board.state(device) for device in self.board]
        inventory = [self.board.inventory(device) for device in self.board]
        return {"board": self.board.id, "title": self.board.title, "inventory": inventory, "devices": devices}

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
