"""The panel's lines to the screen: its picture as it changes, and mouse and keyboard as a person uses them."""

import asyncio
import base64
import contextlib
from pathlib import Path
from typing import Any

from recorder.client import wire

PATIENCE_S = 15.0


class Line:
    """One connection to gui.sock, opened when it is needed. Requests wait for each other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Give the answer; None while the screen is not there."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._ask(message)
            except (OSError, EOFError, TimeoutError, wire.BadFrame):
                self.close()
                return None

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._open is None:
            self._open = await asyncio.open_unix_connection(str(self._path))
        reader, writer = self._open
        writer.write(wire.encode(message))
        await writer.drain()
        _kind, payload = await wire.read_frame(reader)
        return wire.decode(payload)

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open[1].close()
            self._open = None


class Monitor:
    """What hangs at the HDMI plug, with a mouse and a keyboard before it."""

    def __init__(self, path: Path) -> None:
        self._picture = Line(path)
        self._hands = Line(path)

    async def picture(self, after: int) -> tuple[int, bytes] | None:
        """Wait for a picture that was drawn after the one of this number; empty when none was, None without screen."""
        answer = await self._picture.ask({"op": "frame", "after": after})
        if answer is None or answer["op"] != "frame":
            return None
        return answer["number"], base64.b64decode(answer["jpeg"])

    async def give(self, events: Any) -> None:
        """Give input to the screen, which checks it."""
        await self._hands.ask({"op": "input", "events": events})

    def close(self) -> None:
        """Hang up."""
        self._picture.close()
        self._hands.close()
