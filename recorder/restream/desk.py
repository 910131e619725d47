"""The line to control: it says what to serve, who is let in and who may fetch what. Heals by itself."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import TypeVar

import msgspec

from recorder.client import wire
from recorder.client.errors import NightjarError, Unavailable
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.control.frames_call import ask, connect, next_message
from recorder.restream.messages import SOCKET, Fetch, Fetched, LetIn, LogIn, Serve, Served
from recorder.rtsp.digest_login import DigestLogin

RECONNECT_S = 0.5
T = TypeVar("T")
log = logging.getLogger("rtsp")


class Desk:
    """Asks control. `told` is called with what is to be served, at each change and at each connection."""

    def __init__(self, instance: Instance, told: Callable[[Serve], None]) -> None:
        self._instance = instance
        self._told = told
        self._numbers = itertools.count(1)
        self._writer: asyncio.StreamWriter | None = None
        self._served = Served()

    async def run(self) -> None:
        """Stay connected until cancelled; what is served goes on while control is away."""
        while True:
            try:
                await self._connected()
            except (OSError, asyncio.IncompleteReadError, wire.BadFrame, NightjarError) as error:
                log.debug("control: %s", error)
            await asyncio.sleep(RECONNECT_S)

    def say(self, served: Served) -> None:
        """Tell control how the server is, now and at each connection."""
        self._served = served
        if self._writer is not None:
            self._writer.write(wire.encode(served))

    async def log_in(self, login: DigestLogin, source: str) -> str:
        """Have a login checked, and give the ticket; raises `Told` where control refuses it, `Unavailable`."""
        answer = await ask(self._instance, SOCKET, LogIn(next(self._numbers), source, login), "let_in")
        return _read(answer, LetIn).ticket

    async def fetch(self, ticket: str, channel: int, stream: StreamName, *, begins: bool = False) -> Fetched:
        """Ask for a live stream; raises `Told` where control refuses it, `Unavailable`."""
        asked = Fetch(next(self._numbers), ticket, channel, stream, begins)
        return _read(await ask(self._instance, SOCKET, asked, "fetched"), Fetched)

    async def _connected(self) -> None:
        reader, writer = await connect(self._instance, SOCKET)
        try:
            writer.write(wire.encode({"op": "follow"}))
            writer.write(wire.encode(self._served))
            self._writer = writer
            while True:
                message = await next_message(reader)
                if message["op"] == "serve":
                    self._told(_read(message, Serve))
        finally:
            self._writer = None
            writer.close()


def _read(message: dict[str, object], kind: type[T]) -> T:
    try:
        return msgspec.convert(message, kind, str_keys=True)
    except msgspec.ValidationError as error:
        raise Unavailable(process="control") from error
