"""Names of the network are looked up beside everything else: a name server that hangs holds up nobody who needs none.

asyncio asks for names, and even reads addresses, in the few threads that all of a process shares: as many lookups that
hang as there are threads, and nothing is written any more.
"""

import asyncio
import contextlib
import socket
import threading
from concurrent.futures import Future
from typing import Any, TypeAlias

AT_ONCE = 8
"""Names looked up at once; of one name there is one lookup, however many wait for it."""
Found: TypeAlias = list[Any]
"""As `socket.getaddrinfo` gives it."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose lookups have threads of their own, which no end waits for."""

    def __init__(self) -> None:
        super().__init__()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._looking: dict[tuple[Any, ...], asyncio.Task[Found]] = {}

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's name
        proto: int = 0,
        flags: int = 0,
    ) -> Found:
        """As `socket.getaddrinfo`; an address is read at once."""
        with contextlib.suppress(socket.gaierror):
            return socket.getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        key = host, port, family, type, proto, flags
        if key not in self._looking:
            self._looking[key] = looking = self.create_task(self._look_up(key))
            looking.add_done_callback(lambda done: self._looked(key, done))
        # Who gives up waiting leaves it to the others.
        return await asyncio.shield(self._looking[key])

    async def _look_up(self, key: tuple[Any, ...]) -> Found:
        async with self._room:
            found: Future[Found] = Future()
            threading.Thread(target=_ask, args=(found, key), name="name-lookup", daemon=True).start()
            return await asyncio.wrap_future(found)

    def _looked(self, key: tuple[Any, ...], done: asyncio.Task[Found]) -> None:
        del self._looking[key]
        if not done.cancelled():
            done.exception()  # told to who waits, if anybody still does


def _ask(found: Future[Found], key: tuple[Any, ...]) -> None:
    if not found.set_running_or_notify_cancel():
        return
    try:
        found.set_result(socket.getaddrinfo(*key))
    except (OSError, UnicodeError) as error:
        found.set_exception(error)
