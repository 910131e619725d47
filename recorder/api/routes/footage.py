"""Recorded time: spans, gaps, days with footage, single pictures."""

from datetime import date
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response

from recorder.accounts.caller import Caller
from recorder.api.context import AnyCaller, Player, TheControl
from recorder.api.moments import Moment
from recorder.api.routes.channels import Number
from recorder.client.answers import Day, Gap, Span
from recorder.client.errors import Invalid
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control import footage
from recorder.control.channels import MOST_CHANNELS
from recorder.settings.pages.date_time import DateTime
from recorder.settings.scope import Permission

router = APIRouter(tags=["footage"])
WIDEST = 7680
Stream = Annotated[StreamName, Query()]
At = Annotated[Moment, Query()]
Channels = Annotated[str, Query(pattern=r"^\d{1,3}(,\d{1,3}){0,127}$", examples=["1,2,4"])]
MOST_DAYS = 31
"""Of completeness at once: a month."""


@router.get("/channels/{channel}/spans")
async def spans(
    channel: Number, start: At, end: At, control: TheControl, _caller: Player, stream: Stream = StreamName.MAIN
) -> list[Span]:
    """Footage between two times, cut by record type."""
    check_order(start, end)
    return await footage.spans(control.instance, channel, stream, start, end)


@router.get("/channels/{channel}/gaps")
async def gaps(
    channel: Number, start: At, end: At, control: TheControl, _caller: Player, stream: Stream = StreamName.MAIN
) -> list[Gap]:
    """Holes in what was due between two times, each with its reason."""
    check_order(start, end)
    return await footage.gaps(control.instance, channel, stream, start, end)


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
    return await footage.completeness(
        control.instance, numbers, first.isoformat(), count, zone, stream=stream, hours=hours
    )


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
    return await footage.days(control.instance, numbers, year, month, zone)


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
    if at is None:
        await run_sync(control.channels.get, channel)
    if stream is StreamName.PICTURE:
        moment = control.clock.now_us() if at is None else at
        caller.need_on(Permission.PLAYBACK, channel)
        jpeg = await footage.picture(control.instance, channel, moment)
    else:
        jpeg = await footage.still(control.instance, channel, stream, at, width)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


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
