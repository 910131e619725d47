"""One watching line to hal for a whole process, in its event loop: how all devices are, what happens, and requests."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hal.client.connection import HAL_USER, LONGEST_LINE, HalRefused, HalUnavailable, require_served_by
from hal.client.messages import event_from, inventory_from, state_from
from hal.errors import UNREADABLE
from hal.kinds.bay import Connector
from hal.kinds.device import DeviceEvent, DeviceState, Inventory

AGAIN_S = 0.5
"""How long after hal was found away it is looked for again."""
PATIENCE_S = 8.0
"""How long an answer is waited for: longer than hal waits for a bus before it counts as hanging."""
CHANGE_S = 30.0
"""The same where the board is changed: a switch is asked for its ports, and devices are opened."""
Ear = Callable[[DeviceState | DeviceEvent, DeviceState | None], None]
"""Called with a device's new state and the one before it (None: it was not known), or with what happened at one."""
State = TypeVar("State", bound=DeviceState)
log = logging.getLogger(__name__)


class Follower:
    """Keeps the states of all devices as hal pushes them; heals by itself when hal comes back.

    While hal is away the states are those that it told last. All belongs to the event loop that `run` runs in.
    """

    def __init__(self, path: Path) -> None:
        self.inventory: tuple[Inventory, ...] = ()
        self._path = path
        self._states: dict[tuple[str, str], DeviceState] = {}
        self._ears: list[Ear] = []
        self._farewells: list[Callable[[DeviceState], None]] = []
        self._numbers = itertools.count(2)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._hurry = asyncio.Event()
        self._tried = asyncio.Event()

    def listen(self, ear: Ear) -> None:
        """Tell an ear every change and event from now on; at a new connection, what changed since the last one."""
        self._ears.append(ear)

    def bid_farewell(self, ear: Callable[[DeviceState], None]) -> None:
        """Tell an ear the last state of every device that is on the board no more."""
        self._farewells.append(ear)

    @property
    def connected(self) -> bool:
        """Whether hal is there now."""
        return self._writer is not None

    def states(self, kind: type[State]) -> list[State]:
        """The states of one kind, in the order of the board."""
        return [one for one in self._states.values() if isinstance(one, kind)]

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                try:
                    await self._follow()
                except OSError as error:
                    log.debug("hal: %s", error)
                except HalUnavailable as error:
                    log.warning("hal: %s", error)
                    self._tried.set()
                except (ValueError, TypeError, LookupError, *UNREADABLE) as error:
                    log.warning("hal tells what is not understood: %s", error)
                self._hang_up()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._hurry.wait()
                self._hurry.clear()
        finally:
            self._hang_up()

    async def ready(self) -> None:
        """Return once hal is there; raises `HalUnavailable` if it is not."""
        if self.connected:
            return
        self._tried.clear()
        self._hurry.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._tried.wait()
        if not self.connected:
            raise HalUnavailable("The hardware service does not answer")

    async def ask(self, kind: str, name: str, verb: str, *, patience_s: float = PATIENCE_S, **args: Any) -> Any:
        """Ask a device for something, as its kind's method of that name says.

        What that changed is in `states` when this returns. Raises `HalRefused` with words, `HalUnavailable`.
        """
        request = {"op": "call", "kind": kind, "name": name, "verb": verb, "args": args}
        return await self._request(request, patience_s, name)

    async def connectors(self) -> tuple[Connector, ...]:
        """List the places for disks; raises `HalUnavailable`."""
        said = await self._request({"op": "connectors"}, PATIENCE_S, "The hardware service")
        return msgspec.convert(said, tuple[Connector, ...])

    async def change(self, op: str, **about: Any) -> None:
        """Change the board by a request of `hal.daemon`: `add_bay`, `add_switch`, `add_box`, `remove`.

        `states` knows it when this returns. Raises `HalRefused` with words, `HalUnavailable`.
        """
        await self._request({"op": op, **about}, CHANGE_S, "The hardware service")

    async def _request(self, request: dict[str, Any], patience_s: float, name: str) -> Any:
        await self.ready()
        assert self._writer is not None
        number = next(self._numbers)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        self._writer.write(msgspec.json.encode({**request, "id": number}) + b"\n")
        try:
            async with asyncio.timeout(patience_s):
                return await answered
        except TimeoutError:
            raise HalUnavailable(f"{name} did not answer in time") from None
        finally:
            self._waiting.pop(number, None)

    async def _follow(self) -> None:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LONGEST_LINE)
        except OSError:
            self._tried.set()
            raise
        try:
            require_served_by(HAL_USER, writer.get_extra_info("socket"))
            writer.write(b'{"op":"watch","id":1}\n')
            while line := await reader.readline():
                self._take(msgspec.json.decode(line), writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _take(self, said: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        match said["op"]:
            case "state":
                self._changed(state_from(said["device"]))
            case "event":
                self._tell(event_from(said["event"]), None)
            case "done" if said["id"] == 1:
                self._writer = writer
                self._board(said)
                self._tried.set()
            case "board":
                self._board(said)
            case _ if (answered := self._waiting.get(said["id"])) is not None and not answered.done():
                if said["op"] == "error":
                    answered.set_exception(HalRefused(said["words"]))
                else:
                    answered.set_result(said["result"])
            case _:
                pass  # nobody waits for it any more

    def _board(self, said: dict[str, Any]) -> None:
        """Take all devices that there are now."""
        self.inventory = tuple(inventory_from(one) for one in said["inventory"])
        before = self._states
        self._states = {(one.kind, one.name): one for one in map(state_from, said["devices"])}
        for place, now in tuple(self._states.items()):
            if now != (was := before.get(place)):
                self._tell(now, was)
        gone = [one for place, one in before.items() if place not in self._states]
        for ear in self._farewells:
            for one in gone:
                ear(one)

    def _changed(self, now: DeviceState) -> None:
        place = now.kind, now.name
        was, self._states[place] = self._states.get(place), now
        if now != was:
            self._tell(now, was)

    def _tell(self, said: DeviceState | DeviceEvent, before: DeviceState | None) -> None:
        for ear in self._ears:
            try:
                ear(said, before)
            except Exception:
                log.exception("%s %s", said.kind, said.name)

    def _hang_up(self) -> None:
        self._writer = None
        self._tried.set()
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(HalUnavailable("The hardware service ended"))
