"""Holds and tags, made and ended at media in the name of the API; kept while an export needs its footage."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import msgspec

from recorder.client.answers import Hold, HoldKind, Tag
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.control.footage import DamagedAnswer
from recorder.control.frames_call import ask

log = logging.getLogger(__name__)

EXPORT_HOLD_US = 600 * SECOND_US
"""So long footage outlives an export that died without a word; an export that lives renews its hold."""
RENEW_S = 240.0
_Answer = TypeVar("_Answer", Hold, Tag)


async def hold(
    instance: Instance,
    channel: int,
    stream: StreamName | None,
    start_us: int,
    end_us: int,
    *,
    owner: str,
    reason: str,
    expires_us: int | None = None,
    kind: HoldKind = HoldKind.LOCK,
) -> Hold:
    """Keep a stretch from reuse; safe on a disk when this returns. Raises `Unavailable`, `Told`."""
    asked = {
        "op": "hold",
        "id": 1,
        "channel": channel,
        "stream": stream,
        "start_us": start_us,
        "end_us": end_us,
        "owner": owner,
        "reason": reason,
        "expires_us": expires_us,
        "kind": kind,
    }
    return await _ask(instance, asked, "held", "hold", Hold)


async def expire(instance: Instance, hold: str, expires_us: int | None) -> Hold:
    """Let a hold expire at another time, None: never. Raises `Unavailable`, `Told`."""
    asked = {"op": "hold_expire", "id": 1, "hold": hold, "expires_us": expires_us}
    return await _ask(instance, asked, "held", "hold", Hold)


async def release(instance: Instance, hold: str, owner: str, reason: str) -> Hold:
    """End a hold. Raises `Unavailable`, `Told`."""
    asked = {"op": "hold_release", "id": 1, "hold": hold, "owner": owner, "reason": reason}
    return await _ask(instance, asked, "held", "hold", Hold)


async def tag(
    instance: Instance, channel: int, stream: StreamName | None, start_us: int, end_us: int, *, owner: str, words: str
) -> Tag:
    """Make a tag. Raises `Unavailable`, `Told`."""
    when = {"channel": channel, "stream": stream, "start_us": start_us, "end_us": end_us}
    return await _ask(instance, {"op": "tag", "id": 1, **when, "owner": owner, "words": words}, "tagged", "tag", Tag)


async def rename_tag(instance: Instance, tag: str, words: str) -> Tag:
    """Give a tag other words. Raises `Unavailable`, `Told`."""
    return await _ask(instance, {"op": "tag_rename", "id": 1, "tag": tag, "words": words}, "tagged", "tag", Tag)


async def remove_tag(instance: Instance, tag: str) -> None:
    """Remove a tag. Raises `Unavailable`, `Told`."""
    await _ask(instance, {"op": "tag_remove", "id": 1, "tag": tag}, "tagged", "tag", Tag)


@contextlib.asynccontextmanager
async def held_for_export(
    instance: Instance,
    clock: Clock,
    channels: tuple[int, ...],
    stream: StreamName,
    start_us: int,
    end_us: int,
    job: str,
) -> AsyncGenerator[None]:
    """Keep what is being exported from reuse; where media cannot do so, the export goes on without."""
    held: list[str] = []
    for channel in channels:
        try:
            until = clock.now_us() + EXPORT_HOLD_US
            when = (channel, stream, start_us, end_us)
            names = {"owner": "export", "reason": job}
            made = await hold(instance, *when, **names, expires_us=until, kind=HoldKind.EXPORT)
            held.append(made.id)
        except NightjarError as error:
            log.info("export %s: channel %d is not held (%s)", job, channel, error)
    renewing = asyncio.create_task(_renew(instance, clock, held))
    try:
        yield
    finally:
        renewing.cancel()
    # Not where we are ended ourselves: the export goes on, and the next run of control takes it up.
    for one in held:
        with contextlib.suppress(NightjarError):
            await release(instance, one, "export", job)


async def _renew(instance: Instance, clock: Clock, held: list[str]) -> None:
    while held:
        await asyncio.sleep(RENEW_S)
        for one in held:
            with contextlib.suppress(NightjarError):
                await expire(instance, one, clock.now_us() + EXPORT_HOLD_US)


async def _ask(instance: Instance, asked: dict[str, Any], op: str, name: str, kind: type[_Answer]) -> _Answer:
    answer = await ask(instance, "media", asked, op)
    try:
        return msgspec.convert(answer.get(name), kind, strict=False)
    except msgspec.ValidationError as error:
        raise DamagedAnswer(process="media") from error
