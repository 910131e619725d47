"""What people do with alarms: acknowledge, close, pin, write to, mute, take the footage (V-ALST-02 to -06, V-ALM-41).

Whoever may know of alarms may handle them; those of channels that he must not know of do not exist for him (A2).
"""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Path, Query
from pydantic import BaseModel, Field, field_validator

from recorder.accounts.caller import Caller
from recorder.api.context import AlarmUser, Exporter, TheControl, author
from recorder.api.router import Router
from recorder.api.routes.events import LARGEST_ID, known_event
from recorder.api.routes.exports import MOST_AT_ONCE, NewExport, begin_export
from recorder.api.routes.holds import who
from recorder.client.answers import ExportJob
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.happened import AlarmState, Happened, Receiving
from recorder.client.words import _
from recorder.control.channels import MOST_CHANNELS
from recorder.control.control import Control
from recorder.events.alarms import LONGEST_COMMENT, LONGEST_MUTE_MIN, LONGEST_OFF_MIN, Deed
from recorder.events.linkages.record import RecordOptions
from recorder.events.occurrence import plain
from recorder.settings.scope import Permission

router = Router(prefix="/alarms", tags=["events"])
LONGEST_CLIP_S = 3600
"""An event that goes on for days is exported by its times, in playback; its clip is its beginning."""
LONGEST_AROUND_S = 600
PRE_S, POST_S = 10, 10
MOST_SOURCES = 64
Event = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Source = Annotated[str, Field(pattern=r"^[a-z-]{1,64}$")]
Number = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]


class NoFootage(NightjarError):
    """An event belongs to no camera, and its rule records none."""

    status = 409
    words = _("Event {number} belongs to no camera: there is nothing to export.")


class Handling(BaseModel):
    """What becomes of an alarm; what is not given stays. `whole_group`: the same for all of its group that wait."""

    state: Literal[AlarmState.PROGRESS, AlarmState.FALSE, AlarmState.CLOSED] | None = None
    pinned: bool | None = None
    whole_group: bool = False


class Acknowledgement(BaseModel):
    """Somebody has seen it."""

    whole_group: bool = False


class NewComment(BaseModel):
    """What somebody writes to an event: one line that says something."""

    words: str = Field(min_length=1, max_length=LONGEST_COMMENT)

    @field_validator("words")
    @classmethod
    def _says_something(cls, words: str) -> str:
        if not plain(words):
            raise ValueError(_("It says nothing."))
        return words


class Silence(BaseModel):
    """For how long one wants to hear nothing of a rule; 0: hear of it again."""

    minutes: int = Field(ge=0, le=LONGEST_MUTE_MIN)


class Wishes(BaseModel):
    """Of what one wants to be told as it happens; null is everything.

    `off_minutes`: nothing at all for so long, null: as it is.
    """

    sources: list[Source] | None = Field(None, max_length=MOST_SOURCES)
    channels: list[Number] | None = Field(None, max_length=MOST_CHANNELS)
    off_minutes: int | None = Field(0, ge=0, le=LONGEST_OFF_MIN)


class Clip(BaseModel):
    """How much around an event; with a directory, which must be at the recorder, the file stays there."""

    pre_s: int = Field(PRE_S, ge=0, le=LONGEST_AROUND_S)
    post_s: int = Field(POST_S, ge=0, le=LONGEST_AROUND_S)
    directory: str | None = Field(None, max_length=4096)


@router.get("/receiving")
def receiving(control: TheControl, caller: AlarmUser) -> Receiving:
    """Of what the caller wants to be told."""
    return control.desk.alarms.receiving(caller.name)


@router.put("/receiving")
def wish(wanted: Wishes, control: TheControl, caller: AlarmUser) -> Receiving:
    """Say of what one wants to be told; it is one's own affair, and the list has all events in any case."""
    for number in wanted.channels or ():
        caller.need_channel(number)
    found = control.desk.alarms.wish(caller.name, wanted.sources, wanted.channels, wanted.off_minutes)
    control.settings.noted("receiving", caller.name, _("What is told was changed."), author(caller))
    return found


@router.delete("/receiving/mutes")
def sound_again(
    control: TheControl,
    caller: AlarmUser,
    source: Annotated[str, Query(pattern=r"^[a-z-]{1,64}$")],
    item: Annotated[str, Query(max_length=256)] = "",
) -> Receiving:
    """Hear again of a rule that the caller muted, before its time is over."""
    found = control.desk.alarms.sound_again(caller.name, source, item)
    control.settings.noted("receiving", caller.name, _("What is told was changed."), author(caller))
    return found


@router.patch("/{event}")
async def handle(event: Event, wanted: Handling, control: TheControl, caller: AlarmUser) -> Happened:
    """Give an alarm another state, or pin it: a pinned event stays however old it grows."""
    deed = Deed(who(caller), wanted.state, pinned=wanted.pinned, whole_group=wanted.whole_group)
    return await _handled(control, caller, event, deed)


@router.post("/{event}/acknowledge")
async def acknowledge(event: Event, wanted: Acknowledgement, control: TheControl, caller: AlarmUser) -> Happened:
    """Say that one has seen a new alarm; one that somebody else saw first stays his."""
    deed = Deed(who(caller), AlarmState.PROGRESS, only_new=True, whole_group=wanted.whole_group)
    return await _handled(control, caller, event, deed)


@router.post("/{event}/comments", status_code=201)
async def comment(event: Event, wanted: NewComment, control: TheControl, caller: AlarmUser) -> Happened:
    """Write to an event; comments are never changed."""
    await known_event(control, caller, event)
    found = await run_sync(control.desk.alarms.comment, event, who(caller), wanted.words)
    await run_sync(control.settings.noted, "alarm", str(event), _("comment"), author(caller))
    control.desk.engine.handled(found)
    return found


@router.post("/{event}/mute")
async def mute(event: Event, wanted: Silence, control: TheControl, caller: AlarmUser) -> Receiving:
    """Hear nothing of an event's rule and camera for a time; nobody else is muted."""
    found = await known_event(control, caller, event)
    wishes = await run_sync(control.desk.alarms.mute, caller.name, found, wanted.minutes)
    words = _("muted for {minutes} min").format(minutes=wanted.minutes)
    await run_sync(control.settings.noted, "alarm", str(event), words, author(caller))
    return wishes


@router.post("/{event}/clip", status_code=201)
async def clip(event: Event, wanted: Clip, control: TheControl, caller: Exporter) -> ExportJob:
    """Export the footage of an event with what was before and after it; one that goes on, as far as it came."""
    caller.need(Permission.ALARM)
    found = await known_event(control, caller, event)
    page = control.desk.rules.page_of(found)
    channels = [found.channel] if found.channel else list[int]()
    if isinstance(page, RecordOptions) and page.record and page.record_channels:
        channels = list(page.record_channels[:MOST_AT_ONCE])
    if not channels:
        raise NoFootage(number=event)
    end_us = control.clock.now_us() if found.end_us is None else found.end_us
    end_us = min(end_us + wanted.post_s * SECOND_US, found.begin_us + LONGEST_CLIP_S * SECOND_US)
    start_us = max(0, found.begin_us - wanted.pre_s * SECOND_US)
    asked = NewExport(
        channels=channels, start=start_us, end=max(end_us, start_us + SECOND_US), directory=wanted.directory
    )
    return await begin_export(asked, control, caller)


async def _handled(control: Control, caller: Caller, event: int, deed: Deed) -> Happened:
    found = await known_event(control, caller, event)
    changed = await run_sync(control.desk.alarms.handle, found, deed)
    for before, after in changed:
        await run_sync(control.settings.noted, "alarm", str(after.id), _told(before, after), author(caller))
        control.desk.engine.handled(after)
    return await known_event(control, caller, event)


def _told(before: Happened, after: Happened) -> str:
    parts = [f"{before.state} → {after.state}"] if before.state is not after.state else []
    if before.pinned is not after.pinned:
        parts.append(_("pinned") if after.pinned else _("no longer pinned"))
    return ", ".join(parts)
