"""Send a camera that turns to a preset, or on a tour or pattern while an event lasts (D-LINK-07, V-ALM-22)."""

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

from hal.client.kinds import Action
from recorder.client.words import _
from recorder.control.domes import NoDome
from recorder.events.around import Around
from recorder.events.linkage import Lacking, Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting
from recorder.settings.settings import Author

if TYPE_CHECKING:
    from recorder.events.engine import Engine

GROUP = _("PTZ")
ITSELF = Author("recorder", "events")


class Way(StrEnum):
    """Where a camera goes."""

    PRESET = "preset"
    TOUR = "tour"
    PATTERN = "pattern"


BEGINS = {Way.PRESET: Action.PRESET_GOTO, Way.TOUR: Action.TOUR_START, Way.PATTERN: Action.PATTERN_RUN}


class PresetOptions(LinkageOptions):
    """Which camera, and where to."""

    preset: bool = setting(False, title=_("Turn a camera"), group=GROUP)
    preset_channel: int = setting(0, ge=0, le=128, title=_("Camera"), group=GROUP, hint=_("0: the event's own."))
    preset_way: Way = setting(
        Way.PRESET,
        title=_("Where to"),
        group=GROUP,
        choices={
            "preset": _("To a preset"),
            "tour": _("On a tour, until it is over"),
            "pattern": _("On a pattern, until it is over"),
        },
    )
    preset_number: int = setting(1, ge=1, le=255, title=_("Its number"), group=GROUP)


class Preset(Linkage[PresetOptions]):
    """Of several events that send one camera on its way the last lets it rest."""

    name = "preset"
    order = 40
    title = _("PTZ")
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._held: dict[int, set[int]] = defaultdict(set)

    def lacking(self, occurrence: Occurrence, page: PresetOptions) -> str:
        """A camera."""
        return "" if page.preset_channel or occurrence.channel else _("No camera is chosen.")

    async def begin(self, occurrence: Occurrence, page: PresetOptions) -> str:
        """Go there."""
        channel = page.preset_channel or occurrence.channel
        try:
            if BEGINS[page.preset_way] not in (await self.around.domes.dome(channel)).actions:
                raise Lacking(words=_("Camera {channel} cannot do that.").format(channel=channel))
            if page.preset_way is not Way.PRESET:
                self._held[channel].add(occurrence.id)
            await self.around.domes.act(channel, BEGINS[page.preset_way], page.preset_number, author=ITSELF)
        except NoDome as error:
            raise Lacking(words=str(error)) from error
        return ""

    async def end(self, occurrence: Occurrence, page: PresetOptions) -> None:
        """End a tour or pattern; at a preset the camera stays."""
        channel = page.preset_channel or occurrence.channel
        self._held[channel].discard(occurrence.id)
        if page.preset_way is Way.PRESET or self._held[channel]:
            return
        try:
            if page.preset_way is Way.TOUR and Action.TOUR_STOP in (await self.around.domes.dome(channel)).actions:
                await self.around.domes.act(channel, Action.TOUR_STOP, page.preset_number, author=ITSELF)
            else:
                await self.around.domes.stop(channel)
        except NoDome:
            return
