"""Events: what happens as it happens, by WebSocket, and the list of what began and ended."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from anyio.to_thread import run_sync
from fastapi import Depends, Path, Query
from fastapi.responses import StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.accounts.caller import Caller, Role
from recorder.api.context import AlarmUser, TheControl, author, caller_again, caller_of, control_of
from recorder.api.event_csv import csv_lines
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.api.routes.holds import Channels, Words, numbers
from recorder.api.routes.status import seen_by
from recorder.client.answers import Event
from recorder.client.clock import LATEST_US
from recorder.client.errors import NotFound
from recorder.client.happened import AlarmState, EventKind, EventPage, Happened
from recorder.client.words import _
from recorder.control.control import Control
from recorder.events.sought import Sought
from recorder.settings.registry import built_in
from recorder.settings.rights import FULL
from recorder.settings.scope import Permission
from recorder.settings.scope import Scope as SettingsScope

router = Router(prefix="/events", tags=["events"])

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


def asked_for(
    caller: AlarmUser,
    control: TheControl,
    sources: Annotated[str | None, Query(pattern=r"^[a-z-]{1,64}(,[a-z-]{1,64}){0,63}$")] = None,
    channels: Channels = None,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    text: Words = "",
    states: Annotated[
        str | None, Query(pattern=r"^(new|progress|false|closed)(,(new|progress|false|closed)){0,3}$")
    ] = None,
    *,
    going_on: bool = False,
    pinned: bool = False,
    muted: bool = True,
) -> Sought:
    """What is asked for; without `muted` what the caller muted for now is left out."""
    check_order(start, end)
    return Sought(
        start_us=start,
        end_us=end,
        sources=None if sources is None else tuple(sources.split(",")),
        channels=numbers(channels),
        hidden=caller.hidden,
        text=text,
        going_on=going_on,
        states=None if states is None else tuple(map(AlarmState, states.split(","))),
        pinned=pinned,
        without=() if muted else [(one.source, one.item) for one in control.desk.alarms.receiving(caller.name).mutes],
    )


Asked = Annotated[Sought, Depends(asked_for)]


@router.get("")
async def happened(
    control: TheControl,
    _caller: AlarmUser,
    asked: Asked,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    *,
    grouped: bool = False,
) -> EventPage:
    """Events that touch a time, the newest first; `before` of an answer asks for those that follow.

    `sources` are names of pages; `text` is sought in their words; `going_on`: without an end; `states`: alarms alone;
    `grouped`: of events of one rule and camera within the time set for groups only the newest.
    """
    await control.desk.engine.flush()
    found = await run_sync(control.desk.store.find, replace(asked, before=before, limit=limit + 1, grouped=grouped))
    return EventPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


@router.get(
    "/csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def listed_as_csv(control: TheControl, caller: AlarmUser, asked: Asked) -> StreamingResponse:
    """All events that are asked for as CSV, the newest first, while they are read (V-ALST-05)."""
    await control.desk.engine.flush()
    await run_sync(control.settings.noted, "event-list", "", _("exported"), author(caller))
    headers = {"Content-Disposition": 'attachment; filename="events.csv"', "Cache-Control": "no-store"}
    lines = csv_lines(control.desk.store, asked, control.desk.rules.zone)
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


@router.get("/kinds")
def kinds(control: TheControl, _caller: AlarmUser) -> list[EventKind]:
    """The kinds of events that there are, by their names in `sources`, in the order of their pages."""
    rules = sorted(control.desk.rules.classes.values(), key=lambda one: (one.about.order, one.about.name))
    return [EventKind(one.about.name, one.about.title) for one in rules]


@router.get("/{event}")
async def one_event(
    event: Annotated[int, Path(ge=1, le=LARGEST_ID)], control: TheControl, caller: AlarmUser
) -> Happened:
    """One event with what followed, what people wrote, and what is to be done."""
    found = await known_event(control, caller, event)
    page = control.desk.rules.page_of(found)
    return found if page is None else replace(found, instructions=page.instructions)


async def known_event(control: Control, caller: Caller, event: int) -> Happened:
    """Give an event of a channel that the caller may know of; raises `NotFound` (A2)."""
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
                    async with asyncio.timeout(LOOK_S):
                        event = await queue.get()
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
                if _may_hear(caller, event) and _wants(control, caller, event):
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
    if event.kind == "export" and not caller.may_see_of(event.data.get("by", "")):
        return False
    if event.kind in OF_CHANNELS:
        channels = event.data.get("channels") or [event.data.get("channel")]
        exists = event.data.get("start_us", caller.oldest_us) >= caller.oldest_us  # A10
        return exists and caller.rights.on(OF_CHANNELS[event.kind]).issuperset(channels)
    needed = OF_THE_RECORDER.get(event.kind)
    return caller.rights.cover(FULL) if needed is None else caller.may(needed)


def _wants(control: Control, caller: Caller, event: Event) -> bool:
    """Whether the caller wished to be told: other kinds than events are always told (V-ALM-41)."""
    if event.kind != "event":
        return True
    told = event.data
    return control.desk.alarms.wants(caller.name, told.get("source", ""), told.get("item", ""), told.get("channel", 0))


def _may_know(caller: Caller, changed: dict[str, Any]) -> bool:
    """Whether a caller may know that a page changed: of a channel that he sees, or one that he may open."""
    try:
        page = built_in().page(str(changed["page"]))
    except NotFound:
        return caller.rights.cover(FULL)
    if page.about.scope is SettingsScope.CHANNEL:
        return caller.sees(int(changed["item"]))
    return page.about.scope is SettingsScope.SYSTEM or caller.may(page.about.permission)
