"""What the HTTP servers of control and web share: uvicorn in a process that has a life of its own, and refusals."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import Receive

DRAIN_S = 2.0


class _Server(uvicorn.Server):
    """A server that leaves signals to its process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class HttpServer:
    """A server on open sockets, from `start` to `stop`."""

    def __init__(self, config: uvicorn.Config) -> None:
        self.config = config
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, *listening: socket.socket) -> None:
        """Serve; returns when calls are answered."""
        self._task = asyncio.create_task(self._server.serve(list(listening)))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Answer what is under way, within the patience of the configuration, then end."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


async def drain(receive: Receive, most: int) -> None:
    """Read what a refused caller still sends, at most so many bytes for 2 s.

    It would see a broken connection instead of the answer.
    """
    seen = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while seen <= most:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                seen += len(message.get("body", b""))
