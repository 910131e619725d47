"""What the HTTP servers of control, web and panel share: uvicorn in a process with a life of its own, and refusals."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Generator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive

DRAIN_S = 2.0
LARGEST_MESSAGE = 65536
"""Bytes of a web socket's message; what browsers and programs say to us is small."""


def wanted_port(variable: str, usual: int) -> int:
    """Give the port that the environment asks for, or the usual one; 0 is any."""
    named = os.environ.get(variable, "")
    return int(named) if named.isascii() and named.isdigit() and int(named) <= 0xFFFF else usual


class _Server(uvicorn.Server):
    """A server that leaves signals to its process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class HttpServer:
    """A server on open sockets, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, *, stop_s: int, ws: Any = "websockets-sansio", **more: Any) -> None:
        """`stop_s` is how long calls may go on after `stop`; `more` are settings of uvicorn for this server alone."""
        self.config = uvicorn.Config(
            app,
            ws=ws,
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            # Its chatter would write whole addresses, grants included, into the log.
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=stop_s,
            **more,
        )
        self._server = _Server(self.config)
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
