"""Tags: named marks on recorded time, to be found again by their words."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller
from recorder.api.context import Player, TheControl
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.api.routes.holds import Channels, Id, Reason, Words, numbers, who
from recorder.client.answers import Tag
from recorder.client.clock import LATEST_US
from recorder.client.errors import NotFound
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control import footage, keeping
from recorder.control.channels import MOST_CHANNELS
from recorder.control.footage import Notes
from recorder.settings.scope import Permission

router = Router(prefix="/tags", tags=["tags"])


class NewTag(BaseModel):
    """What to tag: a moment, or a stretch where an end is given."""

    channel: int = Field(ge=1, le=MOST_CHANNELS)
    stream: StreamName | None = None
    start: Moment
    end: Moment | None = None
    words: Reason


class NewWords(BaseModel):
    """What a tag says."""

    words: Reason


@router.get("")
async def tags(
    control: TheControl,
    caller: Player,
    channels: Channels = None,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    text: Words = "",
) -> list[Tag]:
    """Tags that touch a time and have a text in their words, oldest first."""
    check_order(start, end)
    found = await footage.tags(control.instance, Notes(numbers(channels), start, end, text=text))
    return [one for one in found if caller.may_on(Permission.PLAYBACK, one.channel) and one.end_us >= caller.oldest_us]


@router.post("", status_code=201)
async def add_tag(wanted: NewTag, control: TheControl, caller: Player) -> Tag:
    """Put a tag on a moment or stretch. When this is answered it is safe on a disk."""
    end = wanted.start if wanted.end is None else wanted.end
    if end != wanted.start:
        check_order(wanted.start, end)
    caller.need_on(Permission.PLAYBACK, wanted.channel)
    caller.need_moment(wanted.start)
    when = (wanted.channel, wanted.stream, wanted.start, end)
    made = await keeping.tag(control.instance, *when, owner=who(caller), words=wanted.words)
    control.events.publish("tag", made)
    return made


@router.patch("/{tag}")
async def rename_tag(tag: Id, wanted: NewWords, control: TheControl, caller: Player) -> Tag:
    """Give a tag other words."""
    await _seen(control, caller, tag)
    changed = await keeping.rename_tag(control.instance, tag, wanted.words)
    control.events.publish("tag", changed)
    return changed


@router.delete("/{tag}", status_code=204)
async def remove_tag(tag: Id, control: TheControl, caller: Player) -> None:
    """Remove a tag; the footage stays as it is."""
    channel = await _seen(control, caller, tag)
    await keeping.remove_tag(control.instance, tag)
    control.events.publish("tag", {"id": tag, "channel": channel, "removed": True})


async def _seen(control: TheControl, caller: Caller, tag: str) -> int:
    """Give the channel of a tag that the caller may see; raises `NotFound`, `Refused`."""
    found = await footage.tags(control.instance, Notes(note=tag))
    if not found or found[0].end_us < caller.oldest_us:
        raise NotFound(what=_("tag {id}").format(id=tag))
    caller.need_on(Permission.PLAYBACK, found[0].channel)
    return found[0].channel
