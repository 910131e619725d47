"""Events: what happens as it happens, by WebSocket, and the list of what began and ended."""

import asyncio
import contextlib
from typing import Annotated, Any

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.accounts.caller import Caller, Role
from recorder.api.context import AlarmUser, TheControl, caller_again, caller_of, control_of
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
from recorder.settings.registry import built_in
from recorder.settings.rights import FULL
from recorder.settings.scope import Permission
from recorder.settings.scope import Scope as SettingsScope

router = APIRouter(prefix="/events", tags=["events"])

SLOW = 1013
OVER = 1008
LOOK_S = 5.0
SEND_S = 10.0
MOST_LISTED = 1000
LARGEST_ID = (1 << 63) - 1
"""As SQLite has numbers."""
OF_THE_RECORDER = {
    "action": Permission.SYSTEM,
    "bay": Permission.STORAGE,
    "disk": Permission.LIVE,
    "events": Permission.ALARM,
    "input": Permission.ALARM,
    "key": Permission.SYSTEM,
    "output": Permission.ALARM,
    "poe_port": Permission.CAMERA,
    "pool": Permission.LIVE,
    "stick": Permission.BACKUP,
    "trouble": Permission.LIVE,
}
"""Which right lets hear events that are of no channel."""
OF_CHANNELS = {
    "dome": Permission.PTZ,
    "export": Permission.BACKUP,
    "hold": Permission.PLAYBACK,
    "tag": Permission.PLAYBACK,
}
"""Which right on its channel, or on all its channels, lets hear an event."""


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
    if found is None or found.channel in caller.hidden:
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
                # Whoever was logged out, or may less since, hears nothing more than that.
                found = caller_again(socket)
                if found is None or not found.may(Permission.LIVE):
                    await socket.close(OVER)
                    return
                caller = found
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
    found = seen_by(caller, control, await run_sync(control.status))
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
    """Whether an event is told to a caller; of a kind that is not known here only to who may all (A2)."""
    if event.kind == "status":
        return True
    if caller.role is Role.VISITOR:
        return False
    if event.kind == "event":
        return caller.may(Permission.ALARM) and event.data.get("channel", 0) not in caller.hidden
    if event.kind == "settings":
        return _may_know(caller, event.data)
    if event.kind in OF_CHANNELS:
        channels = event.data.get("channels") or [event.data.get("channel")]
        return caller.rights.on(OF_CHANNELS[event.kind]).issuperset(channels)
    needed = OF_THE_RECORDER.get(event.kind)
    return caller.rights.cover(FULL) if needed is None else caller.may(needed)


def _may_know(caller: Caller, changed: dict[str, Any]) -> bool:
    """Whether a caller may know that a page changed: of a channel that he sees, or one that he may open."""
    try:
        page = built_in().page(str(changed["page"]))
    except NotFound:
        return caller.rights.cover(FULL)
    if page.about.scope is SettingsScope.CHANNEL:
        return caller.sees(int(changed["item"]))
    return page.about.scope is SettingsScope.SYSTEM or caller.may(page.about.permission)
