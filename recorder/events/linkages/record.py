"""Record channels from before an event until after it, as the record schedule allows (D-LINK-06, D-REC-02)."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.client.words import _
from recorder.control.frames_call import ask
from recorder.events.around import Around
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence, chosen
from recorder.media.plan import Due, Plan
from recorder.settings.page import setting

if TYPE_CHECKING:
    from recorder.events.engine import Engine

log = logging.getLogger(__name__)

LONGEST_POST_S = 600
RENEW_S = 10.0
"""media ends a mark that it does not hear of for 30 s."""
LOOK_S = 1.0
GROUP = _("Recording")
BOTH = frozenset((RecordType.MOTION, RecordType.ALARM))


def recording(*, on: bool = True) -> Any:
    """Declare the switch; sources for which the record schedule has a type of its own have it on."""
    return setting(on, title=_("Record"), group=GROUP)


class RecordOptions(LinkageOptions):
    """Which channels, and how long after."""

    record: bool = recording(on=False)
    record_channels: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (), longest=128, title=_("Cameras"), widget="channels", group=GROUP, nothing=_("The event's own")
    )
    record_post_s: int = setting(10, ge=0, le=LONGEST_POST_S, title=_("Post-record"), unit="s", group=GROUP)


@dataclass(frozen=True)
class Target:
    """What of a channel the plan lets this event record now, and from how long before."""

    streams: tuple[StreamKey, ...]
    pre_s: int


def target(plan: Plan, channel: int, present: frozenset[RecordType], kind: RecordType, now_us: int) -> Target | None:
    """What the plan of a channel says of an event of this kind; None: it wants nothing recorded for it.

    Where general recording is due the mark only says what the time counts as. `present` are the kinds of all events of
    the channel now: where the plan wants motion and alarm together, each alone records nothing (D-REC-02).
    """
    found = plan.channel(channel)
    dues = [one for one in found.record if one.start_us <= now_us < one.end_us] if found else []
    wanted = [one for one in dues if _wants(one, present, kind)]
    streams = {StreamKey(channel, stream) for one in wanted for stream in one.streams}
    return Target(tuple(sorted(streams)), max(one.pre_s for one in wanted)) if streams else None


def _wants(due: Due, present: frozenset[RecordType], kind: RecordType) -> bool:
    if due.type is RecordType.MOTION_AND_ALARM:
        return kind in BOTH and present >= BOTH
    return due.type in {kind, RecordType.GENERAL}


class Record(Linkage[RecordOptions]):
    """Marks recorded time at media, which records and types it."""

    name = "record"
    order = 10
    title = _("Recording")
    lasts = True
    quiet = True  # the timeline shows it, and media ends marks that nobody renews

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._run = f"{around.clock.now_us():x}"
        """Keeps marks of this run of control apart from those of others."""
        self._present: dict[int, dict[int, RecordType]] = defaultdict(dict)
        """By channel and event: the kinds that are present."""

    def lacking(self, occurrence: Occurrence, page: RecordOptions) -> str:
        """A plan that wants it recorded (D-RULE-02, D-RULE-03)."""
        channels = chosen(page.record_channels, occurrence)
        if not channels:
            return _("No camera is chosen.")
        plan, now_us = self.around.plan(), self.around.clock.now_us()
        kind = occurrence.rule.record_type
        if not any(target(plan, one, BOTH | {kind}, kind, now_us) for one in channels):
            return _("The record schedule records nothing for it now.")
        return ""

    async def begin(self, occurrence: Occurrence, page: RecordOptions) -> str:
        """Put marks."""
        channels = chosen(page.record_channels, occurrence)
        for channel in channels:
            self._present[channel][occurrence.id] = occurrence.rule.record_type
        marked = await self._mark(occurrence, channels, None)
        if not marked:
            return _("The record schedule wants motion and alarm together.")
        return _("Cameras {numbers}").format(numbers=", ".join(map(str, marked)))

    async def keep(self, occurrence: Occurrence, page: RecordOptions) -> None:
        """Renew them; put those that the plan did not want at the beginning."""
        channels, marked, renewed_s = chosen(page.record_channels, occurrence), set[int](), 0.0
        while True:
            await asyncio.sleep(LOOK_S)
            renewed_s += LOOK_S
            due = [one for one in channels if renewed_s >= RENEW_S or one not in marked]
            renewed_s = 0.0 if renewed_s >= RENEW_S else renewed_s
            try:
                marked |= set(await self._mark(occurrence, due, None))
            except NightjarError as error:
                log.debug("event %d is told to media again: %s", occurrence.id, error)
            except Exception:  # the lease of the others ends where nobody renews it, and recording with it
                log.exception("event %d could not be told to media; it is tried again", occurrence.id)

    async def end(self, occurrence: Occurrence, page: RecordOptions) -> None:
        """Let them end after the post-record time."""
        channels = chosen(page.record_channels, occurrence)
        end_us = self.around.clock.now_us() if occurrence.end_us is None else occurrence.end_us
        await self._mark(occurrence, channels, end_us + page.record_post_s * SECOND_US)
        for channel in channels:
            self._present[channel].pop(occurrence.id, None)

    async def _mark(self, occurrence: Occurrence, channels: Sequence[int], until_us: int | None) -> list[int]:
        plan, now_us = self.around.plan(), self.around.clock.now_us()
        marked: list[int] = []
        for channel in channels:
            kind = occurrence.rule.record_type
            present = frozenset(self._present[channel].values()) | {kind}
            wanted = target(plan, channel, present, kind, now_us)
            if wanted is None:
                continue
            mark = {
                "op": "mark",
                "id": f"event {self._run} {occurrence.id} {channel}",
                "streams": wanted.streams,
                "event_us": occurrence.begin_us,
                "pre_s": wanted.pre_s,
                "until_us": until_us,
                "type": kind,
            }
            await ask(self.around.instance, "media", mark, "marked")
            marked.append(channel)
        return marked
