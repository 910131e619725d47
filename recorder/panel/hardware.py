"""The panel's line to hal: what it says is passed on as it is, and the one thing it is asked for is a gesture."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

LONGEST_LINE = 1 << 20
AGAIN_S = 0.5
Say = Callable[[str], Awaitable[None]]


class Hardware:
    """One watching connection to hal.sock, made again whenever it breaks. `say` gets hal's own lines."""

    def __init__(self, path: Path, say: Say) -> None:
        self._path = path
        self._say = say
        self._writer: asyncio.StreamWriter | None = None

    async def listen(self) -> None:
        """Pass on what hal says, until cancelled."""
        while True:
            with contextlib.suppress(OSError, ValueError):
                await self._once()
            self._writer = None
            await self._say('{"op":"away","what":"hal"}')
            await asyncio.sleep(AGAIN_S)

    async def _once(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LONGEST_LINE)
        try:
            writer.write(b'{"op":"watch","id":0}\n')
            self._writer = writer
            while line := await reader.readline():
                await self._say(line.decode())
        finally:
            writer.close()

    async def gesture(self, asked: dict[str, Any]) -> None:
        """Move simulated hardware; hal refuses in words what is none. The answer repeats the page's own number."""
        if self._writer is None:
            return
        named = {key: asked.get(key) for key in ("id", "kind", "name", "gesture")}
        request = {"op": "simulate", **named, "args": asked.get("args", {})}
        self._writer.write(msgspec.json.encode(request) + b"\n")
        with contextlib.suppress(OSError):
            await self._writer.drain()
