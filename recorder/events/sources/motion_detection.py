"""Motion in the regions of a channel, as detect sees it (D-ALM-09); also says what detect is to look at."""

import asyncio
from typing import Annotated

from pydantic import AfterValidator

from recorder.client.detection import Region, Watch, Watched
from recorder.client.errors import Invalid
from recorder.client.grid import LONGEST_TEXT, WHOLE, from_text, to_text
from recorder.client.recording import RecordType
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.linkages.log import logged
from recorder.events.linkages.record import recording
from recorder.events.rule import Rule, is_alarm, is_listed
from recorder.events.source import Source
from recorder.events.sources.sound import listened
from recorder.media.plan import ChannelPlan
from recorder.settings.errors import NotAllowed
from recorder.settings.page import setting
from recorder.settings.scope import Scope
from recorder.settings.texts import Printable

LOOK_S = 1.0
LONGEST_NAME = 32
REGIONS = 4
SENSITIVITY, THRESHOLD = 75, 1


def cells(text: str) -> str:
    """Read the cells of a region as `recorder.client.grid` writes them, or nothing; raises `NotAllowed`."""
    try:
        return to_text(from_text(text)) if text.strip() else ""
    except Invalid as error:
        raise NotAllowed(str(error), _("for example 0,0,22,18 for all, or nothing")) from error


Cells = Annotated[str, AfterValidator(cells)]
_CELLS_HINT = _("Where motion counts, in 22 columns and 18 rows. As text: 0,0,22,9;3,12,2,1. Empty: not used.")
_SENSITIVITY_HINT = _("Higher sees weaker contrasts.")
_THRESHOLD_HINT = _("Share of the region that must move.")
_ONE, _TWO, _THREE, _FOUR = (_("Region {number}").format(number=number) for number in range(1, REGIONS + 1))


def _name(group: str) -> str:
    return setting("", longest=LONGEST_NAME, title=_("Name"), group=group)


def _cells(default: str, group: str) -> str:
    return setting(default, longest=LONGEST_TEXT, title=_("Cells"), widget="motion-grid", group=group, hint=_CELLS_HINT)


def _sensitivity(group: str) -> int:
    return setting(SENSITIVITY, ge=1, le=100, title=_("Sensitivity"), group=group, hint=_SENSITIVITY_HINT)


def _threshold(group: str) -> int:
    return setting(THRESHOLD, ge=0, le=100, title=_("Threshold"), unit="%", group=group, hint=_THRESHOLD_HINT)


class MotionDetection(Rule, scope=Scope.CHANNEL, order=205, title=_("Motion detection"), record_type=RecordType.MOTION):
    """Something moves in one of four regions. Where something moves is stored for searches in any case."""

    listed: bool = is_listed(on=False)
    alarm: bool = is_alarm(on=False)

    region_1_name: Printable = _name(_ONE)
    region_1_cells: Cells = _cells(to_text(WHOLE), _ONE)
    region_1_sensitivity: int = _sensitivity(_ONE)
    region_1_threshold: int = _threshold(_ONE)
    region_2_name: Printable = _name(_TWO)
    region_2_cells: Cells = _cells("", _TWO)
    region_2_sensitivity: int = _sensitivity(_TWO)
    region_2_threshold: int = _threshold(_TWO)
    region_3_name: Printable = _name(_THREE)
    region_3_cells: Cells = _cells("", _THREE)
    region_3_sensitivity: int = _sensitivity(_THREE)
    region_3_threshold: int = _threshold(_THREE)
    region_4_name: Printable = _name(_FOUR)
    region_4_cells: Cells = _cells("", _FOUR)
    region_4_sensitivity: int = _sensitivity(_FOUR)
    region_4_threshold: int = _threshold(_FOUR)

    record: bool = recording()
    log: bool = logged(on=False)

    def regions(self) -> tuple[Region, ...]:
        """The regions that are used, for detect."""
        return tuple(
            Region(
                number,
                getattr(self, f"region_{number}_cells"),
                getattr(self, f"region_{number}_sensitivity"),
                getattr(self, f"region_{number}_threshold"),
            )
            for number in range(1, REGIONS + 1)
            if getattr(self, f"region_{number}_cells")
        )

    def region_name(self, number: int) -> str:
        """How a region is called; the first has no name where it is the only one."""
        given = getattr(self, f"region_{number}_name") if 1 <= number <= REGIONS else ""
        if given or len(self.regions()) <= 1:
            return given
        return _("Region {number}").format(number=number)


class MotionEvents(Source):
    """Listens to detect, and keeps it supplied with what to look at."""

    rule = MotionDetection

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        around.detect.listen(self.look)

    async def run(self) -> None:
        """Have all channels looked at, as plan and pages are now."""
        while True:
            self.around.detect.want(self.wanted())
            await asyncio.sleep(LOOK_S)

    def wanted(self) -> Watch:
        """What detect is to look at: every channel that has pictures, with the regions of those that tell motion."""
        return Watch(tuple(self._watched(one) for one in self.around.plan().channels if one.streams))

    def look(self) -> None:
        """Tell what moves now; while detect does not answer, nobody knows, and what goes on ends."""
        found: dict[tuple[str, str], Found] = {}
        names = {one.number: one.name for one in self.around.plan().channels}
        for channel, seen in (self.around.detect.seen or {}).items():
            for number in seen.moving:
                region = self._page(channel).region_name(number)
                name = names.get(channel) or _("Camera {number}").format(number=channel)
                words = _("Motion: {name}").format(name=name)
                words = f"{words}, {region}" if region else words
                found[str(channel), str(number)] = Found(words, channel, {"region": number, "name": region})
        self.engine.now(MotionDetection, found)

    def _watched(self, channel: ChannelPlan) -> Watched:
        stream = StreamName.SUB if channel.stream(StreamName.SUB) else StreamName.MAIN
        page = self._page(channel.number)
        turning = self.around.domes.turning.turns(channel.number)
        now_us = self.around.clock.monotonic_us()
        listening = listened(self.engine.rules, channel.number) or self.around.detect.wished(channel.number, now_us)
        return Watched(channel.number, stream, page.regions() if page.enabled else (), turning, listening)

    def _page(self, channel: int) -> MotionDetection:
        page = self.engine.rules.get(MotionDetection, str(channel))
        assert isinstance(page, MotionDetection)
        return page
