"""The panel's pages, and the web socket between a page and the simulated hardware.

A page sends `{"do": "gesture", id, kind, name, gesture, args}`, `{"do": "input", "events"}` (as gui.sock takes them)
and `{"do": "picture"}` when it is ready for the next one. It gets hal's own lines as text, pictures of the screen as
JPEG, and `{"op": "screen", "on"}` when the screen goes or comes.
"""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.client.errors import UNREADABLE
from recorder.client.instance import Instance
from recorder.panel.hardware import Hardware
from recorder.panel.monitor import Monitor
from recorder.panel.sticks import stick_routes

STATIC = Path(__file__).parent / "static"
DARK_S = 0.5
"""How often a screen that is away is looked for."""
log = logging.getLogger(__name__)


class Page:
    """One page in one browser."""

    def __init__(self, instance: Instance, socket: WebSocket) -> None:
        self._socket = socket
        self._hardware = Hardware(instance.socket("hal"), socket.send_text)
        self._monitor = Monitor(instance.socket("gui"))
        self._ready = asyncio.Event()
        self._lit: bool | None = None

    async def serve(self) -> None:
        """Go on until the page is closed."""
        await self._socket.accept()
        work = [asyncio.create_task(self._hardware.listen()), asyncio.create_task(self._show())]
        try:
            while True:
                await self._take(msgspec.json.decode(await self._socket.receive_text()))
        except (WebSocketDisconnect, KeyError, *UNREADABLE):
            log.debug("a page left")
        finally:
            for task in work:
                task.cancel()
            self._monitor.close()

    async def _take(self, asked: Any) -> None:
        match asked:
            case {"do": "gesture"}:
                await self._hardware.gesture(asked)
            case {"do": "input", "events": events}:
                await self._monitor.give(events)
            case {"do": "picture"}:
                self._ready.set()
            case _:
                log.warning("a page asked for what there is not")

    async def _show(self) -> None:
        number = -1
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # the page may leave at any time
            while True:
                await self._ready.wait()
                found = await self._monitor.picture(number)
                await self._light(on=found is not None)
                if found is None:
                    number = -1
                    await asyncio.sleep(DARK_S)
                    continue
                number, picture = found
                if picture:
                    self._ready.clear()
                    await self._socket.send_bytes(picture)

    async def _light(self, *, on: bool) -> None:
        if on is not self._lit:
            self._lit = on
            await self._socket.send_text(msgspec.json.encode({"op": "screen", "on": on}).decode())


def create_app(instance: Instance) -> Starlette:
    """Build the app of one instance."""

    async def live(socket: WebSocket) -> None:
        await Page(instance, socket).serve()

    return Starlette(
        routes=[
            WebSocketRoute("/live", live),
            *stick_routes(instance),
            Mount("/", StaticFiles(directory=STATIC, html=True, follow_symlink=False)),
        ]
    )
