"""Events: what happens as it happens, by WebSocket, and the list of what began and ended."""

import asyncio
import contextlib
from typing import Annotated, Any

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.accounts.caller import Caller, Role
from recorder.api.context import AlarmUser, TheControl, caller_of, control_of
from recorder.api.moments import LATEST_US, Moment
from recorder.api.routes.footage import check_order
from recorder.api.routes.holds import Channels, Words, numbers
from recorder.api.routes.status import seen_by
from recorder.client.answers import Event
from recorder.client.errors import NotFound
from recorder.client.happened import EventPage, Happened
from recorder.client.words import _
from recorder.control.control import Control
from recorder.events.store import Sought
from recorder.settings.scope import Permission

router = APIRouter(prefix="/events", tags=["events"])

SLOW = 1013
OVER = 1008
LOOK_S = 5.0
SEND_S = 10.0
MOST_LISTED = 1000
LARGEST_ID = (1 << 63) - 1
"""As SQLite has numbers."""
NEEDS = {
    "action": Permission.SYSTEM,
    "dome": Permission.PTZ,
    "event": Permission.ALARM,
    "events": Permission.ALARM,
    "export": Permission.BACKUP,
    "input": Permission.ALARM,
    "output": Permission.ALARM,
    "poe_port": Permission.CAMERA,
}


@router.get("")
async def happened(
    control: TheControl,
    caller: AlarmUser,
    sources: Annotated[str | None, Query(pattern=r"^[a-z-]{1,64}(,[a-z-]{1,64}){0,63}$")] = None,
    channels: Channels = None,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    text: Words = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    *,
    going_on: bool = False,
) -> EventPage:
    """Events that touch a time, the newest first; `before` of an answer asks for those that follow.

    `sources` are names of pages; `text` is sought in their words; `going_on`: without an end.
    """
    check_order(start, end)
    names = None if sources is None else tuple(sources.split(","))
    sought = Sought(start, end, names, numbers(channels), caller.hidden, text, going_on, before, limit + 1)
    await control.desk.engine.flush()
    found = await run_sync(control.desk.store.find, sought)
    return EventPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


@router.get("/{event}")
async def one_event(
    event: Annotated[int, Path(ge=1, le=LARGEST_ID)], control: TheControl, caller: AlarmUser
) -> Happened:
    """One event with what followed."""
    await control.desk.engine.flush()
    found = await run_sync(control.desk.store.get, event)
    if found is None or not caller.sees(found.channel):
        raise NotFound(what=_("event {number}").format(number=event))
    return found


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
    if event.kind == "event" and not caller.sees(event.data.get("channel", 0)):
        return False
    needed = NEEDS.get(event.kind)
    return needed is None or caller.may(needed)
