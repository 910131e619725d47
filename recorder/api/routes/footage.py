"""Recorded time: spans, gaps, days with footage, single pictures."""

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from anyio.to_thread import run_sync
from fastapi import Query, Response

from recorder.accounts.caller import Caller
from recorder.api.context import AnyCaller, Player, TheControl
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.channels import Number
from recorder.client.answers import Day, Gap, Span
from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid, NotFound
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control import footage
from recorder.control.channels import MOST_CHANNELS
from recorder.control.control import Control
from recorder.settings.pages.date_time import DateTime
from recorder.settings.scope import Permission

router = Router(tags=["footage"])
WIDEST = 7680
Stream = Annotated[StreamName, Query()]
At = Annotated[Moment, Query()]
Channels = Annotated[str, Query(pattern=r"^\d{1,3}(,\d{1,3}){0,127}$", examples=["1,2,4"])]
MOST_DAYS = 31
"""Of completeness at once: a month."""


@router.get("/channels/{channel}/spans")
async def spans(
    channel: Number, start: At, end: At, control: TheControl, caller: Player, stream: Stream = StreamName.MAIN
) -> list[Span]:
    """Footage between two times, cut by record type."""
    check_order(start, end)
    start = caller.since(start)
    return await footage.spans(control.instance, channel, stream, start, end) if start < end else []


@router.get("/channels/{channel}/gaps")
async def gaps(
    channel: Number, start: At, end: At, control: TheControl, caller: Player, stream: Stream = StreamName.MAIN
) -> list[Gap]:
    """Holes in what was due between two times, each with its reason."""
    check_order(start, end)
    start = caller.since(start)
    return await footage.gaps(control.instance, channel, stream, start, end) if start < end else []


@router.get("/completeness")
async def completeness(
    channels: Channels,
    first: date,
    control: TheControl,
    caller: Player,
    count: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 1,
    stream: Stream = StreamName.MAIN,
    hours: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query parameter
) -> list[Day]:
    """How complete days of the recorder's zone are: what was due of each, and what became of it.

    With `hours` each day tells its hours too, of which it has 23 to 25.
    """
    numbers = numbers_of(channels, caller, Permission.PLAYBACK)
    zone = await run_sync(lambda: control.settings.get(DateTime).zone)
    found = await footage.completeness(
        control.instance, numbers, first.isoformat(), count, zone, stream=stream, hours=hours
    )
    return [one for one in found if one.start_us >= caller.oldest_us]


@router.get("/days")
async def days(
    channels: Channels,
    year: Annotated[int, Query(ge=1970, le=2200)],
    month: Annotated[int, Query(ge=1, le=12)],
    control: TheControl,
    caller: Player,
) -> dict[int, list[int]]:
    """Days of a month, in the recorder's zone, on which channels have footage."""
    numbers = numbers_of(channels, caller, Permission.PLAYBACK)
    zone = await run_sync(lambda: control.settings.get(DateTime).zone)
    found = await footage.days(control.instance, numbers, year, month, zone)
    asked = (year, month)
    return {channel: await _since(control, caller, channel, asked, some, zone) for channel, some in found.items()}


@router.get(
    "/channels/{channel}/snapshot",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def snapshot(
    channel: Number,
    control: TheControl,
    caller: AnyCaller,
    at: Annotated[Moment | None, Query()] = None,
    stream: Stream = StreamName.MAIN,
    width: Annotated[int, Query(ge=0, le=WIDEST)] = 0,
) -> Response:
    """One picture as JPEG: live, or recorded where a time is given. A width of 0 is the stream's own."""
    caller.need_on(Permission.LIVE if at is None else Permission.PLAYBACK, channel)
    if at is not None:
        caller.need_moment(at)
    if at is None:
        await run_sync(control.channels.get, channel)
    if stream is StreamName.PICTURE:
        moment = control.clock.now_us() if at is None else at
        caller.need_on(Permission.PLAYBACK, channel)
        jpeg = await picture_since(control, caller, channel, moment)
    else:
        jpeg = await footage.still(control.instance, channel, stream, at, width)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


async def picture_since(control: Control, caller: Caller, channel: int, at_us: int) -> bytes:
    """Give the newest recorded picture at or before a time that exists for the caller; raises `NotFound`."""
    caller.need_moment(at_us)
    if caller.oldest_us and not await footage.pictures(control.instance, channel, caller.oldest_us, at_us + 1):
        raise NotFound(what=_("picture at or before this time"))
    return await footage.picture(control.instance, channel, at_us)


async def _since(
    control: Control, caller: Caller, channel: int, month: tuple[int, int], days: list[int], zone: str
) -> list[int]:
    """Leave out the days of a month that do not exist for the caller; of the first one, a part may."""
    if not caller.oldest_us:
        return days
    limit = datetime.fromtimestamp(caller.oldest_us / SECOND_US, ZoneInfo(zone))
    if month != (limit.year, limit.month):
        return days if month > (limit.year, limit.month) else []
    over = datetime(limit.year, limit.month, limit.day, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    end_us = round(over.timestamp()) * SECOND_US
    kept = [day for day in days if day > limit.day]
    if limit.day in days and await footage.spans(control.instance, channel, StreamName.MAIN, caller.oldest_us, end_us):
        kept.insert(0, limit.day)
    return kept


def numbers_of(channels: str, caller: Caller, permission: Permission) -> list[int]:
    """Read channel numbers with commas between them; raises `Invalid`, `Refused`, `NotFound`."""
    numbers = [int(one) for one in channels.split(",")]
    for number in numbers:
        if not 1 <= number <= MOST_CHANNELS:
            raise Invalid(problem=_("There is no channel {number}.").format(number=number))
        caller.need_on(permission, number)
    return numbers


def check_order(start_us: int, end_us: int) -> None:
    """Refuse a stretch that ends before it begins."""
    if end_us <= start_us:
        raise Invalid(problem=_("The end must be after the start."))
