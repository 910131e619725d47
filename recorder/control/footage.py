"""Recorded time and pictures, asked for at reader and decode in the name of the API."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from recorder.client.answers import Day, Gap, Hold, Picture, Span, Tag
from recorder.client.errors import NightjarError
from recorder.client.grid import to_text
from recorder.client.instance import Instance
from recorder.client.motion import Found, MotionRecord, parse, search, together
from recorder.client.stream import StreamName
from recorder.client.views import StillAnswer, StillRequest
from recorder.client.words import _
from recorder.control.frames_call import ask

log = logging.getLogger(__name__)

STILL_S = 8.0
COMPLETENESS_S = 20.0
"""A month of all channels, on a machine that is busy recording."""


@dataclass(frozen=True)
class Notes:
    """Which holds or tags: of channels (None: all), touching [start_us, end_us); `over`: ended ones too.

    `note` is the id of the only one that is wanted.
    """

    channels: tuple[int, ...] | None = None
    start_us: int = 0
    end_us: int = 1 << 62
    over: bool = False
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Growing:
    start_us: int
    record: bytes


class DamagedAnswer(NightjarError):
    """Another process answered with something else than was agreed."""

    status = 502
    words = _("The {process} service answered with something that makes no sense.")


async def spans(instance: Instance, channel: int, stream: StreamName, start_us: int, end_us: int) -> list[Span]:
    """Footage between two times, cut by record type; raises `Unavailable`, `Told`."""
    return _rows(await _between(instance, "spans", channel, stream, start_us, end_us), "spans", Span)


async def gaps(instance: Instance, channel: int, stream: StreamName, start_us: int, end_us: int) -> list[Gap]:
    """Holes in what was due between two times; raises `Unavailable`, `Told`."""
    return _rows(await _between(instance, "gaps", channel, stream, start_us, end_us), "gaps", Gap)


async def completeness(
    instance: Instance, channels: Sequence[int], first: str, count: int, zone: str, *, stream: StreamName, hours: bool
) -> list[Day]:
    """How complete local days of channels are; raises `Unavailable`, `Told`."""
    question = {
        "op": "completeness",
        "id": 1,
        "channels": list(channels),
        "first": first,
        "count": count,
        "zone": zone,
        "stream": stream.value,
        "hours": hours,
    }
    return _rows(await ask(instance, "reader", question, "completeness", COMPLETENESS_S), "days", Day)


async def days(instance: Instance, channels: Sequence[int], year: int, month: int, zone: str) -> dict[int, list[int]]:
    """Local days of a month on which channels have footage; raises `Unavailable`, `Told`."""
    question = {"op": "days", "id": 1, "channels": list(channels), "year": year, "month": month, "zone": zone}
    answer = await ask(instance, "reader", question, "days")
    try:
        return msgspec.convert(answer.get("days"), dict[int, list[int]], strict=False, str_keys=True)
    except msgspec.ValidationError as error:
        raise DamagedAnswer(process="reader") from error


async def holds(instance: Instance, asked: Notes) -> list[Hold]:
    """Holds that touch a stretch, by time; raises `Unavailable`, `Told`."""
    return _rows(await ask(instance, "reader", {"op": "holds", "id": 1, **asdict(asked)}, "holds"), "holds", Hold)


async def tags(instance: Instance, asked: Notes) -> list[Tag]:
    """Tags that touch a stretch, by time; raises `Unavailable`, `Told`."""
    return _rows(await ask(instance, "reader", {"op": "tags", "id": 1, **asdict(asked)}, "tags"), "tags", Tag)


async def pictures(instance: Instance, channel: int, start_us: int, end_us: int) -> list[Picture]:
    """Recorded pictures between two times; raises `Unavailable`, `Told`."""
    return _rows(
        await _between(instance, "pictures", channel, StreamName.PICTURE, start_us, end_us), "pictures", Picture
    )


async def motion(instance: Instance, channel: int, region: int, start_us: int, end_us: int) -> Found:
    """When something moved in a region, and when that is known; raises `Unavailable`, `Told`.

    The newest record still grows in media; without media it is left out.
    """
    question = {
        "op": "motion",
        "id": 1,
        "channel": channel,
        "start_us": start_us,
        "end_us": end_us,
        "region": to_text(region),
    }
    recorded = await ask(instance, "reader", question, "motion", COMPLETENESS_S)
    try:
        found = msgspec.convert({"moved": recorded["moved"], "analysed": recorded["analysed"]}, Found)
    except (KeyError, msgspec.ValidationError) as error:
        raise DamagedAnswer(process="reader") from error
    newest = search(await _growing(instance, channel), region, start_us, end_us)
    return together(found, newest)


async def _growing(instance: Instance, channel: int) -> list[MotionRecord]:
    try:
        told = await ask(instance, "media", {"op": "motion_growing", "id": 1, "channel": channel}, "motion_growing")
        grown = msgspec.convert(told, _Growing)
        return [parse(grown.start_us, grown.record)] if grown.start_us else []
    except (NightjarError, msgspec.ValidationError) as error:
        log.warning("the newest motion of channel %d is not to be had: %s", channel, error)
        return []


async def picture(instance: Instance, channel: int, at_us: int) -> bytes:
    """The newest recorded picture at or before a time; raises `Unavailable`, `Told`."""
    answer = await ask(instance, "reader", {"op": "picture", "id": 1, "channel": channel, "at_us": at_us}, "picture")
    return _jpeg(answer, "reader").jpeg


async def still(instance: Instance, channel: int, stream: StreamName, at_us: int | None, width: int) -> bytes:
    """One picture as JPEG, live where no time is given; raises `Unavailable`, `Told`."""
    return (await still_at(instance, channel, stream, at_us, width)).jpeg


async def still_at(
    instance: Instance, channel: int, stream: StreamName, at_us: int | None, width: int, quality: int = 5
) -> StillAnswer:
    """One picture with its time; raises `Unavailable`, `Told`."""
    request = StillRequest(1, channel, stream, at_us, width, quality=quality)
    return _jpeg(await ask(instance, "decode", request, "still", STILL_S), "decode")


def _jpeg(answer: dict[str, Any], process: str) -> StillAnswer:
    try:
        return msgspec.convert(answer, StillAnswer)
    except msgspec.ValidationError as error:
        raise DamagedAnswer(process=process) from error


async def _between(
    instance: Instance, op: str, channel: int, stream: StreamName, start_us: int, end_us: int
) -> dict[str, Any]:
    question = {
        "op": op,
        "id": 1,
        "channel": channel,
        "stream": stream.value,
        "start_us": start_us,
        "end_us": end_us,
    }
    return await ask(instance, "reader", question, op)


def _rows(answer: dict[str, Any], name: str, kind: Any) -> Any:
    try:
        return msgspec.convert(answer.get(name), list[kind], strict=False)
    except msgspec.ValidationError as error:
        raise DamagedAnswer(process="reader") from error
