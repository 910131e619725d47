"""The machine's devices as its hardware service tells them, and what is asked of them in the name of the API."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hal.client import DeviceState, HalRefused, HalUnavailable
from hal.client.follower import Follower
from hal.client.kinds import Connector
from recorder.client.errors import NightjarError, NotFound
from recorder.client.words import _

CALL_PATIENCE_S = 100.0
"""The longest verb takes a minute, behind a look of half a minute: marking a firmware slot."""
State = TypeVar("State", bound=DeviceState)
Answer = TypeVar("Answer")


class HardwareRefused(NightjarError):
    """The device cannot do this, or not now."""

    status = 409
    words = _("{what}.")


class HardwareAway(NightjarError):
    """The hardware service does not answer."""

    status = 503
    words = _("{what}. Try again in a moment.")


class Hardware:
    """Asks devices and gives their states; belongs to the event loop of control."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Belong to the loop that runs now, so that threads may `call`."""
        self._loop = asyncio.get_running_loop()

    def call(self, kind: str, name: str, verb: str, **arguments: Any) -> Any:
        """Ask a device from a thread, and wait for what it gives; raises `HardwareRefused`, `HardwareAway`."""
        if self._loop is None:
            raise HardwareAway(what=_("The hardware service is not followed yet"))
        asked = self.follower.ask(kind, name, verb, patience_s=CALL_PATIENCE_S, **arguments)
        return asyncio.run_coroutine_threadsafe(_in_our_words(asked), self._loop).result()

    async def ready(self) -> None:
        """Return once the hardware service is there; raises `HardwareAway`."""
        await _in_our_words(self.follower.ready())

    async def states(self, kind: type[State]) -> list[State]:
        """How the devices of one kind are, in the order of the board; raises `HardwareAway`."""
        await self.ready()
        return self.follower.states(kind)

    async def state(self, kind: type[State], name: str, what: str) -> State:
        """How one device is; raises `NotFound` with words for what it is, `HardwareAway`."""
        found = next((one for one in await self.states(kind) if one.name == name), None)
        if found is None:
            raise NotFound(what=what)
        return found

    async def connectors(self) -> tuple[Connector, ...]:
        """List the places for disks; raises `HardwareRefused`, `HardwareAway`."""
        return await _in_our_words(self.follower.connectors())

    async def change(self, op: str, **about: Any) -> None:
        """Have the board changed (`Follower.change`); raises `HardwareRefused`, `HardwareAway`."""
        await _in_our_words(self.follower.change(op, **about))

    async def ask(self, kind: str, name: str, verb: str, **arguments: Any) -> Any:
        """Ask a device; raises `HardwareRefused`, `HardwareAway`."""
        return await _in_our_words(self.follower.ask(kind, name, verb, **arguments))


async def _in_our_words(asked: Coroutine[Any, Any, Answer]) -> Answer:
    try:
        return await asked
    except HalRefused as error:
        raise HardwareRefused(what=str(error).rstrip(".")) from error
    except HalUnavailable as error:
        raise HardwareAway(what=str(error).rstrip(".")) from error
