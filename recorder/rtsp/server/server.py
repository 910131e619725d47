"""The listening server: accepts clients, ticks once a second, and closes everything it opened."""

import asyncio
import socket
import ssl
from types import TracebackType
from typing import Self

from recorder.client.clock import SECOND_US, Clock, SystemClock
from recorder.rtsp.server.connection import Connection
from recorder.rtsp.server.dialogue import Gate, Limits, Ward
from recorder.rtsp.server.source import MediaLibrary

_TICK_S = 1.0
_BACKLOG = 256


class RtspServer:
    """Serves a library at one address. Without a guard everybody may play everything."""

    def __init__(
        self,
        library: MediaLibrary,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        guard: Gate | None = None,
        limits: Limits | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.ward = Ward(library, clock or SystemClock(), guard, limits or Limits())
        self._host, self._port, self._tls = host, port, tls
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._others: list[asyncio.Server] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """The port that it listens on; chosen by the system where 0 was asked for."""
        if self._server is None:
            return self._port
        return self._server.sockets[0].getsockname()[1]

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def start(self) -> None:
        """Listen; raises `OSError` where the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self.ward, self._connections),
            self._host,
            self._port,
            ssl=self._tls,
            backlog=_BACKLOG,
            reuse_address=True,
        )
        self._begin()

    async def listen(self, sock: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        """Listen at a socket, in place of `start` or beside it: all share sessions and limits."""
        made = await asyncio.get_running_loop().create_server(
            lambda: Connection(self.ward, self._connections), sock=sock, ssl=tls, backlog=_BACKLOG
        )
        self._others.append(made)
        self._begin()

    async def close(self) -> None:
        """Stop listening, end all sessions, drop all clients."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        for session in list(self.ward.sessions.values()):
            self.ward.close(session)
        for connection in list(self._connections):
            connection.abort()
        for server in (self._server, *self._others):
            if server is not None:
                server.close()
                await server.wait_closed()
        # Aborted transports say so in the next turn of the loop.
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _begin(self) -> None:
        if self._ticking is None:
            self._tick_later()

    def _tick_later(self) -> None:
        # When the clock has a whole second, as all that looks at something once a second: it is woken for once.
        loop = asyncio.get_running_loop()
        self._ticking = loop.call_later(_TICK_S - loop.time() % _TICK_S, self._tick)

    def _tick(self) -> None:
        self._tick_later()
        self.ward.tick()
        longest_us = self.ward.limits.timeout_s * SECOND_US
        now = self.ward.clock.monotonic_us()
        for connection in list(self._connections):
            # Neither a client that never asks nor one that never reads may hold its place for ever.
            if now - connection.heard_us > longest_us and (connection.idle or connection.congested):
                connection.abort()
