"""The hal process: answers requests about devices on a unix socket and pushes their changes.

A line is a JSON object. Requests carry `op` and an `id` that the answer repeats; `{"op": "error", "id", "words"}` tells
what cannot be done. After `watch`, every change of a device arrives as `{"op": "state", "device": …}`.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hal.board import Board
from hal.errors import BadRequest, HalError
from hal.kinds.relay import Relay
from hal.simulated.alarm_input import SimulatedAlarmInput

LONGEST_LINE = 65536
log = logging.getLogger("hal")


class Switch(msgspec.Struct, frozen=True, tag_field="op", tag="relay"):
    """Close or open a relay."""

    id: int
    name: str
    closed: bool


class Inventory(msgspec.Struct, frozen=True, tag_field="op", tag="inventory"):
    """Which devices are there, and how they are."""

    id: int


class Watch(msgspec.Struct, frozen=True, tag_field="op", tag="watch"):
    """Tell every change from now on."""

    id: int


class Simulate(msgspec.Struct, frozen=True, tag_field="op", tag="simulate"):
    """Move the contact of a simulated input; real ones refuse."""

    id: int
    name: str
    active: bool


_requests = msgspec.json.Decoder(Switch | Inventory | Watch | Simulate)


class Daemon:
    """Serves one board. Several clients may be connected; a slow one is dropped, never waited for."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._watchers: set[asyncio.StreamWriter] = set()
        for device in board:
            device.watch(self._push)

    async def serve(self, socket: Path, ready: Callable[[], None]) -> None:
        """Listen until cancelled."""
        socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._client, str(socket), limit=LONGEST_LINE)
        socket.chmod(0o600)
        ready()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(self._answer(line, writer)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # ValueError: a line longer than we read
            log.info("a client was dropped")
        finally:
            self._watchers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> dict[str, Any]:
        try:
            request = _requests.decode(line)
        except msgspec.DecodeError as error:
            return {"op": "error", "id": 0, "words": str(error)}
        try:
            return {"op": "done", "id": request.id, **self._do(request, writer)}
        except HalError as error:
            return {"op": "error", "id": request.id, "words": str(error)}

    def _do(self, request: Switch | Inventory | Watch | Simulate, writer: asyncio.StreamWriter) -> dict[str, Any]:
        match request:
            case Inventory():
                return {"board": self.board.id, "devices": [device.state for device in self.board]}
            case Watch():
                self._watchers.add(writer)
                return {"devices": [device.state for device in self.board]}
            case Switch(name=name, closed=closed):
                relay = self.board.device("relay", name)
                assert isinstance(relay, Relay)
                relay.switch(closed=closed)
                return {"device": relay.state}
            case Simulate(name=name, active=active):
                contact = self.board.device("alarm_input", name)
                if not isinstance(contact, SimulatedAlarmInput):
                    raise BadRequest(f"Input {name} is real; move its contact")
                contact.simulate(active=active)
                return {"device": contact.state}

    def _push(self, state: object) -> None:
        line = msgspec.json.encode({"op": "state", "device": state}) + b"\n"
        for writer in tuple(self._watchers):
            if writer.transport.get_write_buffer_size() > LONGEST_LINE:
                self._watchers.discard(writer)
                writer.transport.abort()
            else:
                writer.write(line)
