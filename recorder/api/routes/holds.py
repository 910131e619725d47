"""Holds: footage that is kept from being overwritten, for somebody's reason, until a time."""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Path, Query
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller, Role
from recorder.api.context import Exporter, Player, TheControl, author
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.client.answers import Hold, HoldKind
from recorder.client.clock import LATEST_US
from recorder.client.errors import NotFound
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control import footage, keeping
from recorder.control.channels import MOST_CHANNELS
from recorder.control.footage import Notes
from recorder.settings.scope import Permission

router = Router(prefix="/holds", tags=["holds"])
LONGEST_REASON = 256
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Channels = Annotated[str | None, Query(pattern=r"^\d{1,3}(,\d{1,3}){0,127}$", examples=["1,2,4"])]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Words = Annotated[str, Query(max_length=LONGEST_REASON)]


class NewHold(BaseModel):
    """What to lock; without a stream all streams of the channel, without an expiry until it is released."""

    channel: int = Field(ge=1, le=MOST_CHANNELS)
    stream: StreamName | None = None
    start: Moment
    end: Moment
    reason: Reason
    expires: Moment | None = None
    kind: Literal[HoldKind.LOCK, HoldKind.EVIDENCE] = HoldKind.LOCK


class NewExpiry(BaseModel):
    """When a lock ends by itself; null is never."""

    expires: Moment | None


class Release(BaseModel):
    """Why a lock is no longer needed."""

    reason: Reason


@router.get("")
async def holds(
    control: TheControl,
    caller: Player,
    channels: Channels = None,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    *,
    over: bool = False,
) -> list[Hold]:
    """Locks that touch a time, oldest first; with `over` those that were released or have expired, too."""
    check_order(start, end)
    found = await footage.holds(control.instance, Notes(numbers(channels), start, end, over))
    return [one for one in found if caller.may_on(Permission.PLAYBACK, one.channel) and one.end_us > caller.oldest_us]


@router.post("", status_code=201)
async def add_hold(wanted: NewHold, control: TheControl, caller: Exporter) -> Hold:
    """Lock footage. When this is answered it is safe on a disk; refused where too much would be locked."""
    check_order(wanted.start, wanted.end)
    caller.need_on(Permission.BACKUP, wanted.channel)
    caller.need_moment(wanted.start)
    when = (wanted.channel, wanted.stream, wanted.start, wanted.end)
    by, why = who(caller), wanted.reason
    made = await keeping.hold(
        control.instance, *when, owner=by, reason=why, expires_us=wanted.expires, kind=wanted.kind
    )
    control.events.publish("hold", made)
    return made


@router.patch("/{hold}")
async def change_hold(hold: Id, wanted: NewExpiry, control: TheControl, caller: Exporter) -> Hold:
    """Let a lock expire at another time."""
    await _seen(control, caller, hold)
    changed = await keeping.expire(control.instance, hold, wanted.expires)
    control.events.publish("hold", changed)
    return changed


@router.post("/{hold}/release")
async def release_hold(hold: Id, wanted: Release, control: TheControl, caller: Exporter) -> Hold:
    """End a lock: its footage may be overwritten from now on. Who did it and why stays on record."""
    await _seen(control, caller, hold)
    released = await keeping.release(control.instance, hold, who(caller), wanted.reason)
    await run_sync(control.settings.noted, "hold", hold, wanted.reason, author(caller))
    control.events.publish("hold", released)
    return released


async def _seen(control: TheControl, caller: Caller, hold: str) -> None:
    """Raise `NotFound`, or `Refused`, unless a hold is of a channel that the caller may lock."""
    if caller.role in {Role.OWNER, Role.ADMIN}:
        return
    found = await footage.holds(control.instance, Notes(over=True, note=hold))
    for one in found:
        caller.need_on(Permission.BACKUP, one.channel)
        if one.end_us <= caller.oldest_us:
            raise NotFound(what=_("lock {id}").format(id=hold))
    if not found:
        raise NotFound(what=_("lock {id}").format(id=hold))


def numbers(channels: str | None) -> tuple[int, ...] | None:
    """Read a list of channels; None is all."""
    return None if channels is None else tuple(int(one) for one in channels.split(","))


def who(caller: Caller) -> str:
    """The name that stands on what a caller makes."""
    return (caller.name or caller.role.value)[:64]
