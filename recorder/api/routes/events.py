"""The event stream: status, changes and progress as they happen, by WebSocket."""

import asyncio
import contextlib
from typing import Any

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.accounts.caller import Caller, Role
from recorder.api.context import caller_of, control_of
from recorder.api.routes.status import seen_by
from recorder.client.answers import Event
from recorder.control.control import Control
from recorder.settings.scope import Permission

router = APIRouter(prefix="/events", tags=["events"])

SLOW = 1013
OVER = 1008
LOOK_S = 5.0
SEND_S = 10.0
NEEDS = {
    "action": Permission.SYSTEM,
    "dome": Permission.PTZ,
    "export": Permission.BACKUP,
    "input": Permission.ALARM,
    "output": Permission.ALARM,
    "poe_port": Permission.CAMERA,
}


@router.websocket("")
async def events(socket: WebSocket) -> None:
    """Tell events until the caller leaves, is too slow, or its session ends."""
    control, caller = control_of(socket), caller_of(socket)
    caller.need(Permission.LIVE)
    await socket.accept()
    leaving = asyncio.create_task(_until_left(socket))
    try:
        async with control.events.listen() as queue:
            await _send(socket, await _status(control, caller))
            while not leaving.done():
                try:
                    event = await asyncio.wait_for(queue.get(), LOOK_S)
                except TimeoutError:
                    event = await _status(control, caller)
                if caller.token_hash and not control.accounts.sessions.lives(caller.token_hash):
                    await socket.close(OVER)
                    return
                if event is None:
                    await socket.close(SLOW)
                    return
                if event.kind == "media":
                    event = await _status(control, caller)
                if _may_hear(caller, event):
                    await _send(socket, event)
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return
    finally:
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving


async def _status(control: Control, caller: Caller) -> Event:
    found = seen_by(caller, await run_sync(control.status))
    told: dict[str, Any] = msgspec.to_builtins(found)
    return Event("status", control.clock.now_us(), told)


async def _send(socket: WebSocket, event: Event) -> None:
    async with asyncio.timeout(SEND_S):
        await socket.send_text(msgspec.json.encode(event).decode())


async def _until_left(socket: WebSocket) -> None:
    """Read what the caller sends, and forget it, until it leaves."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive_text()


def _may_hear(caller: Caller, event: Event) -> bool:
    if caller.role is Role.VISITOR and event.kind != "status":
        return False
    needed = NEEDS.get(event.kind)
    return needed is None or caller.may(needed)
